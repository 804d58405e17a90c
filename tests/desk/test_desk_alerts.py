"""From the bell to the outcome on screen: acknowledge, see how it stands now, call, say what came of it."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bay import demo_bay, frame, watch_over
from hands import HOSTILE, AtDesk, at_pane, body_of, same_as_golden, text_of, type_keys, until
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from fengqiao import words
from fengqiao.app.acts import limits_in
from fengqiao.app.held_back import HeldBack
from fengqiao.desk.actions import ACTIONS, words_of
from fengqiao.desk.app import DeskApp
from fengqiao.desk.bells import sounding, waiting
from fengqiao.desk.desk import Desk
from fengqiao.desk.dialogs.call_sheet import CHANNEL_VARIABLE, CallSheet
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.help import HelpDialog, focused_keys
from fengqiao.desk.dialogs.outcome import OutcomeDialog
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.dialogs.sign_on import meant
from fengqiao.desk.panes.alerts import AlertsPane, about, change_line
from fengqiao.desk.widgets import virtual_table
from fengqiao.model.findings import Priority
from fengqiao.store.database import Store
from fengqiao.store.frame import write_frame
from fengqiao.store.tables import AlertChangeRow, AlertRow


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve minutes of the bay: two boats and two ships on collision courses, one alarm, one beacon under test, and a
    net that a ship is about to cross."""
    return demo_bay(tmp_path_factory.mktemp("bay"), 12)


def desk(folder: Path, size: tuple[int, int] = (120, 36), lang: str = "zh", pane: str = "3") -> AtDesk:
    return at_pane(folder, pane, size, lang)


def chosen(app: DeskApp) -> AlertRow:
    return next(a for a in app.picture.alerts if a.alert == app.query_one(AlertsPane).selected_alert())


def table_of(app: DeskApp) -> list[str]:
    """Lines of the list of alerts, without its head and what is empty below it; ages change and are left out."""
    lines = text_of(app).splitlines()[3 : 3 + app.query_one(AlertsPane).table.page]
    return [line[:50] for line in lines if line.strip()]


def show(app: DeskApp, monkeypatch: pytest.MonkeyPatch, *alerts: AlertRow) -> None:
    """From now on these alerts are all there are."""
    picture = replace(app.picture, alerts=alerts)
    monkeypatch.setattr(app.source, "read", lambda: picture)
    app.receive(picture)


async def owing(app: DeskApp, pilot: Pilot[None]) -> None:
    """The alarm is acknowledged and the watch has taken it: an outcome is owed."""
    await type_keys(app, pilot, "f2")
    await until(pilot, lambda: app.owed)


@pytest.mark.parametrize(("lang", "size"), [("zh", (80, 24)), ("zh", (120, 36)), ("en", (80, 24))])
@pytest.mark.parametrize(("name", "keys"), [("alerts", ()), ("call-sheet", ("t",))])
async def test_the_screen_is_as_it_was_looked_at(
    bay: Path, lang: str, size: tuple[int, int], name: str, keys: tuple[str, ...]
) -> None:
    async with desk(bay, size, lang) as (app, pilot, _):
        await type_keys(app, pilot, *keys)
        same_as_golden(f"{name}-{lang}-{size[0]}x{size[1]}", app)
        assert all(cell_len(line) <= size[0] for line in text_of(app).splitlines())


async def test_acknowledged_with_one_key_and_the_outcome_said_afterwards(bay: Path) -> None:
    """F2 asks nothing; the watch takes it; what came of it is owed until it is said, and then stands in the life."""
    with watch_over(bay):
        async with desk(bay) as (app, pilot, store):
            alarm = chosen(app)
            assert alarm.priority == Priority.ALARM and not alarm.acked
            await type_keys(app, pilot, "f2")
            assert chosen(app).acked and len(app.screen_stack) == 1
            await until(pilot, lambda: next(a for a in store.alerts("demo") if a.alert == alarm.alert).acked)
            await until(pilot, lambda: app.owed == {alarm.alert})
            await until(pilot, lambda: "欠处置结果" in text_of(app) and "王建国" in body_of(app))
            await type_keys(app, pilot, "r", "1", *"16 OK", "enter")
            await until(pilot, lambda: not app.owed)
            given = store.outcomes("demo", alarm.alert)
            assert [(o.outcome, o.text, o.officer) for o in given] == [("called", "16 OK", "王建国")]
            await until(pilot, lambda: "已呼叫  王建国  16 OK" in body_of(app))
            assert len(app.screen_stack) == 1 and "欠处置结果" not in text_of(app)


async def test_an_outcome_can_wait_and_the_watch_goes_on(bay: Path) -> None:
    """While it is asked the banner stays in sight and F2 still acknowledges; Esc leaves it owed."""
    with watch_over(bay):
        async with desk(bay, (80, 24)) as (app, pilot, store):
            await owing(app, pilot)
            await type_keys(app, pilot, "r")
            await until(pilot, lambda: "欠填 1 条" in text_of(app))
            waiting = len(app.picture.unacknowledged)
            assert waiting and text_of(app).splitlines()[1].strip().startswith("!")
            await type_keys(app, pilot, "f2")
            assert len(app.picture.unacknowledged) == waiting - 1 and isinstance(app.screen, OutcomeDialog)
            await type_keys(app, pilot, "escape")
            assert app.owed and store.outcomes("demo") == []


async def test_enter_without_a_choice_gives_nothing(bay: Path) -> None:
    with watch_over(bay):
        async with desk(bay) as (app, pilot, store):
            await owing(app, pilot)
            await type_keys(app, pilot, "r", "enter", "enter")
            assert isinstance(app.screen, OutcomeDialog) and store.outcomes("demo") == []


async def test_one_after_the_other_is_asked_until_none_is_owed(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Down goes to the other one; after each the next is asked; with the last the question is gone."""
    async with desk(bay) as (app, pilot, store):
        owed = [a for a in store.alerts("demo") if len(a.mmsi) == 2]
        monkeypatch.setattr(Desk, "owed", lambda _: [a for a in owed if not store.outcomes("demo", a.alert)])
        await type_keys(app, pilot, "r", "down", "3", "enter")
        assert [o.alert for o in store.outcomes("demo")] == [owed[1].alert]
        assert isinstance(app.screen, OutcomeDialog) and app.screen.query_one(Input).value == ""
        await type_keys(app, pilot, "4", "x", "enter")
        assert [(o.outcome, o.text) for o in store.outcomes("demo")] == [("false", ""), ("other", "x")]
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_whether_it_was_true_is_said_in_one_key_before_the_outcome(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 true, 1 called: both kept. A false alarm is false by itself, and judging it true asks its outcome anew."""
    async with desk(bay) as (app, pilot, store):
        owed = [a for a in store.alerts("demo") if len(a.mmsi) == 2]
        monkeypatch.setattr(Desk, "owed", lambda _: [a for a in owed if not store.outcomes("demo", a.alert)])
        await type_keys(app, pilot, "r", "5", "1", *"56", "enter")
        assert [(o.outcome, o.text) for o in store.outcomes("demo")] == [("called", "56")]
        await type_keys(app, pilot, "3", "shift+tab")
        assert ">3" in text_of(app) and ">6" in text_of(app)
        await type_keys(app, pilot, "5")
        assert ">3" not in text_of(app) and ">5" in text_of(app)
        await type_keys(app, pilot, "3", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        labels = {rule: [label for r, _, label in store.labelled("demo") if r == rule] for rule in ("collision",)}
        assert sorted(filter(None, labels["collision"])) == ["false", "true"]


async def test_of_a_caution_too_one_may_say_that_it_was_false_and_take_it_back(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It owes no outcome, but is chosen and acknowledged; another word later stands beside the first."""
    async with desk(bay) as (app, pilot, store):
        caution = AlertRow(**{**app.picture.alerts[-1].model_dump(), "acked": True})
        assert caution.priority == Priority.CAUTION
        show(app, monkeypatch, caution)
        await type_keys(app, pilot, "home", "r", "3", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await type_keys(app, pilot, "r", "5", "1", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert [o.outcome for o in store.outcomes("demo", caution.alert)] == ["false", "called"]
        assert "true" in {label for rule, _, label in store.labelled("demo") if rule == caution.rule}


async def test_who_means_what_is_answered_already_is_first_asked_what_is_owed(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standing on an alert whose outcome he gave, he is brought to the one that owes it; down goes to the other."""
    async with desk(bay) as (app, pilot, store):
        told, owing = (AlertRow(**{**a.model_dump(), "acked": True}) for a in app.picture.alerts[:2])
        app.desk.give_outcome(told.alert, "called", "")
        monkeypatch.setattr(Desk, "owed", lambda _: [] if store.outcomes("demo", owing.alert) else [owing])
        show(app, monkeypatch, told, owing)
        await type_keys(app, pilot, "r", "2", "enter")
        assert [o.outcome for o in store.outcomes("demo", owing.alert)] == ["notified"]
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await type_keys(app, pilot, "r", "down", "4", "enter")
        assert [o.outcome for o in store.outcomes("demo", told.alert)] == ["called", "other"]


async def test_an_alarm_that_calls_anew_is_unseen_whatever_it_owes(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acknowledged once, it came closer: its line says that nobody has seen that, not that an outcome is owed."""
    async with desk(bay) as (app, pilot, _):
        again = AlertRow(**{**app.picture.alerts[0].model_dump(), "change": "closer", "state": {}})
        monkeypatch.setattr(Desk, "owed", lambda _: [again])
        show(app, monkeypatch, again)
        app.owed = {again.alert}
        app.receive(app.picture)
        await pilot.pause()
        assert "未签收" in table_of(app)[0] + text_of(app).splitlines()[3] and "欠处置结果" not in table_of(app)[0]


async def test_chinese_sentences_on_a_sheet_fill_their_lines(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held back stands behind its time, not torn off to the next line for want of a blank."""
    async with desk(bay, (80, 24)) as (app, pilot, _):
        said = "浙普渔60131与浙普渔60132相距80米，未发预警：两船结伴作业，且相对速度很小，不需要任何人去问。" * 2
        held = HeldBack(
            by_reason={"collision:company": 1},
            suppressed=[
                {
                    "rule": "collision",
                    "reason": "company",
                    "since_ms": 1_757_993_400_000,
                    "text_zh": said,
                    "text_en": said,
                }
            ],
        )
        monkeypatch.setattr(Desk, "held_back", lambda _: held)
        await type_keys(app, pilot, "h")
        line = next(line for line in text_of(app).splitlines() if "11:30" in line)
        assert "浙普渔60131与浙普渔60132相距80米" in line


async def test_with_nothing_owed_nothing_is_asked(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "r")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_new_alarm_moves_no_row_between_looking_and_acknowledging(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the banner at once; the rows wait until the officer rests, and F2 means the one he looked at."""
    monkeypatch.setattr(virtual_table, "HOLD_S", 60.0)
    async with desk(bay) as (app, pilot, store):
        rows = table_of(app)
        await type_keys(app, pilot, "j")
        looked_at, before = chosen(app).alert, table_of(app)
        row = before.index(next(line for line in before if line.startswith(">")))
        new = {"alert": "sos-new", "priority": Priority.EMERGENCY, "text_zh": "新来的险情"}
        newer = AlertRow(**{**app.picture.alerts[0].model_dump(), **new})
        show(app, monkeypatch, newer, *app.picture.alerts)
        await pilot.pause()
        assert "新来的险情" in text_of(app).splitlines()[1]
        assert table_of(app)[: len(rows)] == before and table_of(app)[row].startswith(">")
        await type_keys(app, pilot, "f2")
        await until(pilot, store.waiting_acts)
        assert [act.target for act in store.waiting_acts()] == [looked_at]
        assert table_of(app)[row].startswith(">"), "acknowledged where it stands"


async def test_keys_go_from_one_unacknowledged_to_the_next(bay: Path) -> None:
    """n goes round; j and k go by rows; the detail follows."""
    async with desk(bay) as (app, pilot, _):
        seen = []
        for _ in app.picture.unacknowledged:
            seen.append(chosen(app).alert)
            await type_keys(app, pilot, "n")
        assert seen == [a.alert for a in app.picture.unacknowledged] and chosen(app).alert == seen[0]
        await type_keys(app, pilot, "j", "j", "k")
        assert chosen(app).alert == seen[1] and seen[1] in text_of(app)


async def test_a_click_selects(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await pilot.click("#alert-list", offset=(10, 2))
        assert chosen(app).alert == app.picture.alerts[1].alert


async def test_enter_shows_her_on_the_chart(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        mmsi = chosen(app).mmsi[0]
        await type_keys(app, pilot, "enter")
        assert app.pane.id == "chart" and app.pane.selected_mmsi() == mmsi


async def test_how_it_stands_now_is_told_apart_from_how_it_stood(bay: Path) -> None:
    """The sentence is three minutes old and says seven minutes; by now it is four."""
    async with desk(bay) as (app, _, __):
        shown = body_of(app)
        assert "将在7分钟后" in shown and "上文为 11:38:40 的情况" in shown
        assert "此刻 11:41:59" in shown and "TCPA 3.9 分钟" in shown


async def test_a_caution_about_waters_is_not_as_red_as_a_collision(tmp_path: Path) -> None:
    """Colour, reverse and mark all tell them apart."""
    async with desk(demo_bay(tmp_path / "later", 16)) as (app, _, __):
        pane, by_rule = app.query_one(AlertsPane), {a.rule: i for i, a in reversed([*enumerate(app.picture.alerts)])}
        styles = {rule: pane.table.row_style(by_rule[rule]) for rule in ("collision", "zone")}
        marks = {rule: pane.table.columns[0].cell(by_rule[rule]) for rule in ("collision", "zone")}
        assert "reverse" in styles["collision"] and "#" in styles["collision"]
        assert "reverse" not in styles["zone"] and "#" not in styles["zone"]
        assert marks == {"collision": "!!*", "zone": "- *"}


async def test_what_is_over_and_unseen_is_dim_and_says_so(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(bay) as (app, pilot, _):
        over = AlertRow(**{**app.picture.alerts[0].model_dump(), "active": False, "change": "resolved"})
        show(app, monkeypatch, over)
        await pilot.pause()
        assert "已解除待签收" in text_of(app) and app.query_one(AlertsPane).table.row_style(0) == "dim"


async def test_the_call_sheet_has_all_that_is_needed_for_a_call_and_the_look_is_logged(bay: Path) -> None:
    """Telephone, channel, position in words, a sentence each in both tongues, helpers; and who saw the number."""
    async with desk(bay, (160, 60)) as (app, pilot, store):
        await type_keys(app, pilot, "f9")
        assert isinstance(app.screen, CallSheet)
        shown = text_of(app)
        for needed in ("000-00000003", "VHF 16", "VHF 06", "待核", "北纬29度", "412990112", "附近可前往的船"):
            assert needed in shown
        assert shown.index("[英] QINGLAN HARBOR") < shown.index("[中] QINGLAN HARBOR")
        assert shown.index("[中] 浙普渔60112") < shown.index("[英] ZHEPUYU60112")
        assert shown.splitlines()[1].strip().startswith("!!")
        looks = [json.loads(detail) for what, detail in audit_rows(bay) if what == "call_sheet"]
        assert [412990112 in look["mmsi"] for look in looks] == [True]
        assert store.verify_chain() is None


async def test_a_centres_own_channel_is_no_longer_unverified(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHANNEL_VARIABLE, "VHF 08")
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "t")
        assert "VHF 08" in text_of(app) and "待核" not in text_of(app)


async def test_silence_and_acknowledge_work_over_the_call_sheet(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        waiting = len(app.picture.unacknowledged)
        await type_keys(app, pilot, "t", "f4", "f2")
        assert app.is_silent and len(app.picture.unacknowledged) == waiting - 1
        assert isinstance(app.screen, CallSheet)


@pytest.mark.parametrize("lang", words.LANGUAGES)
async def test_help_lists_every_key_in_the_desks_words(bay: Path, lang: str) -> None:
    """Those of the desk and of the list that has the focus; nothing of the library's own."""
    async with desk(bay, (120, 60), lang) as (app, pilot, _):
        await type_keys(app, pilot, "f1")
        assert isinstance(app.screen, HelpDialog)
        shown = text_of(app)
        for action in ACTIONS:
            assert words.say(lang, words_of(action.name)) in shown
        assert words.say(lang, "desk.key.open") in shown and "Focus Next" not in shown


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5"])
async def test_no_key_is_explained_in_words_that_are_not_ours(bay: Path, lang: str, pane: str) -> None:
    async with desk(bay, lang=lang, pane=pane) as (app, _, __):
        said = set(focused_keys(app.screen.active_bindings.values()))
        assert said <= {words.say(lang, word) for word in words.catalogue(lang) if word.startswith("desk.key.")}


@pytest.mark.parametrize("keys", [("3",), ("3", "t"), ("3", "r")])
async def test_a_hostile_name_is_plain_text(
    tmp_path: Path, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Markup, escape codes, turned direction and twenty wide characters, in the list, on the sheet, in the question."""
    folder = demo_bay(tmp_path / "hostile", 12)
    kept = frame(folder)
    names = kept.columns["name"].copy()
    names[:] = HOSTILE
    write_frame(folder, replace(kept, columns={**kept.columns, "name": names}))
    async with desk(folder, (80, 24)) as (app, pilot, store):
        monkeypatch.setattr(Desk, "owed", lambda _: store.alerts("demo")[:2])
        await type_keys(app, pilot, *keys)
        shown = text_of(app)
        assert "[bold]{0}" in shown and "\x1b" not in shown and "\u202e" not in shown
        assert all(cell_len(line) <= 80 for line in shown.splitlines())


async def test_without_colour_everything_is_still_said(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk(bay, (80, 24)) as (app, pilot, _):
        assert "!!*" in text_of(app) and "- *" in text_of(app)
        await type_keys(app, pilot, "t", "escape", "f1", "escape", "r")
        assert "!!*" in text_of(app)


async def test_an_empty_list_is_calm(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(bay) as (app, pilot, _):
        show(app, monkeypatch)
        await type_keys(app, pilot, "j", "n", "enter")
        await type_keys(app, pilot, "3")
        assert app.query_one(AlertsPane).selected_alert() is None and len(app.screen_stack) == 1


async def test_alerts_about_no_vessel_say_what_they_are_about(bay: Path) -> None:
    async with desk(bay) as (app, _, __):
        base = app.picture.alerts[0].model_dump() | {"mmsi": []}
        feed = AlertRow(**{**base, "rule": "feed", "facts": {"feed": "tcp:1"}})
        gale = AlertRow(**{**base, "rule": "gale", "facts": {"area_zh": "浪岗", "area_en": "Langgang"}})
        assert [about(a, app.picture) for a in (feed, gale)] == ["tcp:1", "浪岗"]


async def test_an_alert_is_shelved_with_reason_and_end_and_taken_off_again(bay: Path) -> None:
    """z asks for minutes and a reason; the line says until when, the sheet under h lists it; z again takes it off."""
    with watch_over(bay):
        async with desk(bay, (120, 36)) as (app, pilot, store):
            await type_keys(app, pilot, "j")
            shelved = chosen(app)
            await type_keys(app, pilot, "z")
            assert isinstance(app.screen, Form)
            assert max(len(line.strip("│ ")) for line in text_of(app).splitlines() if "节）" in line) > 60  # not torn
            assert not [line for line in text_of(app).splitlines() if line.strip("│ ") in ("BEIYAN", "QINGLAN")]
            await type_keys(app, pilot, *"fleet", "enter")
            await until(pilot, lambda: store.listed_alerts("demo")[0] and stands(store, shelved.alert) == "shelved")
            await until(pilot, lambda: "搁置至" in text_of(app))
            await type_keys(app, pilot, "h")
            await until(pilot, lambda: isinstance(app.screen, Sheet) and "fleet" in text_of(app))
            await type_keys(app, pilot, "escape")
            app.query_one(AlertsPane).table.go_to([a.alert for a in app.picture.alerts].index(shelved.alert))
            await type_keys(app, pilot, "z")
            await until(pilot, lambda: stands(store, shelved.alert) == "unshelved")
            assert store.verify_chain() is None


async def test_what_is_typed_is_never_markup(bay: Path) -> None:
    """Whoever it is handed over to: the sentence below names him as he was typed, and the desk lives on."""
    with watch_over(bay):
        async with desk(bay, (80, 24)) as (app, pilot, store):
            handed = chosen(app)
            await type_keys(app, pilot, "m")
            app.screen.query_one("#f-to", Input).value = "[/red] [@click=app.leave]东席"
            await type_keys(app, pilot, "enter")
            await until(pilot, lambda: stands(store, handed.alert) == "transferred")
            await until(pilot, lambda: "[/red] [@click=app.leave]东席" in text_of(app))


@pytest.mark.parametrize("minutes", ["²", "9" * 5_000, "-5", "三十"])
async def test_minutes_that_are_none_are_refused(bay: Path, minutes: str) -> None:
    with watch_over(bay):
        async with desk(bay, (120, 36)) as (app, pilot, store):
            before = chosen(app)
            await type_keys(app, pilot, "z")
            app.screen.query_one("#f-minutes", Input).value = minutes
            await type_keys(app, pilot, *"fleet", "enter")
            assert isinstance(app.screen, Form) and "请写 1 至 60" in text_of(app)
            assert stands(store, before.alert) == before.change


@pytest.mark.parametrize("typed", ["²", "9" * 5_000, "0", "٣"])
def test_a_choice_is_one_of_those_offered(typed: str) -> None:
    assert Field("f", "f", options=(("a", "甲"), ("b", "乙"))).read(typed) is None
    assert meant(typed, ("王建国",)) == typed


async def test_a_refusal_is_said_in_the_form_and_nothing_typed_is_lost(bay: Path) -> None:
    """Ninety minutes are no shelf, and a name as long as a page is none: mended where it was typed, then it is done."""
    with watch_over(bay):
        async with desk(bay, (80, 24)) as (app, pilot, store):
            before = chosen(app)
            await type_keys(app, pilot, "z", "up", "backspace", "backspace", *"90", "down", *"fleet", "enter")
            assert app.focused is app.screen.query_one("#f-minutes", Input) and "请写 1 至 60" in text_of(app)
            app.screen.query_one("#f-minutes", Input).value = "20"
            app.screen.query_one("#f-reason", Input).value = long = "理" * 501
            await type_keys(app, pilot, "enter")
            await until(pilot, lambda: "未执行" in text_of(app))
            assert isinstance(app.screen, Form) and app.screen.query_one("#f-reason", Input).value == long
            assert not app._notifications and stands(store, before.alert) == before.change
            app.screen.query_one("#f-reason", Input).value = "fleet"
            await type_keys(app, pilot, "enter")
            await until(pilot, lambda: not isinstance(app.screen, Form))
            await until(pilot, lambda: stands(store, before.alert) == "shelved")


async def test_how_long_a_shelf_may_be_is_as_the_centre_has_set_it(bay: Path) -> None:
    """In the label, in what is offered and in what is said of too much; the watch's refusal names its numbers too."""
    kept = frame(bay)
    book = {**kept.meta["book"], "shelf_min_max": 15, "out_of_service_min_max": 90}
    write_frame(bay, replace(kept, meta={**kept.meta, "book": book}))
    async with desk(bay, (80, 24)) as (app, pilot, _):
        await type_keys(app, pilot, "z")
        assert app.screen.query_one("#f-minutes", Input).value == "15" and "(1-15)" in text_of(app)
        app.screen.query_one("#f-minutes", Input).value = "16"
        await type_keys(app, pilot, *"fleet", "enter")
        assert "请写 1 至 15" in text_of(app)
    said = words.say("zh", "refusal.minutes_wrong", limits_in(frame(bay).meta))
    assert "搁置1至15分钟，停用1至90分钟" in said


def test_the_life_of_an_alert_says_how_far_it_was_escalated() -> None:
    """To an alarm, to the shift leader, and then by its own facts: three things that are three in words."""
    base: dict[str, Any] = {"at_ms": 0, "priority": Priority.ALARM, "actor": "", "note": ""}
    steps = (("escalated", "alarm"), ("escalated", "leader"), ("worsened", ""))
    lines = [change_line(AlertChangeRow(**base, change=c, state={"escalated": s})).plain[12:] for c, s in steps]
    assert lines == ["久未签收，警告升为报警", "久未签收，请带班领导处置", "升级  报警"]


async def test_silence_is_kept_in_the_book_and_every_bell_obeys_it(bay: Path) -> None:
    """F4 here, and another desk at the same folder rests as well; thirty seconds of the watch's time later it rings."""
    with watch_over(bay):
        async with desk(bay) as (app, pilot, store):
            await type_keys(app, pilot, "f4")
            await until(pilot, lambda: any(a.change == "silenced" for a in store.listed_alerts("demo")))
            await until(pilot, lambda: waiting(app.picture) and not sounding(app.picture, app.desk.time_ms()))
            app.bells.silent_until_s = 0.0
            assert app.is_silent
            later = replace(app.picture, time_ms=app.picture.time_ms + 30_000)
            app.picture = app.desk.picture = later
            assert sounding(app.picture, app.desk.time_ms()) and not app.is_silent


async def test_in_a_flood_warnings_of_one_ship_are_one_line_and_f2_takes_them_all(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two boats before one ship: one line that names her and how many; all sentences below it; f shows each again."""
    async with desk(bay, (120, 36)) as (app, pilot, store):
        base = app.picture.alerts[0].model_dump() | {"priority": 2, "state": {}}
        boats = [AlertRow(**{**base, "alert": f"c-{i}", "text_zh": f"第{i}条"}) for i in (1, 2)]
        caution = AlertRow(**{**base, "alert": "c-3", "priority": 1, "text_zh": "注意"})
        alarm = AlertRow(**{**base, "alert": "c-4", "priority": 3, "text_zh": "报警"})
        folds = [{"mmsi": 477990101, "name": "QINGLAN HARBOR", "alerts": ["c-1", "c-2", "c-4"]}]
        flood = {"on": True, "raised": 12, "folds": folds, "hidden": ["c-3"]}
        meta = {**app.picture.meta, "book": {"flood": flood}}
        picture = replace(app.picture, alerts=(alarm, *boats, caution), meta=meta)
        monkeypatch.setattr(app.source, "read", lambda: picture)
        app.receive(picture)
        pane = app.query_one(AlertsPane)
        pane.table.go_to(1)
        await pilot.pause()
        assert [pane._alerts[row].alert for row in pane.table.order] == ["c-4", "c-1"]
        for said in ("QINGLAN HARBOR 与 2 船", "第2条", "收起注意 1 条"):
            assert said in text_of(app), text_of(app)
        await type_keys(app, pilot, "f2")
        await until(pilot, lambda: len(store.waiting_acts()) == 2)
        assert {act.target for act in store.waiting_acts()} == {"c-1", "c-2"}
        await type_keys(app, pilot, "f")
        assert len(pane.table.order) == 4


def stands(store: Store, alert: str) -> str:
    """The latest change of an alert."""
    return next(a.change for a in store.alerts("demo") if a.alert == alert)


def audit_rows(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "fengqiao.db")) as db:
        return db.execute("select what, detail from audit order by seq").fetchall()
