"""What a message says beside place, motion, identity and weather, in people's words: tables of M.1371-5 annex 8.

Bits are counted from 0. A value that stands for "not available", "default" or "reserved" is no value: its key is
absent. Application data that we have no table for is said as it was sent, in hex.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from fengqiao.ais.columns import AUXILIARY, UNITS_PER_TENTH_MINUTE, clean, letters
from fengqiao.ais.gate import MMSI_MAX, peek
from fengqiao.model.reports import UNITS_PER_DEGREE

DEGREE_DECIMALS = 7  # 1/600000 degree is 0.0000017: seven decimals tell neighbours apart and round back exactly

Say = Callable[[int], Any]  # a raw number in words, None where it says nothing


@dataclass(frozen=True, slots=True)
class Item:
    """One field; it is left out where the message ends before it does."""

    name: str
    bit: int
    width: int
    say: Say = int


@dataclass(frozen=True, slots=True)
class Bits:
    """A payload (six-bit codes) and how many of its bits are the message."""

    sextets: bytes
    length: int

    def has(self, at: int, width: int) -> bool:
        return at + width <= self.length

    def take(self, at: int, width: int) -> int:
        return peek(self.sextets, at, width)

    def hex_from(self, at: int) -> str:
        """The rest of the message, its last byte filled up with zeros."""
        width = self.length - at
        if width <= 0:
            return ""
        size = -(-width // 8)
        return (self.take(at, width) << (8 * size - width)).to_bytes(size, "big").hex()


Put = Callable[[Bits, dict[str, Any]], None]  # adds to what is said of a message what is no plain field of it


def given(raw: int) -> int | None:
    """A number of which 0 says nothing."""
    return raw or None


def below(unknown: int) -> Say:
    return lambda raw: raw if raw < unknown else None


def station(raw: int) -> int | None:
    return raw if 0 < raw <= MMSI_MAX else None


def one_of(words: Sequence[str]) -> Say:
    """Words by number, "" where a number says nothing."""
    return lambda raw: (words[raw] if raw < len(words) else "") or None


def no(raw: int) -> bool:
    return not raw


def coarse(width: int, most: int) -> Say:
    """Degrees from 1/10 minute in two's complement; 181 and 91 are "not available"."""

    def say(raw: int) -> float | None:
        value = (raw - (1 << width) if raw >> (width - 1) else raw) * UNITS_PER_TENTH_MINUTE / UNITS_PER_DEGREE
        return round(value, DEGREE_DECIMALS) if abs(value) <= most else None

    return say


LON, LAT = coarse(18, 180), coarse(17, 90)


FIXED_BY = (  # table 51: 0 is "undefined", 9 to 14 are not used
    *("", "gps", "glonass", "gps_glonass", "loran_c", "chayka", "integrated", "surveyed", "galileo"),
    *[""] * 6,
    "internal_gnss",
)
MANOEUVRES: Mapping[int, bool] = MappingProxyType({1: False, 2: True})  # table 48: 0 is "not available"
STATIONS_MEANT = (  # table 78
    *("all", "class_a", "class_b", "sar_aircraft", "class_b_so", "class_b_cs", "inland"),
    *("regional", "regional", "regional", "base_station_coverage"),
)
TRANSMITS_ON: tuple[tuple[str, ...], ...] = (("A", "B"), ("A",), ("B",))  # tables 77, 78; all listen on both
INTERVAL_S: Mapping[int, int] = MappingProxyType(  # table 79
    {1: 600, 2: 360, 3: 180, 4: 60, 5: 30, 6: 15, 7: 10, 8: 5, 11: 2}
)
INTERVAL_WORDS: Mapping[int, str] = MappingProxyType({0: "autonomous", 9: "next_shorter", 10: "next_longer"})


def transmits_on(raw: int) -> list[str] | None:
    return list(TRANSMITS_ON[raw]) if raw < len(TRANSMITS_ON) else None


def area(at: int) -> tuple[Item, ...]:
    """Two corners, north-east first."""
    return (
        Item("ne_lon", at, 18, LON),
        Item("ne_lat", at + 18, 17, LAT),
        Item("sw_lon", at + 35, 18, LON),
        Item("sw_lat", at + 53, 17, LAT),
    )


REPEAT = Item("repeat", 6, 2)
CLASS_A = (
    Item("accurate", 60, 1, bool),  # better than 10 m
    Item("second", 137, 6, below(60)),
    Item("special_manoeuvre", 143, 2, MANOEUVRES.get),
    Item("raim", 148, 1, bool),
)
BASE = (Item("accurate", 78, 1, bool), Item("fixed_by", 134, 4, one_of(FIXED_BY)), Item("raim", 148, 1, bool))
CLASS_B = (Item("accurate", 56, 1, bool), Item("second", 133, 6, below(60)))
SEQUENCE, ADDRESSEE, AGAIN = (
    Item("sequence", 38, 2),
    Item("to_mmsi", 40, 30, station),
    Item("retransmitted", 70, 1, bool),
)
STATIC_A = (Item("part", 38, 2, one_of("AB")),)
STATIC_B = (
    *STATIC_A,
    Item("vendor_model", 66, 4),
    Item("vendor_serial", 70, 20),
    Item("fixed_by", 162, 4, one_of(FIXED_BY)),
)
FIELDS: Mapping[int, tuple[Item, ...]] = MappingProxyType(
    {
        1: CLASS_A,  # table 48
        2: CLASS_A,
        3: CLASS_A,
        4: BASE,  # table 51
        5: (  # table 52
            Item("ais_version", 38, 2),
            Item("fixed_by", 270, 4, one_of(FIXED_BY)),
            Item("data_terminal_ready", 422, 1, no),
        ),
        6: (SEQUENCE, ADDRESSEE, AGAIN, Item("dac", 72, 10), Item("fi", 82, 6)),  # table 54
        8: (Item("dac", 40, 10), Item("fi", 50, 6)),  # table 57
        9: (  # table 60
            Item("altitude_m", 38, 12, below(4095)),
            Item("accurate", 60, 1, bool),
            Item("second", 128, 6, below(60)),
            Item("altitude_by", 134, 1, one_of(("gnss", "barometer"))),
            Item("data_terminal_ready", 142, 1, no),
            Item("assigned_mode", 146, 1, bool),
            Item("raim", 147, 1, bool),
        ),
        10: (ADDRESSEE,),  # table 61
        11: BASE,
        12: (SEQUENCE, ADDRESSEE, AGAIN),  # table 62
        17: (Item("lon", 40, 18, LON), Item("lat", 58, 17, LAT)),  # table 69
        18: (  # table 70
            *CLASS_B,
            Item("carrier_sense", 141, 1, bool),
            Item("has_display", 142, 1, bool),
            Item("has_dsc", 143, 1, bool),
            Item("whole_marine_band", 144, 1, bool),
            Item("takes_channel_orders", 145, 1, bool),
            Item("assigned_mode", 146, 1, bool),
            Item("raim", 147, 1, bool),
        ),
        19: (  # table 72
            *CLASS_B,
            Item("fixed_by", 301, 4, one_of(FIXED_BY)),
            Item("raim", 305, 1, bool),
            Item("data_terminal_ready", 306, 1, no),
            Item("assigned_mode", 307, 1, bool),
        ),
        21: (  # table 74
            Item("aid_type", 38, 5, given),
            Item("accurate", 163, 1, bool),
            Item("fixed_by", 249, 4, one_of(FIXED_BY)),
            Item("second", 253, 6, below(60)),
            Item("off_position", 259, 1, bool),
            Item("raim", 268, 1, bool),
            Item("virtual_aid", 269, 1, bool),
            Item("assigned_mode", 270, 1, bool),
        ),
        22: (  # table 77
            Item("channel_a", 40, 12, given),
            Item("channel_b", 52, 12, given),
            Item("transmits_on", 64, 4, transmits_on),
            Item("power", 68, 1, one_of(("high", "low"))),
            Item("transition_zone_nm", 142, 3, lambda raw: raw + 1),
        ),
        23: (  # table 78
            *area(40),
            Item("station_type", 110, 4, one_of(STATIONS_MEANT)),
            Item("ship_type", 114, 8, given),
            Item("transmits_on", 144, 2, transmits_on),
            Item("interval_s", 146, 4, INTERVAL_S.get),
            Item("interval", 146, 4, INTERVAL_WORDS.get),
            Item("quiet_min", 150, 4, given),
        ),
        27: (  # table 85
            Item("accurate", 38, 1, bool),
            Item("raim", 39, 1, bool),
            Item("fix_over_5_s_old", 94, 1, bool),  # bit 95 is spare
        ),
    }
)
ORDERED_AREA = area(69)  # of type 22, where it is not for two stations
ORDERED_STATIONS = (Item("a", 69, 30, station), Item("b", 104, 30, station))
TIME = (("year", 38, 14), ("month", 52, 4), ("day", 56, 5), ("hour", 61, 5), ("minute", 66, 6), ("second", 72, 6))
ETA = (  # table 52: of each its own "not available"
    Item("month", 274, 4, lambda raw: raw if 1 <= raw <= 12 else None),
    Item("day", 278, 5, given),
    Item("hour", 283, 5, below(24)),
    Item("minute", 288, 6, below(60)),
)
TEXT_SKIPS: Mapping[tuple[int, int], int] = MappingProxyType(  # (dac, fi) -> bits before the text
    {
        (1, 0): 12,  # M.1371-5 annex 5 table 25: whether a reply is asked for, and a number
        (1, 29): 10,  # IMO SN.1/Circ.289: the number of the message that is described
        (1, 30): 10,
    }
)
CORRECTION = (  # table 69: the head of differential corrections of M.823
    Item("message", 80, 6),
    Item("station", 86, 10),
    Item("z_count_s", 96, 13, lambda raw: round(raw * 0.6, 1) if raw < 6000 else None),  # 0.6 s steps of an hour
    Item("words", 112, 5),
    Item("health", 117, 3),
)


def particulars(kind: int, sextets: bytes, fill: int) -> dict[str, Any]:
    """Keys and values of a message that passed the gate."""
    bits = Bits(sextets, len(sextets) * 6 - fill)
    items = (REPEAT, *FIELDS.get(kind, ()))
    if kind == 24:
        items = (REPEAT, *(STATIC_B if bits.take(38, 2) else STATIC_A))
    out = said(bits, items)
    if kind in MORE:
        MORE[kind](bits, out)
    return out


def said(bits: Bits, items: Sequence[Item]) -> dict[str, Any]:
    out = {}
    for item in items:
        if bits.has(item.bit, item.width):
            value = item.say(bits.take(item.bit, item.width))
            if value is not None:
                out[item.name] = value
    return out


def _time(bits: Bits, out: dict[str, Any]) -> None:
    """The clock of a base station, whole or not at all."""
    try:
        year, month, day, hour, minute, second = (bits.take(at, width) for _, at, width in TIME)
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:  # year 0, hour 24, second 60: not available
        return
    out["utc"] = at.isoformat().replace("+00:00", "Z")


def _eta(bits: Bits, out: dict[str, Any]) -> None:
    if eta := said(bits, ETA):
        out["eta"] = eta


def _data(at: int) -> Put:
    def put(bits: Bits, out: dict[str, Any]) -> None:
        if data := bits.hex_from(at):
            out["data"] = data

    return put


def _application(at: int) -> Put:
    """Application data, and the text in it where it is one for people; ``at``: the bit behind its identifier."""

    def put(bits: Bits, out: dict[str, Any]) -> None:
        _data(at)(bits, out)
        skipped = TEXT_SKIPS.get((out["dac"], out["fi"])) if "fi" in out else None
        if skipped is not None and (text := clean(letters(bits.sextets, at + skipped, bits.length))):
            out["text"] = text

    return put


def _aircraft(_: Bits, out: dict[str, Any]) -> None:
    if "altitude_m" not in out:
        out.pop("altitude_by", None)


def _aid(_: Bits, out: dict[str, Any]) -> None:
    if "second" not in out:  # table 74: off position or not is only said by one that has a fix
        out.pop("off_position", None)


def _vendor(bits: Bits, out: dict[str, Any]) -> None:
    """Table 81 part B: who made it, whose are model and number; and whose auxiliary craft it is."""
    if out["part"] != "B":
        return
    if vendor := clean(letters(bits.sextets, 48, 66)):
        out["vendor"] = vendor
    else:
        del out["vendor_model"], out["vendor_serial"]
    if bits.take(8, 30) // 10_000_000 == AUXILIARY and (mother := station(bits.take(132, 30))):
        out["mother_ship_mmsi"] = mother


def _acknowledges(bits: Bits, out: dict[str, Any]) -> None:
    """Table 56: up to four messages that were received."""
    pairs = [(bits.take(at, 30), bits.take(at + 30, 2)) for at in range(40, 168, 32) if bits.has(at, 32)]
    out["acknowledges"] = [{"mmsi": mmsi, "sequence": number} for mmsi, number in pairs if station(mmsi)]


def _asks(bits: Bits, out: dict[str, Any]) -> None:
    """Table 66: two messages of one station and one of another."""
    asked = []
    for mmsi_at, asks_at in ((40, (70, 90)), (110, (140,))):
        asks = [
            {"type": bits.take(at, 6), "slot_offset": bits.take(at + 6, 12)}
            for at in asks_at
            if bits.has(at, 18) and bits.take(at, 6)
        ]
        if asks and (mmsi := station(bits.take(mmsi_at, 30))):
            asked.append({"mmsi": mmsi, "asks": asks})
    out["interrogates"] = asked


def _assigns(bits: Bits, out: dict[str, Any]) -> None:
    """Table 68: slots, or a rate where the increment is 0."""
    assigned = []
    for at in (40, 92):
        if bits.has(at, 52) and (mmsi := station(bits.take(at, 30))):
            offset, increment = bits.take(at + 30, 12), bits.take(at + 42, 10)
            slots = {"slot_offset": offset, "slot_increment": increment}
            assigned.append({"mmsi": mmsi} | (slots if increment else {"reports_in_10_min": offset}))
    out["assigns"] = assigned


def _correction(bits: Bits, out: dict[str, Any]) -> None:
    if bits.has(80, 40):
        out["correction"] = said(bits, CORRECTION)
    _data(80)(bits, out)


def _reserves(bits: Bits, out: dict[str, Any]) -> None:
    """Table 73: up to four runs of slots; a run without slots is none."""
    runs = []
    for at in range(40, 160, 30):
        if bits.has(at, 30) and (slots := bits.take(at + 12, 4)):
            run = {"slot_offset": bits.take(at, 12) or None, "slots": slots}
            run |= {"timeout_min": bits.take(at + 16, 3) or None, "slot_increment": bits.take(at + 19, 11)}
            runs.append({name: value for name, value in run.items() if value is not None})
    out["reserves"] = runs


def _channels(bits: Bits, out: dict[str, Any]) -> None:
    """An order is for an area or for two stations."""
    if bits.take(139, 1):
        out["to_mmsis"] = list(said(bits, ORDERED_STATIONS).values())
    else:
        out |= said(bits, ORDERED_AREA)


def _binary(tail: int) -> Put:
    """Tables 83 and 84; the last ``tail`` bits are no data."""

    def put(bits: Bits, out: dict[str, Any]) -> None:
        addressed, structured = bool(bits.take(38, 1)), bool(bits.take(39, 1))
        rest = Bits(bits.sextets, bits.length - tail)
        at = 72 if addressed else 40  # two spare bits stand behind an addressee
        items = [ADDRESSEE] if addressed else []
        items += [Item("dac", at, 10), Item("fi", at + 10, 6)] if structured else []
        out |= {"addressed": addressed, **said(rest, items)}
        _data(at + 16 * structured)(rest, out)

    return put


MORE: Mapping[int, Put] = MappingProxyType(
    {
        4: _time,
        5: _eta,
        6: _application(88),
        7: _acknowledges,
        8: _application(56),
        9: _aircraft,
        11: _time,
        13: _acknowledges,
        15: _asks,
        16: _assigns,
        17: _correction,
        20: _reserves,
        21: _aid,
        22: _channels,
        24: _vendor,
        25: _binary(0),
        26: _binary(24),  # four spare bits and the communication state
    }
)
