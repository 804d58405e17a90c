"""How an alert lives, line by line as the manual tells it: asked for, raised, held, lost, resolved, taken."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fengqiao.alerts import AlertBook, Outcome, Params, Refusal
from fengqiao.model.findings import AlertChange, ChangeKind, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
CAUTION, WARNING, ALARM, EMERGENCY = Priority
MERCHANT, TRAWLER = 413_000_001, 412_000_002
PAIR = (str(TRAWLER), str(MERCHANT))
HOLD_S = 180.0
BASIS = {"code": "0.1.0", "settings": "abc"}


def near(set_level: Priority | None, hold: Priority | None = None, **more: Any) -> Finding:
    """Two vessels on their way to a close pass, as the collision rule would tell it: raised at once unless told so."""
    hold_level = hold or set_level
    assert hold_level is not None
    told: dict[str, Any] = {"facts": {"cpa_nm": 0.3}, "mmsi": (TRAWLER, MERCHANT), "message": "alert.collision"}
    return Finding("collision", more.pop("key", PAIR), set_level, hold_level, **{**told, **more})


@dataclass
class Scene:
    """A book, its clock, and the words of the last tick or act."""

    book: AlertBook = field(default_factory=AlertBook)
    at_s: float = 0.0

    @property
    def at_ms(self) -> int:
        return T0 + int(self.at_s * 1000)

    def tick(self, at_s: float, *found: Finding, undecided: Iterable[int] = ()) -> list[AlertChange]:
        self.at_s = at_s
        answer = Findings("collision", found, frozenset(undecided), HOLD_S)
        return self.book.admit(self.at_ms, [answer], BASIS)

    def act(self, kind: ActKind, alert: str, **facts: Any) -> Outcome:
        return self.book.perform(Act("a1", self.at_ms, "王海", "1", kind, alert, facts), BASIS)

    def ack(self, alert: str) -> Outcome:
        return self.act(ActKind.ACKNOWLEDGE, alert)

    def raised(self, at_s: float, level: Priority = WARNING, **more: Any) -> str:
        """Raise one alert at once and give its id."""
        (change,) = self.tick(at_s, near(level, **more))
        assert change.change is ChangeKind.RAISED
        return change.alert


@pytest.fixture
def scene() -> Scene:
    return Scene()


def kinds(changes: Iterable[AlertChange]) -> list[str]:
    return [change.change for change in changes]


def told(changes: Iterable[AlertChange]) -> list[tuple[str, Priority]]:
    return [(change.change, change.priority) for change in changes]


# --- before an alert is raised


def test_the_fast_path_raises_at_once(scene: Scene) -> None:
    """No delay and one report: the first tick raises, and everything that decided it is in the change."""
    changes = scene.tick(0, near(ALARM, zone="fairway@3", position=(122.3, 30.2)))
    assert changes == [
        AlertChange(
            at_ms=T0,
            change=ChangeKind.RAISED,
            alert="collision-412000002-413000001-20250916T033000Z",
            rule="collision",
            key=PAIR,
            priority=ALARM,
            mmsi=(TRAWLER, MERCHANT),
            zone="fairway@3",
            position=(122.3, 30.2),
            message="alert.collision",
            facts={"cpa_nm": 0.3},
            active=True,
            acked=False,
            basis=BASIS,
        )
    ]


def test_a_delay_must_be_sat_out(scene: Scene) -> None:
    """With an on-delay of 30 s nothing is raised at 0, 10 and 20 s, and the alert at 30 s."""
    slow = near(WARNING, delay_s=30.0)
    assert [kinds(scene.tick(s, slow)) for s in (0, 10, 20, 30)] == [[], [], [], ["raised"]]


def test_one_tick_without_it_starts_the_delay_anew(scene: Scene) -> None:
    """A course that wobbles out of the limit for one tick has not been a danger for 30 s."""
    slow = near(WARNING, delay_s=30.0)
    scene.tick(0, slow)
    scene.tick(10, slow)
    scene.tick(20)
    assert [kinds(scene.tick(s, slow)) for s in (30, 40, 50, 60)] == [[], [], [], ["raised"]]


def test_strong_enough_to_hold_is_not_strong_enough_to_raise(scene: Scene) -> None:
    """A finding that only holds neither raises nor keeps a pending one alive."""
    scene.tick(0, near(WARNING, delay_s=30.0))
    scene.tick(10, near(None, hold=WARNING, delay_s=30.0))
    assert [kinds(scene.tick(s, near(WARNING, delay_s=30.0))) for s in (20, 30, 40, 50)] == [[], [], [], ["raised"]]


def test_both_vessels_must_have_reported_again(scene: Scene) -> None:
    """Two fresh reports from each: time alone, or news from one of the two alone, raises nothing."""

    def with_news(*news: int) -> Finding:
        return near(WARNING, delay_s=30.0, fresh_reports=2, news=news)

    changes = [kinds(scene.tick(s, with_news(*n))) for s, n in ((0, (1, 1)), (40, (1, 1)), (50, (2, 1)), (60, (2, 2)))]
    assert changes == [[], [], [], ["raised"]]


def test_an_old_report_is_no_fresh_report(scene: Scene) -> None:
    """A fix time that goes back and forth (late report, second voice) is not counted as news."""

    def with_news(fix_ms: int) -> Finding:
        return near(WARNING, fresh_reports=3, news=(fix_ms,))

    assert [kinds(scene.tick(s, with_news(n))) for s, n in enumerate((5, 4, 5, 6, 7))] == [[], [], [], [], ["raised"]]


def test_other_vessels_under_the_same_key_are_counted_anew(scene: Scene) -> None:
    """A third vessel joins the situation: what the two had reported says nothing of the three."""

    def with_news(*news: int) -> Finding:
        return near(WARNING, fresh_reports=2, news=news)

    assert [kinds(scene.tick(s, with_news(*n))) for s, n in enumerate(((1, 1), (2, 1, 1), (3, 2, 2)))] == [
        [],
        [],
        ["raised"],
    ]


def test_pending_that_turns_urgent_takes_the_fast_path(scene: Scene) -> None:
    """While a warning sits out its delay the merchant turns: the alarm without delay is raised on that tick."""
    scene.tick(0, near(WARNING, delay_s=30.0, fresh_reports=2, news=(1, 1)))
    assert told(scene.tick(10, near(ALARM, news=(1, 2)))) == [("raised", ALARM)]


def test_the_level_raised_is_the_level_of_the_moment(scene: Scene) -> None:
    """Set as a caution and as a warning for 30 s together: raised as what it is now."""
    scene.tick(0, near(CAUTION, delay_s=30.0))
    assert told(scene.tick(30, near(WARNING, delay_s=30.0))) == [("raised", WARNING)]


# --- while it is active


def test_a_standing_condition_is_told_once(scene: Scene) -> None:
    """One situation, one alert: the same finding tick after tick changes nothing but the latest facts."""
    alert = scene.raised(0)
    later = scene.tick(10, near(WARNING, facts={"cpa_nm": 0.25}))
    kept = scene.book.get(alert)
    assert later == []
    assert kept is not None and kept.finding.facts == {"cpa_nm": 0.25} and kept.changed_ms == T0


def test_what_was_settled_when_an_alert_was_raised_stays_so(scene: Scene) -> None:
    """An overtaking vessel stays one until she is past and clear (COLREG 13(d)), whatever the newest bearing says."""
    alert = scene.raised(0, facts={"encounter": "overtaking", "range_nm": 2.0})
    drawn_abeam = {"encounter": "crossing", "range_nm": 0.4}
    (change,) = scene.tick(10, near(ALARM, facts=drawn_abeam, latched=("encounter", "give_way")))
    assert change.facts == {"encounter": "overtaking", "range_nm": 0.4}
    scene.tick(20, near(ALARM, facts=drawn_abeam, latched=("encounter", "give_way")))
    kept = scene.book.get(alert)
    assert kept is not None and kept.finding.facts == {"encounter": "overtaking", "range_nm": 0.4}


def test_worse_is_told_at_once_and_needs_acknowledging_again(scene: Scene) -> None:
    """An acknowledged warning that becomes an alarm on the fast path is unacknowledged again."""
    alert = scene.raised(0)
    scene.ack(alert)
    (change,) = scene.tick(10, near(ALARM))
    assert (change.change, change.priority, change.acked, change.alert) == ("worsened", ALARM, False, alert)


def test_worsening_sits_out_its_own_delay(scene: Scene) -> None:
    """A higher level with a delay of 20 s must be set for 20 s; a dip to the present level starts it anew."""
    scene.raised(0)
    up = near(ALARM, delay_s=20.0)
    seen = [kinds(scene.tick(s, f)) for s, f in ((10, up), (20, near(WARNING)), (30, up), (40, up), (50, up))]
    assert seen == [[], [], [], [], ["worsened"]]


def test_each_step_up_has_its_own_delay(scene: Scene) -> None:
    """Worsened at once to a warning; the alarm that is set from then on sits out its 20 s all the same."""
    scene.raised(0, CAUTION)
    up = near(ALARM, delay_s=20.0)
    seen = [told(scene.tick(s, f)) for s, f in ((10, near(WARNING)), (20, up), (39, up), (40, up))]
    assert seen == [[("worsened", WARNING)], [], [], [("worsened", ALARM)]]


def test_a_rule_that_holds_less_than_it_sets_is_read_by_what_it_sets(scene: Scene) -> None:
    """Set as an alarm and said to hold as a caution: it stands as an alarm for as long as it is set."""
    scene.ack(scene.raised(0, ALARM))
    assert [scene.tick(s, near(ALARM, hold=CAUTION)) for s in (10, 190, 400)] == [[], [], []]


def test_hysteresis_keeps_the_level(scene: Scene) -> None:
    """A finding too weak to raise a warning but strong enough to hold one keeps it, however long."""
    scene.raised(0)
    assert [kinds(scene.tick(s, near(CAUTION, hold=WARNING))) for s in (100, 300, 900)] == [[], [], []]


def test_weaker_for_long_enough_eases(scene: Scene) -> None:
    """180 s of holding no more than a caution eases the alarm to caution; a relapse starts the time anew."""
    scene.raised(0, ALARM)
    weak = near(None, hold=CAUTION, facts={"cpa_nm": 0.9})
    assert [kinds(scene.tick(s, f)) for s, f in ((10, weak), (100, near(ALARM)), (110, weak), (289, weak))] == [[]] * 4
    (change,) = scene.tick(290, weak)
    assert (change.change, change.priority, change.facts) == ("eased", CAUTION, {"cpa_nm": 0.9})


def test_worsening_starts_the_time_to_ease_anew(scene: Scene) -> None:
    """Weaker, then worse than ever, then weaker: the 180 s run from the last of the three."""
    scene.raised(0)
    weak = near(None, hold=CAUTION)
    seen = [kinds(scene.tick(s, f)) for s, f in ((10, weak), (20, near(ALARM)), (30, weak), (190, weak), (210, weak))]
    assert seen == [[], ["worsened"], [], [], ["eased"]]


def test_gone_is_weaker_too(scene: Scene) -> None:
    """Gone for 100 s and then back, but weaker: the level has not been upheld since it went, and eases by that."""
    scene.raised(0, ALARM)
    seen = [kinds(scene.tick(10)), kinds(scene.tick(110, near(CAUTION))), kinds(scene.tick(190, near(CAUTION)))]
    assert seen == [[], [], ["eased"]]


def test_while_weaker_the_alert_keeps_the_facts_of_its_level(scene: Scene) -> None:
    """An alarm that is not eased yet must not show the numbers of a caution."""
    alert = scene.raised(0, ALARM)
    scene.tick(10, near(None, hold=CAUTION, facts={"cpa_nm": 0.9}))
    kept = scene.book.get(alert)
    assert kept is not None and (kept.priority, kept.finding.facts) == (ALARM, {"cpa_nm": 0.3})


def test_weaker_by_dead_reckoning_alone_does_not_ease(scene: Scene) -> None:
    """Only news eases: while a vessel is undecided the weaker level is not believed."""
    scene.ack(scene.raised(0, ALARM))
    weak = near(None, hold=CAUTION)
    changes = [scene.tick(s, weak, undecided=[TRAWLER]) for s in (10, 200, 400)]
    assert changes == [[], [], []]


def test_gone_for_long_enough_resolves(scene: Scene) -> None:
    """The vessels are heard and the danger is gone: resolved after the hold time, not before, with its last facts."""
    alert = scene.raised(0)
    assert [kinds(scene.tick(s)) for s in (10, 100, 189)] == [[], [], []]
    (change,) = scene.tick(190)
    assert (change.change, change.alert, change.active, change.acked) == ("resolved", alert, False, False)
    assert change.facts == {"cpa_nm": 0.3}


def test_back_before_the_hold_time_is_over_is_the_same_alert(scene: Scene) -> None:
    """A condition that comes back after 170 s never went: nothing is told, and the time starts anew."""
    scene.raised(0)
    seen = [scene.tick(10), scene.tick(170), scene.tick(180, near(WARNING)), scene.tick(190), scene.tick(369)]
    assert seen == [[], [], [], [], []]
    assert kinds(scene.tick(370)) == ["resolved"]


def test_a_rule_that_does_not_answer_decides_nothing(scene: Scene) -> None:
    """No answer is not 'no danger': without Findings of its rule the alert stays, for an hour and longer."""
    alert = scene.raised(0)
    scene.ack(alert)
    other = Findings("gap")
    changes = [scene.book.admit(T0 + s * 1000, answers, BASIS) for s in (60, 3600) for answers in ([], [other])]
    assert changes == [[], [], [], []]
    assert [a.alert for a in scene.book.active] == [alert]


# --- silence is not safety


def test_silence_is_not_safety(scene: Scene) -> None:
    """Both vessels fall silent on a collision course: the alert is lost, told once, and never resolved."""
    alert = scene.raised(0, ALARM)
    scene.ack(alert)
    changes = [scene.tick(s, undecided=[TRAWLER, MERCHANT]) for s in range(10, 7200, 10)]
    (change,) = [c for tick in changes for c in tick]
    kept = scene.book.get(alert)
    assert (change.change, change.active, change.priority) == ("lost", True, ALARM)
    assert kept is not None and kept.lost and kept.active


def test_one_silent_vessel_is_enough_to_lose_it(scene: Scene) -> None:
    """The merchant reports on, the trawler does not: nobody can say that the danger is over."""
    scene.raised(0)
    assert kinds(scene.tick(10, undecided=[TRAWLER])) == ["lost"]


def test_silence_of_strangers_loses_nothing(scene: Scene) -> None:
    """Vessels without news that have no part in the alert do not keep it from being resolved."""
    scene.raised(0)
    seen = [kinds(scene.tick(s, undecided=[999])) for s in (10, 190)]
    assert seen == [[], ["resolved"]]


def test_silence_stops_the_way_to_resolved(scene: Scene) -> None:
    """Gone for 100 s, then no news: the hold time has to run again from the next news on."""
    scene.raised(0)
    seen = [scene.tick(10), scene.tick(110, undecided=[TRAWLER]), scene.tick(120), scene.tick(299), scene.tick(300)]
    assert [kinds(s) for s in seen] == [[], ["lost"], [], [], ["resolved"]]


def test_heard_again_and_still_in_danger_is_regained(scene: Scene) -> None:
    """The same alert goes on, still acknowledged, with the new facts."""
    alert = scene.raised(0)
    scene.ack(alert)
    scene.tick(10, undecided=[TRAWLER])
    (change,) = scene.tick(600, near(WARNING, facts={"cpa_nm": 0.2}))
    assert (change.change, change.alert, change.priority, change.acked) == ("regained", alert, WARNING, True)
    assert change.facts == {"cpa_nm": 0.2}


def test_regained_worse_is_one_change_at_the_higher_level(scene: Scene) -> None:
    """Heard again much closer: regained as an alarm, and to be acknowledged again."""
    scene.ack(scene.raised(0))
    scene.tick(10, undecided=[TRAWLER])
    (change,) = scene.tick(20, near(ALARM))
    assert (change.change, change.priority, change.acked) == ("regained", ALARM, False)


def test_regained_weaker_keeps_its_level_until_it_may_ease(scene: Scene) -> None:
    """Heard again and less close: regained at the level it had, eased after the hold time like any other."""
    scene.raised(0, ALARM)
    scene.tick(10, undecided=[TRAWLER])
    weak = near(CAUTION)
    seen = [told(scene.tick(s, weak)) for s in (20, 100, 199, 200)]
    assert seen == [[("regained", ALARM)], [], [], [("eased", CAUTION)]]


def test_a_lost_alert_resolves_by_news_only(scene: Scene) -> None:
    """Heard again, and the danger is over: resolved after the hold time, without being regained first."""
    scene.raised(0)
    scene.tick(10, undecided=[TRAWLER])
    assert [kinds(scene.tick(s)) for s in (600, 779, 780)] == [[], [], ["resolved"]]


def test_what_was_lost_and_is_resolved_is_lost_no_more(scene: Scene) -> None:
    """It waits for an officer as resolved, with the instant it was."""
    alert = scene.raised(0)
    scene.tick(10, undecided=[TRAWLER])
    scene.tick(20)
    scene.tick(200)
    kept = scene.book.get(alert)
    assert kept is not None and (kept.active, kept.lost, kept.changed_ms) == (False, False, T0 + 200_000)


# --- chatter


def resolved(scene: Scene, level: Priority) -> None:
    """Raised at 0 s, acknowledged, resolved at 200 s."""
    scene.ack(scene.raised(0, level))
    scene.tick(20)
    assert kinds(scene.tick(200)) == ["resolved"]


def test_a_warning_does_not_come_back_within_ten_minutes(scene: Scene) -> None:
    """Set again two minutes later it waits, is counted once, and is raised when ten minutes have passed."""
    resolved(scene, WARNING)
    seen = [kinds(scene.tick(s, near(WARNING))) for s in (320, 330, 799, 800)]
    assert seen == [[], [], [], ["raised"]]
    assert scene.book.counts.suppressed_reraises == 1


def test_a_higher_level_comes_back_at_once(scene: Scene) -> None:
    """A caution that went and comes back as a warning is news."""
    resolved(scene, CAUTION)
    assert told(scene.tick(210, near(WARNING))) == [("raised", WARNING)]
    assert scene.book.counts.suppressed_reraises == 0


@pytest.mark.parametrize("level", [ALARM, EMERGENCY])
def test_alarms_are_never_held_back_as_chatter(scene: Scene, level: Priority) -> None:
    """Life at stake is told again, however often."""
    resolved(scene, level)
    assert told(scene.tick(210, near(level))) == [("raised", level)]


def test_each_attempt_to_come_back_is_counted(scene: Scene) -> None:
    """Gone and set again twice within the guard: two suppressed re-raises."""
    resolved(scene, WARNING)
    for at_s, found in ((210, [near(WARNING)]), (220, []), (230, [near(CAUTION)]), (240, [near(CAUTION)])):
        assert scene.tick(at_s, *found) == []
    assert scene.book.counts.suppressed_reraises == 2


def test_two_alerts_of_a_key_never_share_an_id() -> None:
    """Ids tell seconds apart: an alarm that is over and back within one second is raised on the next."""
    book, gone, back = AlertBook(), Findings("sart", hold_s=0.0), Findings("sart", (replace(near(ALARM), rule="sart"),))
    seen = [kinds(book.admit(T0 + ms, [a], BASIS)) for ms, a in ((0, back), (300, gone), (600, back), (1000, back))]
    assert seen == [["raised"], ["resolved"], [], ["raised"]]
    assert len({a.alert for a in book.active}) == 2


# --- what people do


def test_acknowledging_names_the_officer(scene: Scene) -> None:
    """An active alert that is acknowledged stays listed, and the change says who took it."""
    alert = scene.raised(0)
    outcome = scene.ack(alert)
    (change,) = outcome.changes
    assert (change.change, change.actor, change.active, change.acked) == ("acknowledged", "王海", True, True)
    assert outcome.refusal is None and [a.acked for a in scene.book.active] == [True]


def test_acknowledging_twice_is_refused(scene: Scene) -> None:
    """Two officers press at once: the second learns that it is taken, and no change is made."""
    alert = scene.raised(0)
    scene.ack(alert)
    assert scene.ack(alert) == Outcome(refusal=Refusal.ALREADY_ACKNOWLEDGED)


def test_an_unknown_alert_is_refused(scene: Scene) -> None:
    assert scene.ack("collision-1-2-20250916T033000Z") == Outcome(refusal=Refusal.UNKNOWN_ALERT)


def test_acts_about_other_things_are_refused(scene: Scene) -> None:
    alert = scene.raised(0)
    assert scene.act(ActKind.GALE_CANCEL, alert) == Outcome(refusal=Refusal.NOT_ABOUT_ALERTS)


def test_acknowledged_and_resolved_leaves_the_book(scene: Scene) -> None:
    resolved(scene, WARNING)
    assert scene.book.active == ()


def test_resolved_but_unacknowledged_stays_until_somebody_took_it(scene: Scene) -> None:
    """已解除待签收: the danger came and went while nobody looked; it waits for an officer, then leaves."""
    alert = scene.raised(0)
    scene.tick(10)
    scene.tick(190)
    assert [(a.alert, a.active, a.acked) for a in scene.book.active] == [(alert, False, False)]
    (change,) = scene.ack(alert).changes
    assert (change.change, change.active, change.acked) == ("acknowledged", False, True)
    assert scene.book.active == () and scene.book.get(alert) is None


def test_a_new_episode_beside_an_untaken_old_one_has_its_own_id(scene: Scene) -> None:
    """The alarm comes back before anybody took the first: both stay listed, each to be taken."""
    first = scene.raised(0, ALARM)
    scene.tick(10)
    scene.tick(190)
    second = scene.raised(200, ALARM)
    assert first != second
    assert sorted(a.alert for a in scene.book.active) == sorted([first, second])


def test_a_note_is_kept_whole_and_plain(scene: Scene) -> None:
    """Line ends become spaces, escape characters are replaced; the alert itself does not change."""
    alert = scene.raised(0)
    (change,) = scene.act(ActKind.NOTE, alert, text=" 已电话通知船东\n回复: 正在避让\x1b[2J ").changes
    assert (change.change, change.note, change.actor) == (
        "noted",
        "已电话通知船东 回复: 正在避让\N{REPLACEMENT CHARACTER}[2J",
        "王海",
    )
    assert change.acked is False


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Refusal.NOTE_EMPTY),
        (" \n ", Refusal.NOTE_EMPTY),
        (None, Refusal.NOTE_EMPTY),
        (7, Refusal.NOTE_EMPTY),
        ("字" * 501, Refusal.NOTE_TOO_LONG),
    ],
)
def test_notes_that_say_nothing_or_too_much_are_refused(scene: Scene, text: Any, refusal: Refusal) -> None:
    """A note is never cut: it is kept whole or refused with the reason."""
    alert = scene.raised(0)
    assert scene.act(ActKind.NOTE, alert, text=text) == Outcome(refusal=refusal)


# --- many at once


def test_most_urgent_first(scene: Scene) -> None:
    """Changes and the list come by priority, then by id."""
    found = [near(level, key=(name,)) for level, name in ((CAUTION, "a"), (ALARM, "c"), (WARNING, "d"), (ALARM, "b"))]
    changes = scene.tick(0, *found)
    assert [c.key for c in changes] == [("b",), ("c",), ("d",), ("a",)]
    assert [a.alert for a in scene.book.active] == [c.alert for c in changes]


def test_where_two_cells_disagree_the_graver_counts(scene: Scene) -> None:
    """Two parts of one answer contradict each other: the graver is believed whatever the order, and it is counted."""
    mild, grave = Findings("collision", (near(WARNING, hold=ALARM),)), Findings("collision", (near(ALARM),))
    both = [AlertBook(), AlertBook()]
    changes = [both[0].admit(T0, [mild, grave], BASIS), both[1].admit(T0, [grave, mild], BASIS)]
    assert changes[0] == changes[1] and told(changes[0]) == [("raised", ALARM)]
    assert [book.counts.disagreements for book in both] == [1, 1]


def test_the_longest_hold_time_of_a_divided_answer_counts(scene: Scene) -> None:
    scene.raised(0)
    parts = [Findings("collision", hold_s=60.0), Findings("collision", hold_s=120.0)]
    changes = [kinds(scene.book.admit(T0 + s * 1000, parts, BASIS)) for s in (10, 70, 130)]
    assert changes == [[], [], ["resolved"]]


def test_undecided_in_one_cell_is_undecided(scene: Scene) -> None:
    """One part knows no danger, another has no news of the vessel: the alert is lost, not on its way to resolved."""
    scene.raised(0)
    parts = [Findings("collision"), Findings("collision", (), frozenset([TRAWLER]))]
    assert kinds(scene.book.admit(T0 + 10_000, parts, BASIS)) == ["lost"]


def test_a_full_book_drops_nothing_urgent() -> None:
    """Beyond its limit the book makes warnings wait, counts them once, and takes every alarm."""
    scene = Scene(AlertBook(Params(listed_max=2)))
    standing = [near(WARNING, key=(k,)) for k in "abc"]
    first, again = scene.tick(0, *standing), scene.tick(10, *standing)
    assert ([c.key for c in first], again, scene.book.counts.overflow) == ([("a",), ("b",)], [], 1)
    assert told(scene.tick(20, *standing, near(EMERGENCY, key=("d",)), near(ALARM, key=("e",)))) == [
        ("raised", EMERGENCY),
        ("raised", ALARM),
    ]


def test_a_full_book_gives_the_place_of_what_is_over_to_what_is_new() -> None:
    """Resolved warnings that nobody took make room, oldest first, and are counted; resolved alarms stay."""
    scene = Scene(AlertBook(Params(listed_max=2)))
    scene.tick(0, near(WARNING, key=("old",)), near(ALARM, key=("grave",)))
    scene.tick(10)
    scene.tick(190)
    changes = scene.tick(200, near(WARNING, key=("new",)), near(WARNING, key=("newer",)))
    assert [c.key for c in changes] == [("new",)]
    assert [a.key for a in scene.book.active] == [("grave",), ("new",)]
    assert (scene.book.counts.unacknowledged_dropped, scene.book.counts.overflow) == (1, 1)


def test_the_last_place_goes_to_the_graver() -> None:
    scene = Scene(AlertBook(Params(listed_max=1)))
    assert [c.key for c in scene.tick(0, near(CAUTION, key=("a",)), near(WARNING, key=("b",)))] == [("b",)]


def test_a_full_book_drops_the_same_in_every_replay() -> None:
    """Of twenty that resolved at one instant the first in order of key makes room."""
    scene = Scene(AlertBook(Params(listed_max=20)))
    scene.tick(0, *(near(WARNING, key=(f"k{i:02}",)) for i in range(20)))
    scene.tick(10)
    scene.tick(190)
    scene.tick(200, *(near(WARNING, key=(f"n{i}",)) for i in range(10)))
    assert sorted(a.key[0] for a in scene.book.active if not a.active) == [f"k{i}" for i in range(10, 20)]


def test_the_book_forgets_what_no_longer_matters(scene: Scene) -> None:
    """After ten minutes neither a finished alert nor a question nobody repeats leaves a trace."""
    resolved(scene, WARNING)
    scene.tick(210, near(WARNING, key=("other",), delay_s=30.0))
    scene.book.admit(T0 + 2_000_000, [], BASIS)
    assert scene.book == AlertBook()


def test_the_book_goes_on_after_a_restart(scene: Scene) -> None:
    """Dumped to bytes in the middle of a delay, a hold time and a guard, it continues as if nothing had been."""
    resolved(scene, WARNING)
    scene.tick(210, near(ALARM, key=("x",)), near(WARNING, key=("y",), delay_s=30.0, news=(1,)))
    other = Scene(pickle.loads(pickle.dumps(scene.book)))
    ticks = [(220, [near(WARNING), near(WARNING, key=("y",), delay_s=30.0, news=(1,))]), (240, []), (420, [])]
    assert other.book == scene.book
    assert [scene.tick(s, *f) for s, f in ticks] == [other.tick(s, *f) for s, f in ticks]


def test_a_change_keeps_the_basis_of_its_moment(scene: Scene) -> None:
    """Revisions that move on later do not rewrite what was already told."""
    basis = {"zones": "1"}
    (change,) = scene.book.admit(T0, [Findings("collision", (near(ALARM),))], basis)
    basis["zones"] = "2"
    assert change.basis == {"zones": "1"}


def test_an_alert_without_vessels_resolves(scene: Scene) -> None:
    """A feed has no mmsi and cannot be undecided: when it flows again its alert resolves."""
    found = replace(near(ALARM), mmsi=())
    scene.tick(0, found)
    assert [kinds(scene.tick(s, undecided=[TRAWLER])) for s in (10, 190)] == [[], ["resolved"]]
