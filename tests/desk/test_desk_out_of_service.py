"""Out of service on screen: taken out from an alert with end and reason, in sight while it is, put back by a key."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from bay import watch_over
from hands import AtDesk, at_pane, body_of, comes_to_golden, text_of, type_keys, until
from rich.cells import cell_len
from textual.widgets import Input

from fengqiao.alerts import Outage, Params
from fengqiao.desk.app import DeskApp
from fengqiao.desk.dialogs.form import Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.dialogs.sign_on import SignOnDialog
from fengqiao.desk.panes.alerts import AlertsPane
from fengqiao.desk.panes.out_of_service import OutOfService, minutes_max, minutes_until, outages
from fengqiao.desk.picture import DeskPicture
from fengqiao.model.findings import ChangeKind

NOON_MS = 1_757_995_200_000  # 2025-09-16 12:00 in Beijing
HOUR_MS = 3_600_000


def desk(folder: Path, size: tuple[int, int] = (80, 24), lang: str = "zh") -> AtDesk:
    """The alerts pane, with the cursor on the gravest."""
    return at_pane(folder, "3", size, lang)


def with_out(picture: DeskPicture, *out: Outage) -> DeskPicture:
    book = {**picture.meta["book"], "out_of_service": [asdict(outage) for outage in out]}
    return replace(picture, meta={**picture.meta, "book": book})


def said(app: DeskApp) -> str:
    """What the desk has told in its sentences at the edge."""
    return "\n".join(str(each.message) for each in app._notifications)


@pytest.mark.parametrize(("lang", "size"), [(lang, size) for lang in ("zh", "en") for size in ((80, 24), (120, 40))])
async def test_the_screens_are_as_they_were_looked_at(
    bay: Path, lang: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is out stands between the list and the alert chosen; what is asked lies over the foot of the screen."""
    async with desk(bay, size, lang) as (app, pilot, _):
        at_ms, end = app.picture.time_ms, app.picture.time_ms + 9 * HOUR_MS
        picture = with_out(
            app.picture,
            Outage("vessel", "412990108", at_ms, end, "网位仪冒充渔船", "王建国"),
            Outage("rule", "gap", at_ms, end - HOUR_MS, "基站检修, 全湾区漏报", "王建国"),
            Outage("zone", "putuoshan", at_ms, end + HOUR_MS, "演习", "李海燕"),
            Outage("feed", "udp:10110", at_ms - HOUR_MS, at_ms, "已到期", "李海燕"),
        )
        monkeypatch.setattr(app.source, "read", lambda: picture)
        app.receive(picture)
        name = f"{lang}-{size[0]}x{size[1]}"
        drawn = app.query_one(OutOfService).table
        await until(pilot, lambda: drawn.size.height == 4 and "putuoshan" not in body_of(app))  # the zone by its name
        await comes_to_golden(f"out-of-service-{name}", app, pilot)
        await type_keys(app, pilot, "x")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "f-what")
        await comes_to_golden(f"out-of-service-form-{name}", app, pilot)
        assert all(cell_len(line) <= size[0] for line in text_of(app).splitlines())


async def test_taken_out_with_end_and_reason_in_sight_and_put_back(bay: Path) -> None:
    """A wrong end is told with the way to mend it and nothing typed is lost; a clock time will do, in full-width
    figures too. The act is audited as one by command; x on the line puts it back."""
    with watch_over(bay):
        async with desk(bay) as (app, pilot, store):
            await type_keys(app, pilot, "x")
            assert isinstance(app.screen, Form)
            app.screen.query_one("#f-until", Input).value = "1441"
            app.screen.query_one("#f-reason", Input).value = "网位仪冒充渔船"
            await type_keys(app, pilot, "1", "enter")
            assert isinstance(app.screen, Form) and "1 至 1440" in text_of(app)
            assert app.focused is app.screen.query_one("#f-until", Input)
            app.screen.query_one("#f-until", Input).value = "１２：３０"
            await type_keys(app, pilot, "enter")
            await until(pilot, lambda: outages(app.picture))
            (out,) = outages(app.picture)
            assert (out.kind, out.name, out.reason, out.actor) == ("vessel", "412990112", "网位仪冒充渔船", "王建国")
            await until(pilot, lambda: "船 浙普渔60112              09-16 12:30 王建国" in body_of(app))
            assert "停用至 09-16 12:30, 几分钟内移出列表" in body_of(app)
            assert "已停用 船 浙普渔60112, 至 09-16 12:30" in said(app)
            await type_keys(app, pilot, "tab", "enter")
            assert isinstance(app.screen, Sheet) and "网位仪冒充渔船" in text_of(app)
            await type_keys(app, pilot, "escape", "x")
            await until(pilot, lambda: not outages(app.picture) and app.focused is app.query_one(AlertsPane).table)
            assert "停用中" not in body_of(app) and "已恢复使用 船 浙普渔60112" in said(app)
            kept = [c.change for c in store.changes("demo") if c.rule == "service"]
            assert kept == [ChangeKind.OUT_OF_SERVICE, ChangeKind.IN_SERVICE] and store.verify_chain() is None


async def test_distress_stays_in_service(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(bay) as (app, pilot, _):
        app.query_one(AlertsPane).table.go_to([a.rule for a in app.picture.alerts].index("distress"))
        await type_keys(app, pilot, "x")
        assert len(app.screen_stack) == 1 and "遇险和紧急预警不能搁置、不能停用" in said(app)


async def test_where_no_alert_is_left_the_key_goes_to_what_is_out_of_service(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the banner does not call it calm without saying what is not told."""
    async with desk(bay) as (app, pilot, _):
        end = app.picture.time_ms + HOUR_MS
        picture = with_out(replace(app.picture, alerts=()), Outage("rule", "gap", 1, end, "检修", "王建国"))
        monkeypatch.setattr(app.source, "read", lambda: picture)
        app.receive(picture)
        await type_keys(app, pilot, "x")
        assert app.query_one(OutOfService).table.has_focus
        assert "无未签收预警  已停用 1 项" in text_of(app).splitlines()[1]


@pytest.mark.parametrize("keys", [("3", "x"), ("4", "w"), ("4", "m"), ("3", "z"), ("2", "L")])
async def test_where_nobody_is_on_it_is_asked_who_is_first(bay: Path, keys: tuple[str, ...]) -> None:
    """The shift ended elsewhere: whatever somebody must answer for is not even asked before he says his name."""
    async with desk(bay) as (app, pilot, store):
        assert store.end_shift("another", "desk", 2) == []
        await until(pilot, lambda: not app.desk.officer)
        await type_keys(app, pilot, *keys)
        assert isinstance(app.screen, SignOnDialog)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("480", 480),
        (" ６０ ", 60),
        ("0", 0),
        ("12:00", None),  # it has just come: a slip must not silence a rule until tomorrow
        ("12:01", 1),
        ("0:00", 720),
        ("8:30", None),
        ("１８：００", 360),
        ("24:00", None),
        ("²", None),
        ("-5", None),
        ("三十", None),
        ("9" * 5_000, None),
        ("12:60", None),
    ],
)
def test_an_end_is_minutes_or_the_next_such_time_in_beijing_within_half_a_day(typed: str, minutes: int | None) -> None:
    assert minutes_until(typed, NOON_MS) == minutes


def test_what_has_come_to_its_end_is_no_longer_listed() -> None:
    """A watch that stands still brings nothing back: its end is looked at as well."""
    out = [asdict(Outage("rule", "gap", 0, until, "x", "y")) for until in (NOON_MS, NOON_MS + 1)]
    picture = DeskPicture(time_ms=NOON_MS, meta={"book": {"out_of_service": out}})
    assert [outage.until_ms for outage in outages(picture)] == [NOON_MS + 1]


def test_how_long_it_may_last_is_as_the_centre_has_set_it() -> None:
    assert minutes_max(DeskPicture(meta={"book": {"out_of_service_min_max": 120}})) == 120
    assert minutes_max(DeskPicture()) == Params().out_of_service_min_max
