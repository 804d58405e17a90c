"""How alerts and vessels look wherever they stand: marks, colours, one-line and few-line forms."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.text import Text

from fengqiao.alerts import Standing, standing
from fengqiao.desk.chart.raster import U8
from fengqiao.desk.chart.scene import TargetState
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import Language, ago, clock, position_text, tr
from fengqiao.desk.themes import colour_of
from fengqiao.fleet import Kind
from fengqiao.model.findings import AlertState, Priority
from fengqiao.rules.tracks import is_merchant
from fengqiao.situation.activity import Activity
from fengqiao.store.tables import AlertRow
from fengqiao.weather import nearest
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

AIDS = (Kind.ATON, Kind.BASE)
WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")  # where the wind comes from, each 45 degrees
DISTRESS = (Kind.SART, Kind.MOB, Kind.EPIRB)


def states_of(picture: DeskPicture) -> U8:
    """What each row is, for symbol and colour."""
    v = picture.vessels
    out = np.zeros(len(v), np.uint8)
    out[is_merchant(v, picture.fishing)] = TargetState.MERCHANT
    out[picture.fishing] = TargetState.FISHING
    out[v.kind == Kind.GEAR] = TargetState.GEAR
    out[np.isin(v.kind, AIDS)] = TargetState.AID
    out[np.isin(v.kind, DISTRESS)] = TargetState.DISTRESS
    return out


def kind_word(picture: DeskPicture, row: int, states: U8 | None = None) -> str:
    """``states`` as from ``states_of``, from whoever asks for many rows."""
    kind = Kind(picture.vessels.kind[row])
    if kind is Kind.SHIP:
        state = (states_of(picture) if states is None else states)[row]
        return tr(
            {TargetState.FISHING: "desk.kind.fishing", TargetState.MERCHANT: "desk.kind.merchant"}.get(
                TargetState(state), "desk.kind.vessel"
            )
        )
    doubt = "_doubt" if kind is Kind.GEAR and picture.vessels.gear_doubt[row] else ""
    return tr(f"desk.kind.{kind.name.lower()}{doubt}")


def activity_word(activity: int) -> str:
    """What she is doing, in a word; nothing where it is not known."""
    return tr(f"activity.{Activity(activity).word}") if activity else ""


def doing_text(picture: DeskPicture, row: int) -> str:
    """What she is doing, and with whom she tows a net; "" where neither is known."""
    partner = int(picture.partner[row])
    other = picture.row_of(partner) if partner else -1
    name = str(picture.names[other]) if other >= 0 else str(partner)
    towing = tr("desk.pair", name=plain(name), mmsi=partner) if partner else ""
    return "  ".join(filter(None, (activity_word(int(picture.activity[row])), towing)))


def mark_of(alert: AlertRow) -> str:
    """Three characters that say it without colour: how grave, whether seen, whether still there."""
    grave = "!!" if alert.priority >= Priority.ALARM else "! " if alert.priority == Priority.WARNING else "- "
    if not alert.active:
        grave = "v "
    elif is_lost(alert):
        grave = "x "
    elif alert.state.get("shelved_until_ms"):
        grave = "z "
    return grave + ("*" if not alert.acked else " ")


def style_of(app: "DeskApp", alert: AlertRow) -> str:
    colour = colour_of(app.palette, alert) or ""
    if alert.state.get("shelved_until_ms"):
        return "dim"
    loud = not alert.acked and alert.active and alert.priority >= Priority.ALARM
    return " ".join(filter(None, ("" if alert.acked else "bold", "reverse" if loud else "", colour)))


def sentence(alert: AlertRow) -> str:
    """What it says, in the desk's language."""
    return alert.text_zh if Language.now == "zh" else alert.text_en


def priority_word(alert: AlertRow) -> str:
    return tr(f"priority.{Priority(alert.priority).word}")


def is_lost(alert: AlertRow) -> bool:
    return bool(alert.state.get("lost")) or alert.change == "lost"  # of before there were states, the change says it


def standing_of(alert: AlertRow, at_ms: int) -> Standing:
    state = AlertState(**{**alert.state, "lost": is_lost(alert)})
    return standing(alert.active, alert.acked, state, at_ms)


def state_word(alert: AlertRow, at_ms: int) -> str:
    """How it stands, in one word; of what is on the shelf also until when."""
    until = clock(alert.state.get("shelved_until_ms", 0))[:5]
    return tr(f"desk.alert.state.{standing_of(alert, at_ms)}", until=until)


def alert_lines(app: "DeskApp", alert: AlertRow) -> list[Text]:
    """Head in colour, then the sentence."""
    state = state_word(alert, app.desk.time_ms())
    head = f"{mark_of(alert)} {tr(f'rule.{alert.rule}')} {clock(alert.raised_ms)[:5]} {state}"
    return [Text(head, style_of(app, alert)), Text(plain(sentence(alert)))]


def target_lines(picture: DeskPicture, row: int) -> list[Text]:
    v = picture.vessels
    age_s = (picture.time_ms - int(v.fix_ms[row])) / 1000
    length = "" if np.isnan(v.length_m[row]) else f"{v.length_m[row]:.0f} m"
    heard = tr("desk.target.lost" if picture.lost[row] else "desk.target.heard", age=ago(age_s))
    return [
        Text(plain(str(picture.names[row])), style="bold"),
        Text(f"MMSI {int(v.mmsi[row]):09d}  {plain(v.callsign[row])}"),
        Text(f"{kind_word(picture, row)}  {length}"),
        *([Text(doing)] if (doing := doing_text(picture, row)) else []),
        Text(tr("desk.target.position", position=position_text(float(v.lon_deg[row]), float(v.lat_deg[row])))),
        Text(tr("desk.target.motion", sog=number(v.sog_kn[row], 1), cog=number(v.cog_deg[row], 0))),
        Text(heard, style="bold" if picture.lost[row] else ""),
        Text(plain(v.destination[row])),
    ]


def weather_lines(picture: DeskPicture, lon: float, lat: float) -> list[Text]:
    """Wind and waves of the nearest station that measures them, how far off it is and how old; nothing if none is."""
    lines: list[Text] = []
    stations = picture.meta.get("weather", ())
    for name, say in (("wind_kn", _wind_text), ("wave_height_m", _wave_text)):
        found = nearest(stations, lon, lat, name)
        if found is None:
            continue
        station, distance_nm = found
        age = ago((picture.time_ms - station["at_ms"]) / 1000)
        source = tr("desk.weather.source", mmsi=f"{station['mmsi']:09d}", distance=f"{distance_nm:.1f}", age=age)
        if lines and lines[-1].plain == f"  {source}":
            lines.pop()  # one station says both
        lines += [Text(say(station), style="bold"), Text(f"  {source}")]
    return lines


def _wind_text(station: Mapping[str, Any]) -> str:
    wind = WINDS[round(station["wind_deg"] / 45) % 8] if "wind_deg" in station else "unknown"
    speed, gust = (number(station.get(name, np.nan), 0) for name in ("wind_kn", "gust_kn"))
    return tr("desk.weather.wind", wind=tr(f"desk.wind.{wind}"), speed=speed, gust=gust)


def _wave_text(station: Mapping[str, Any]) -> str:
    height, period = number(station["wave_height_m"], 1), number(station.get("wave_period_s", np.nan), 0)
    return tr("desk.weather.wave", height=height, period=period)


def number(value: float, digits: int) -> str:
    """A number, or two dashes where it is not known."""
    return "--" if np.isnan(value) else f"{value:.{digits}f}"
