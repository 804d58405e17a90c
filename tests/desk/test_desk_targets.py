"""Targets and dossier on screen: found by what officers type, drawn where something changed, masked until asked."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hands import HOSTILE, same_as_golden, settle, text_of, type_keys, until
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from fengqiao.desk.app import DeskApp
from fengqiao.desk.dialogs.dossier import Dossier
from fengqiao.desk.dialogs.form import Form
from fengqiao.desk.dialogs.log_line import LogLine
from fengqiao.desk.dialogs.sign_on import SignOnDialog
from fengqiao.desk.look import kind_word
from fengqiao.desk.panes.targets import FILTERS, SORTS, Shown, TargetsPane, changed_rows, name_places
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import ago, tr
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.register.search import VesselIndex
from fengqiao.store.audit import AUDIT
from fengqiao.store.database import Store, open_store

T0 = 1_757_994_000_000
BOAT = 412990108  # 浙普渔60108: first in the list, an alarm is about her
PREFIXES = ("浙普渔", "浙岱渔", "浙嵊渔", "沪崇渔", "闽狮渔")


@asynccontextmanager
async def desk(
    folder: Path, size: tuple[int, int] = (120, 36), lang: str = "zh", sea: DeskPicture | None = None
) -> AsyncIterator[tuple[DeskApp, Pilot[None], TargetsPane]]:
    """The desk with targets open; ``sea`` stands for the picture of the watch."""
    with open_store(folder) as store:
        store.begin_shift("desk", "王建国", 1)
        app = DeskApp(folder, store, lang)
        if sea is not None:
            app.source.read = lambda: sea  # type: ignore[method-assign]  # as in ``tell``, before there is a screen
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.picture.seq > 0 and app.desk.officer)
            await type_keys(app, pilot, "2")
            pane = app.pane
            assert isinstance(pane, TargetsPane)
            await until(pilot, lambda: pane._index is not None)
            yield app, pilot, pane


def tell(app: DeskApp, picture: DeskPicture) -> None:
    """A new picture of the watch; it stays so, however often the desk reads again."""
    app.source.read = lambda: picture  # type: ignore[method-assign]  # the picture a test is about
    app.receive(picture)


async def ask(app: DeskApp, pilot: Pilot[None], said: str) -> None:
    """As a terminal brings it, from an input method or pasted: all at once."""
    app.query_one("#target-search", Input).value = said
    await settle(app, pilot)


async def opened(app: DeskApp, pilot: Pilot[None]) -> Dossier:
    await until(pilot, lambda: isinstance(app.screen, Dossier))
    await pilot.pause()
    assert isinstance(app.screen, Dossier)
    return app.screen


def listed(pane: TargetsPane) -> list[int]:
    """Numbers in the order of the table."""
    return [int(pane._picture.vessels.mmsi[row]) for row in pane.table.order]


def fleet(n: int, **columns: Any) -> DeskPicture:
    """``n`` fishing boats, all different; ``columns`` of vessels or of the picture."""
    blank = {name: np.zeros((n, *dtype.shape), dtype.base) for name, dtype in Vessels.dtypes().items()}
    blank |= {"mmsi": 412_000_001 + np.arange(n), "fix_ms": T0 - 1000 * (np.arange(n) % 300)}
    blank |= {"sog_kn": np.arange(n) % 120 / 10.0, "length_m": np.full(n, 30.0)}
    blank |= {"callsign": words([f"B{i:05d}" for i in range(n)])}
    blank |= {name: words([""] * n) for name in ("name", "destination", "safety_text")}
    names = columns.pop("names", [f"{PREFIXES[i % len(PREFIXES)]}{10_000 + i}" for i in range(n)])
    of_picture: dict[str, Any] = {
        "fishing": np.ones(n, bool),
        "lost": np.zeros(n, bool),
        "alert_level": np.zeros(n, np.uint8),
        "alert_unacked": np.zeros(n, bool),
    }
    of_picture |= {name: columns.pop(name) for name in list(of_picture) if name in columns}
    vessels = Vessels(**{**blank, **columns})
    return DeskPicture(1, 1.0, T0, vessels=vessels, names=words(names), **of_picture)


def words(texts: list[str]) -> np.ndarray[Any, np.dtype[np.object_]]:
    return np.array(texts, object)


def with_columns(picture: DeskPicture, **columns: Any) -> DeskPicture:
    """The next picture, a second later unless told otherwise; some columns of its vessels other."""
    return replace(picture, seq=picture.seq + 1, vessels=replace(picture.vessels, **columns))


# --- what changed ---


def test_a_picture_that_tells_nothing_new_changes_no_row() -> None:
    sea = fleet(50)
    again = with_columns(sea, name=words([text[:] for text in sea.vessels.name.tolist()]))
    found = changed_rows(Shown.of(sea), Shown.of(again))
    assert found is not None and found.tolist() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda p: with_columns(p, fix_ms=p.vessels.fix_ms + at(7, 1)),
        lambda p: with_columns(p, callsign=words(["X" if i == 7 else c for i, c in enumerate(p.vessels.callsign)])),
        lambda p: with_columns(p, length_m=p.vessels.length_m + at(7, 12.0)),
        lambda p: with_columns(p, kind=p.vessels.kind + at(7, 1).astype(np.uint8)),
        lambda p: replace(p, alert_level=at(7, 3).astype(np.uint8)),
        lambda p: replace(p, alert_unacked=at(7, 1).astype(bool)),
        lambda p: replace(p, lost=at(7, 1).astype(bool)),
        lambda p: replace(p, names=words(["新船名" if i == 7 else n for i, n in enumerate(p.names)])),
    ],
)
def test_a_row_changes_with_what_it_shows(change: Callable[[DeskPicture], DeskPicture]) -> None:
    sea = fleet(50)
    found = changed_rows(Shown.of(sea), Shown.of(change(sea)))
    assert found is not None and found.tolist() == [7]


def test_rows_that_are_other_vessels_now_are_all_made_anew() -> None:
    """Another number, or another transmitter of the same number, in a row of the picture."""
    sea = fleet(3)
    for column in ("mmsi", "voice"):
        other = with_columns(sea, **{column: getattr(sea.vessels, column) + 1})
        assert changed_rows(Shown.of(sea), Shown.of(other)) is None


@given(st.lists(st.integers(0, 400_000_000), min_size=2, max_size=2))
@settings(max_examples=300)
def test_ages_differ_where_their_words_do(ages_ms: list[int]) -> None:
    """No row shows an age that has passed; none is drawn again for an age that reads the same."""
    a, b = (fleet(1, fix_ms=np.array([T0 - age_ms])) for age_ms in ages_ms)
    b = replace(b, vessels=replace(b.vessels, fix_ms=a.vessels.fix_ms), time_ms=T0 + ages_ms[1] - ages_ms[0])
    found = changed_rows(Shown.of(a), Shown.of(replace(b)))
    assert found is not None and bool(len(found)) == (ago(ages_ms[0] / 1000) != ago(ages_ms[1] / 1000))


async def test_a_silent_vessel_nobody_has_answered_for_is_not_dimmed(bay: Path) -> None:
    """A beacon that fell silent stays a matter until somebody has seen it."""
    sea = replace(
        fleet(4),
        lost=np.array([False, True, True, True]),
        alert_level=np.array([0, 0, 1, 0], np.uint8),
        alert_unacked=np.array([False, False, False, True]),
    )
    async with desk(bay, sea=sea) as (_, __, pane):
        assert [pane._style(row) for row in range(4)] == ["", "dim", "", ""]


def test_names_are_sorted_as_they_are_said() -> None:
    names = ["浙普渔2", "苏启渔1", "闽狮渔1", "浙普渔10", "YUE HAI", "沪崇渔1"]
    assert [names[i] for i in np.argsort(name_places(names))] == [
        "YUE HAI",
        "沪崇渔1",
        "闽狮渔1",
        "苏启渔1",
        "浙普渔10",
        "浙普渔2",
    ]


def at(row: int, value: float) -> Any:
    out = np.zeros(50, np.int64 if isinstance(value, int) else np.float64)
    out[row] = value
    return out


# --- the table ---


async def test_twenty_thousand_targets_are_paged_sorted_and_followed(bay: Path) -> None:
    """End, sort and a page up show the slice of the order; the cursor stays on its vessel when the order changes."""
    sea = fleet(20_000)
    async with desk(bay, sea=sea) as (app, pilot, pane):
        assert listed(pane)[:2] == [412_000_001, 412_000_002] and len(pane.table.order) == 20_000
        await type_keys(app, pilot, "end", "pageup")
        chosen = pane.selected_mmsi()
        rows = text_of(app).splitlines()[4:-2]
        top = pane.table.top
        assert all(f"{412_000_001 + top + i}" in line for i, line in enumerate(rows)) and len(rows) == pane.table.page
        await type_keys(app, pilot, "s", "s", "s")
        speeds = sea.vessels.sog_kn[pane.table.order]
        assert (np.diff(speeds) <= 0).all() and pane.selected_mmsi() == chosen
        assert f">    {sea.names[pane.table.cursor]}" in text_of(app)


async def test_a_picture_touches_only_what_it_changed(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One new fix among twenty thousand: one row is drawn again, and nothing is sorted or searched anew."""
    sea = fleet(20_000)
    async with desk(bay, sea=sea) as (_, _, pane):
        touched: list[list[int]] = []
        made: list[int] = []
        monkeypatch.setattr(pane.table, "touch", lambda rows: touched.append(np.asarray(rows).tolist()))
        monkeypatch.setattr(pane.table, "update_rows", lambda *_: made.append(1))
        fresh = sea.vessels.fix_ms.copy()
        fresh[5] = T0
        pane.show(with_columns(sea, fix_ms=fresh))
        pane.show(with_columns(sea, fix_ms=fresh))
        assert touched == [[5]] and not made


async def test_the_cursor_stays_with_a_vessel_when_others_come_and_go(bay: Path) -> None:
    sea = fleet(100)
    async with desk(bay, sea=sea) as (app, pilot, pane):
        await type_keys(app, pilot, *"jjjjj")
        chosen = pane.selected_mmsi()
        pane.table.release()
        pane.show(replace(fleet(100, mmsi=412_000_004 + np.arange(100)), seq=2))
        assert pane.selected_mmsi() == chosen == 412_000_006


@pytest.mark.parametrize("sort", SORTS)
async def test_every_sort_is_in_order(bay: Path, sort: str) -> None:
    async with desk(bay) as (app, pilot, pane):
        await type_keys(app, pilot, *"s" * SORTS.index(sort))
        p, order = pane._picture, pane.table.order
        by = {
            "alert": -p.alert_level.astype(int),
            "age": -p.vessels.fix_ms,
            "speed": -np.nan_to_num(p.vessels.sog_kn, nan=-1),
            "name": name_places(p.names.tolist()),
        }[sort]
        assert pane._sort == sort and (np.diff(by[order]) >= 0).all() and len(order) == len(p.vessels)
        assert tr(f"desk.sort.{sort}") in text_of(app).splitlines()[-2]


async def test_filters_divide_what_is_shown(bay: Path) -> None:
    """The key goes through all filters and back to everything; each shows what it names and leaves out the rest."""
    async with desk(bay) as (app, pilot, pane):
        p, shown = pane._picture, {}
        for name in FILTERS:
            assert tr(f"desk.filter.{name}") in text_of(app).splitlines()[-2]
            shown[name] = set(pane.table.order.tolist())
            await type_keys(app, pilot, "f")
        said = {word: {i for i in range(len(p.vessels)) if kind_word(p, i) == word} for word in ("渔船", "商船")}
        assert shown["all"] == set(range(len(p.vessels))) == set(pane.table.order.tolist())
        assert shown["fishing"] == said["渔船"] and shown["merchant"] == said["商船"] and len(said["商船"]) > 2
        assert shown["gear"] == set(np.flatnonzero(p.vessels.kind == Kind.GEAR).tolist()) != set()
        assert shown["lost"] == set(np.flatnonzero(p.lost).tolist())
        assert {int(p.vessels.mmsi[i]) for i in shown["alerted"]} == {m for alert in p.alerts for m in alert.mmsi}


async def test_danger_is_told_without_colour(bay: Path) -> None:
    """An alarm nobody has seen is marked in characters and reverse."""
    async with desk(bay) as (app, _, pane):
        line = text_of(app).splitlines()[5]
        assert line.startswith(" !!* 浙普渔60112")
        strip = pane.table.render_line(2)
        assert any(s.style and s.style.reverse and "!!*" in s.text for s in strip)


# --- searching ---


async def test_a_boat_is_found_by_her_initials_and_opened(bay: Path) -> None:
    """F3 from any pane, initials, Enter: her dossier. Esc leads back step by step."""
    async with desk(bay) as (app, pilot, pane):
        await type_keys(app, pilot, "1", "f3", *"zpy60108")
        found = text_of(app).splitlines()[-2]
        assert listed(pane) == [BOAT] and "找到 1/290" in found and re.search(r"[0-9.]+ 毫秒", found)
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        assert "浙普渔60108 档案" in text_of(app)
        await type_keys(app, pilot, "escape", "escape")
        assert pane.search.value == "" and len(pane.table.order) == 290 and pane.table.has_focus
        assert pane.selected_mmsi() == BOAT


@pytest.mark.parametrize("said", ["浙普渔60112", "ZHEPUYU 60112", "412990112", "dm90112", "60112"])
async def test_whatever_an_officer_types_finds_her(bay: Path, said: str) -> None:
    async with desk(bay) as (app, pilot, pane):
        await ask(app, pilot, said)
        assert listed(pane)[0] == 412990112 == pane.selected_mmsi()


async def test_what_is_found_can_be_shown_on_the_chart_at_once(bay: Path) -> None:
    """F6 goes where the cursor of the search is, even while the officer types."""
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "slash", *"zpy60201", "f6")
        assert app.pane.id == "chart" and app.pane.selected_mmsi() == 412990201


async def test_of_several_the_officer_chooses(bay: Path) -> None:
    async with desk(bay) as (app, pilot, pane):
        await type_keys(app, pilot, "f3", *"zpy6020", "enter")
        assert len(listed(pane)) == 9 and pane.table.has_focus and not isinstance(app.screen, Dossier)
        await type_keys(app, pilot, "down", "enter")
        await opened(app, pilot)
        assert "浙普渔60202" in text_of(app)


async def test_nothing_found_is_said_and_selects_nobody(bay: Path) -> None:
    async with desk(bay) as (app, pilot, pane):
        await type_keys(app, pilot, "f3", *"qqq9", "enter")
        assert "找到 0/290" in text_of(app) and pane.selected_mmsi() is None


async def test_the_index_is_made_anew_only_when_names_change(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New fixes make no new index; a new name does, and is found without asking again."""
    sea = fleet(300)
    async with desk(bay, sea=sea) as (app, pilot, pane):
        made: list[VesselIndex] = []

        def make(*told: Any) -> VesselIndex:
            made.append(VesselIndex(*told))
            return made[-1]

        monkeypatch.setattr("fengqiao.desk.panes.targets.VesselIndex", make)
        await ask(app, pilot, "mzy9")
        assert listed(pane) == [] and not made
        tell(app, with_columns(sea, fix_ms=sea.vessels.fix_ms + 1))
        await settle(app, pilot)
        assert not made
        tell(app, replace(sea, seq=3, names=words(["闽漳渔9", *sea.names.tolist()[1:]])))
        await settle(app, pilot)
        assert len(made) == 1 and listed(pane) == [412_000_001]


async def test_finds_stay_with_their_vessels_when_rows_move(bay: Path) -> None:
    """A picture with other rows between pressing a key and the new index shows no wrong boat."""
    sea = fleet(300)
    async with desk(bay, sea=sea) as (app, pilot, pane):
        await ask(app, pilot, "10007")
        assert listed(pane) == [412_000_008]
        v = sea.vessels
        fewer = replace(
            sea,
            seq=2,
            vessels=v.take(np.arange(5, 300)),
            **{n: getattr(sea, n)[5:] for n in ("names", "fishing", "lost", "alert_level", "alert_unacked")},
        )
        pane.show(fewer)
        assert listed(pane) == [412_000_008]


# --- the dossier ---


async def test_a_person_is_shown_only_for_a_reason_that_is_kept(bay: Path) -> None:
    """Masked at first and after Esc; with a reason the owner shows, and the look is in the audit chain."""
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        assert "演某某" in text_of(app) and "000****0002" in text_of(app)
        await type_keys(app, pilot, "u", "enter", "escape")
        assert "000****0002" in text_of(app) and looks(app.desk.store) == []
        await type_keys(app, pilot, "u", *"call owner", "enter")
        await until(pilot, lambda: "000-00000002" in text_of(app))
        assert "演示船东002" in text_of(app) and tr("desk.dossier.unmasked") in text_of(app)
        assert looks(app.desk.store) == [("王建国", {"mmsi": BOAT, "reason": "call owner"})]
        assert app.desk.store.verify_chain() is None


async def test_whoever_has_not_signed_on_sees_nobody(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        app.desk.officer = ""
        await type_keys(app, pilot, "u")
        await until(pilot, lambda: isinstance(app.screen, SignOnDialog))
        assert looks(app.desk.store) == []


async def test_the_dossier_leads_to_chart_case_and_log(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        await type_keys(app, pilot, "L")
        await until(pilot, lambda: isinstance(app.screen, LogLine))
        assert "浙普渔60108 412990108" in text_of(app)
        await type_keys(app, pilot, *"called", "enter")
        await opened(app, pilot)
        await until(pilot, lambda: "called" in str(app.screen.query_one("#sheet-text").render()))
        assert [(line.mmsi, line.text) for line in app.desk.store.log_lines()] == [(BOAT, "called")]
        await type_keys(app, pilot, "v")
        assert app.pane.id == "chart" and app.pane.selected_mmsi() == BOAT


async def test_a_case_is_opened_with_her_in_it(bay: Path) -> None:
    """C fills in her number, name and where she is; the case is registered and shown."""
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        await type_keys(app, pilot, "c")
        await until(pilot, lambda: isinstance(app.screen, Form))
        assert app.screen.query_one("#f-vessels", Input).value == f"{BOAT}"
        app.screen.query_one("#f-cause", Input).value = "C03"
        app.screen.query_one("#f-cause", Input).focus()
        await type_keys(app, pilot, "enter")
        await until(pilot, lambda: app.desk.store.case_list(mmsi=BOAT) and app.pane.id == "cases")
        (case,) = app.desk.store.case_list(mmsi=BOAT)
        row = app.picture.row_of(BOAT)
        assert case.title == "浙普渔60108" and case.lon_deg == pytest.approx(app.picture.vessels.lon_deg[row])
        assert case.occurred_to_ms == app.picture.time_ms


async def test_all_of_a_dossier_can_be_read_on_a_small_screen(bay: Path) -> None:
    """At 80x24 banner and dossier are both in sight, and scrolling reaches the last section."""
    async with desk(bay, (80, 24)) as (app, pilot, _):
        banner = text_of(app).splitlines()[1]
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        assert text_of(app).splitlines()[1] == banner and "身份" in text_of(app)
        await type_keys(app, pilot, *["space"] * 6)
        assert "值班日志 0 条" in text_of(app)


async def test_where_she_is_keeps_up_with_the_picture(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "enter")
        dossier = await opened(app, pilot)
        lost = app.picture.lost | True
        tell(app, replace(app.picture, seq=app.picture.seq + 1, lost=lost))
        dossier._keep_up()
        await pilot.pause()
        assert tr("desk.dossier.lost") in text_of(app)


async def test_a_hostile_name_is_plain_text_in_table_and_dossier(bay: Path) -> None:
    """Markup, escape codes, turned direction, braces, twenty wide characters."""
    sea = fleet(40, names=[HOSTILE] * 40, name=words([HOSTILE] * 40), destination=words([HOSTILE] * 40))
    sea = replace(sea, run_id="demo")
    with open_store(bay) as store:
        store.save_latest("demo", sea.vessels)
    async with desk(bay, (80, 24), sea=sea) as (app, pilot, _):
        await until(pilot, lambda: "[bold]{0}" in text_of(app))
        assert all("渔 .. 412" in line for line in text_of(app).splitlines()[4:20])
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        shown = text_of(app)
        assert shown.count("[bold]{0}") >= 2 and "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize(("size", "lang"), [((80, 24), "zh"), ((120, 36), "zh"), ((80, 24), "en")])
async def test_targets_and_dossier_look_as_they_looked(bay: Path, size: tuple[int, int], lang: str) -> None:
    async with desk(bay, size, lang) as (app, pilot, _):
        name = f"{lang}-{size[0]}x{size[1]}"
        same_as_golden(f"targets-{name}", app)
        await type_keys(app, pilot, "enter")
        await opened(app, pilot)
        same_as_golden(f"dossier-{name}", app)


def looks(store: Store) -> list[tuple[str, Any]]:
    with store.reading() as connection:
        rows = connection.execute(sa.select(AUDIT).where(AUDIT.c.what == "dossier_unmask")).mappings().all()
    return [(row["actor"], json.loads(row["detail"])) for row in rows]
