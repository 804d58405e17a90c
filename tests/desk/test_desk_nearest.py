"""Who can be soonest at what the officer points at: one key on chart, targets and alerts; and what ships are doing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bay import frame
from hands import HOSTILE, AtDesk, at_pane, body_of, settle, text_of, type_keys, until
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from fengqiao.desk.app import DeskApp
from fengqiao.desk.dialogs.dossier import Dossier
from fengqiao.desk.dialogs.nearest import NearestSheet
from fengqiao.desk.panes.alerts import AlertsPane
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import position_text
from fengqiao.situation.activity import Activity
from fengqiao.store.frame import write_frame

BOAT, MATE = 412990108, 412990112  # 浙普渔60108: first in the list of targets; 浙普渔60112


def desk(folder: Path, pane: str, size: tuple[int, int] = (80, 24), lang: str = "zh") -> AtDesk:
    return at_pane(folder, pane, size, lang)


async def asked(app: DeskApp, pilot: Pilot[None], key: str = "N") -> NearestSheet:
    await type_keys(app, pilot, key)
    await until(pilot, lambda: isinstance(app.screen, NearestSheet))
    await settle(app, pilot)
    assert isinstance(app.screen, NearestSheet)
    return app.screen


def mmsis(sheet: NearestSheet) -> list[int]:
    return [ship.mmsi for ship in sheet._found.ships]


def told(folder: Path, **columns: Any) -> None:
    """The picture of the watch, some columns other; those given as None are not in it, as in one of an older watch."""
    kept = frame(folder)
    new = {name: value for name, value in {**kept.columns, **columns}.items() if value is not None}
    write_frame(folder, replace(kept, columns=new))


async def test_of_a_target_the_soonest_to_reach_her_are_listed_and_not_herself(bay: Path) -> None:
    """By minutes, with distance, bearing, speed and what each is doing; no telephone; the key again closes it."""
    async with desk(bay, "2") as (app, pilot, _):
        sheet = await asked(app, pilot)
        minutes = [ship.minutes for ship in sheet._found.ships]
        assert minutes == sorted(minutes) and len(minutes) > 3 and BOAT not in mmsis(sheet)
        shown = body_of(app)
        first = sheet._found.ships[0]
        assert "浙普渔60108" in shown.splitlines()[1] and "27s前的位置" in shown.splitlines()[1]
        row = next(line for line in shown.splitlines() if f"{first.mmsi:09d}" in line)
        for said in (f"{first.minutes:.0f}", f"{first.distance_nm:.1f}", f"{first.bearing_deg:03.0f}", first.name):
            assert said in row
        kind = "渔船" if first.fishing else "商船" if first.merchant else "船舶"
        assert f"{kind} 航行" in row and {ship.merchant for ship in sheet._found.ships} == {True, False}
        assert "000-0000" not in shown and "000****" not in shown
        await type_keys(app, pilot, "f10")
        assert len(app.screen_stack) == 1


async def test_on_the_chart_it_is_the_cursor_the_vessel_or_the_place_pointed_at_last(bay: Path) -> None:
    """Esc lets go of the mark, then of the vessel; then it is the cursor again."""
    async with desk(bay, "1", (120, 36)) as (app, pilot, _):
        pane = app.query_one(ChartPane)
        sheet = await asked(app, pilot)
        assert sheet._spot.place == pane.map.cursor and "光标处" in body_of(app)
        await type_keys(app, pilot, "escape")
        pane.select(BOAT)
        sheet = await asked(app, pilot)
        assert sheet._spot.but == (BOAT,) and BOAT not in mmsis(sheet)
        await type_keys(app, pilot, "escape", "g")
        pane.prompt.query_one(Input).value = "122.3,30.2"
        await type_keys(app, pilot, "enter")
        sheet = await asked(app, pilot)
        assert sheet._spot.place == (122.3, 30.2) and position_text(122.3, 30.2) in body_of(app)
        await type_keys(app, pilot, "escape", "escape")
        assert pane.map.mark is None and (await asked(app, pilot))._spot.but == (BOAT,)
        await type_keys(app, pilot, "escape", "escape")
        assert (await asked(app, pilot))._spot.place == pane.map.cursor and pane.selected_mmsi() is None


async def test_of_an_alert_it_is_where_to_go_without_those_it_is_about(bay: Path) -> None:
    """F10, for letters do not arrive with an input method on; F2 over the sheet means its alert."""
    async with desk(bay, "3", (120, 36)) as (app, pilot, _):
        alert = next(a for a in app.picture.alerts if a.alert == app.query_one(AlertsPane).selected_alert())
        sheet = await asked(app, pilot, "f10")
        assert not set(mmsis(sheet)) & set(alert.mmsi) and sheet.alert == alert.alert
        assert sheet._spot.but == tuple(alert.mmsi)
        await type_keys(app, pilot, "f2")
        assert next(a for a in app.picture.alerts if a.alert == alert.alert).acked


async def test_an_alert_about_no_place_says_so_and_asks_about_no_other(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(bay, "3") as (app, pilot, _):
        base = app.picture.alerts[0].model_dump()
        feed = {**base, "alert": "f-1", "rule": "feed", "mmsi": [], "lon_deg": None, "lat_deg": None, "facts": {}}
        alerts = (type(app.picture.alerts[0])(**feed), *app.picture.alerts)
        picture = replace(app.picture, alerts=alerts)
        monkeypatch.setattr(app.source, "read", lambda: picture)
        app.receive(picture)
        app.query_one(AlertsPane).table.go_to([a.alert for a in app.picture.alerts].index("f-1"))
        await type_keys(app, pilot, "N")
        assert len(app.screen_stack) == 1
        assert any("没有可用的位置" in str(n.message) for n in app._notifications)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_sheet_fits_a_small_screen_whatever_ships_are_called(bay: Path, lang: str) -> None:
    """Twelve ships, head and reckoning without scrolling; a hostile name is plain text and moves no column."""
    names = frame(bay).columns["name"].copy()
    names[:] = HOSTILE
    told(bay, name=names)
    async with desk(bay, "2", (80, 24), lang) as (app, pilot, _):
        sheet = await asked(app, pilot)
        shown = text_of(app)
        assert "\x1b" not in shown and "\u202e" not in shown
        assert all(cell_len(line) <= 80 for line in shown.splitlines())
        assert all(f"{m:09d}" in shown for m in mmsis(sheet))
        assert "F9" in body_of(app)


async def test_a_picture_that_is_old_says_so(bay: Path) -> None:
    """The watch has stopped: where ships were half an hour ago is not where they are."""
    kept = frame(bay)
    write_frame(bay, replace(kept, at_ms=kept.at_ms - 3_600_000 - 1_800_000))
    async with desk(bay, "2") as (app, pilot, _):
        await asked(app, pilot)
        assert "值守可能已停" in text_of(app)


# --- what she is doing ---


async def test_dossier_list_and_chart_say_what_she_does_and_with_whom(bay: Path) -> None:
    """Of who is unknown nothing is said."""
    kept = frame(bay)
    one, other = kept.columns["mmsi"] == BOAT, kept.columns["mmsi"] == MATE
    activity = np.where(one | other, int(Activity.FISHING), 0).astype(np.uint8)
    partner = np.where(one, MATE, np.where(other, BOAT, 0)).astype(np.int64)
    told(bay, activity=activity, partner=partner)
    async with desk(bay, "2", (120, 36)) as (app, pilot, _):
        assert body_of(app).count("捕捞作业") == 2 and "航行" not in body_of(app)
        await type_keys(app, pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, Dossier))
        assert "捕捞作业  疑与 浙普渔60112 对拖" in text_of(app)
        await type_keys(app, pilot, "escape", "1")
        app.query_one(ChartPane).select(BOAT)
        await until(pilot, lambda: "疑与 浙普渔60112 对拖" in text_of(app))


async def test_a_picture_of_an_older_watch_is_read_and_says_nothing_of_it(bay: Path) -> None:
    told(bay, activity=None, partner=None)
    async with desk(bay, "2", (120, 36)) as (app, pilot, _):
        assert not app.picture.activity.any() and "捕捞作业" not in body_of(app)
        await type_keys(app, pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, Dossier))
        assert "推断" not in text_of(app)
        await type_keys(app, pilot, "escape")
        assert not any(ship.activity for ship in (await asked(app, pilot))._found.ships)


def test_what_she_does_comes_with_the_picture_of_the_watch(bay: Path) -> None:
    """The demonstration has boats that fish, lie in harbour and go; the desk's columns are those of the frame."""
    kept = frame(bay)
    activity = kept.columns["activity"]
    assert activity.dtype == np.uint8 and kept.columns["partner"].dtype == np.int64
    assert {Activity.UNDER_WAY, Activity.FISHING, Activity.IN_HARBOUR} <= {Activity(a) for a in np.unique(activity)}
    assert len(DeskPicture().activity) == 0
