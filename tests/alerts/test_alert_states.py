"""What officers do with an alert and what time does when they do nothing, line by line as the manual tells it."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fengqiao.alerts import (
    ALL,
    AlertBook,
    Outage,
    Outcome,
    Params,
    Refusal,
    Service,
    Standing,
    flood_of,
    sources_of,
    standing,
)
from fengqiao.alerts.acts import sounds
from fengqiao.alerts.service import covering
from fengqiao.model.findings import AlertChange, AlertState, ChangeKind, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch, admit
from fengqiao.zones.zoneset import ZoneSet

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
CAUTION, WARNING, ALARM, EMERGENCY = Priority
MERCHANT, TRAWLER = 413_000_001, 412_000_002
PAIR = (str(TRAWLER), str(MERCHANT))
BASIS = {"code": "0.1.0"}


def near(level: Priority, cpa_nm: float = 0.3, **more: Any) -> Finding:
    """A merchant ship on her way to pass close to a trawler."""
    facts = {"cpa_nm": cpa_nm, "a": "COSCO X", "a_mmsi": MERCHANT, "pair": "merchant_fishing"}
    told: dict[str, Any] = {"rule": "collision", "key": PAIR, "facts": facts, "mmsi": (TRAWLER, MERCHANT)}
    found = {**told, "hold_level": level, "message": "alert.collision.merchant_fishing", **more}
    return Finding(set_level=found.pop("set_level", level), **found)


@dataclass
class Scene:
    """A book, what is out of service, and a clock in seconds."""

    book: AlertBook = field(default_factory=AlertBook)
    service: Service = field(default_factory=Service)
    at_s: float = 0.0

    @property
    def at_ms(self) -> int:
        return T0 + int(self.at_s * 1000)

    def tick(self, at_s: float, *found: Finding, undecided: Iterable[int] = ()) -> list[AlertChange]:
        self.at_s = at_s
        answers = [
            Findings(rule, tuple(f for f in found if f.rule == rule), frozenset(undecided))
            for rule in sorted({"collision", *(f.rule for f in found)})
        ]
        ended = self.service.end(self.at_ms, BASIS)
        return ended + self.book.admit(self.at_ms, answers, BASIS, self.service.out)

    def act(self, kind: ActKind, target: str, **facts: Any) -> Outcome:
        act = Act("a1", self.at_ms, "王海", "1", kind, target, facts)
        if kind in (ActKind.OUT_OF_SERVICE, ActKind.IN_SERVICE):
            return self.service.perform(act, BASIS, self.book.params)
        return self.book.perform(act, BASIS)

    def raised(self, level: Priority = WARNING, **more: Any) -> str:
        (change,) = self.tick(self.at_s, near(level, **more))
        assert change.change is ChangeKind.RAISED
        return change.alert

    def ack(self, alert: str) -> Outcome:
        return self.act(ActKind.ACKNOWLEDGE, alert)

    def shelve(self, alert: str, minutes: Any = 30, reason: str = "双拖作业，已联系") -> Outcome:
        return self.act(ActKind.SHELVE, alert, minutes=minutes, reason=reason)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def told(changes: Iterable[AlertChange]) -> list[tuple[str, Priority]]:
    return [(change.change, change.priority) for change in changes]


def run(scene: Scene, until_s: int, *found: Finding) -> list[tuple[float, str]]:
    """Ticks of ten seconds with the same findings, and when what was told."""
    out: list[tuple[float, str]] = []
    for at_s in range(int(scene.at_s) + 10, until_s + 1, 10):
        out += [(at_s, change.change.value) for change in scene.tick(at_s, *found)]
    return out


# --- nobody answers


def test_a_warning_nobody_answers_becomes_an_alarm_and_then_goes_to_the_shift_leader(scene: Scene) -> None:
    """Five minutes unanswered: an alarm (MSC.302(87) 6.2.2); two more: the shift leader; and then nothing more."""
    alert = scene.raised(WARNING)
    assert run(scene, 2000, near(WARNING)) == [(300, "escalated"), (420, "escalated")]
    kept = scene.book.get(alert)
    assert kept is not None and (kept.priority, kept.level, kept.state.escalated) == (ALARM, WARNING, "leader")


def test_after_a_night_without_a_watch_each_step_takes_its_time(scene: Scene) -> None:
    """Eight hours later the first tick tells of one step, not of all that were missed; the next when it is due."""
    alert = scene.raised(WARNING)
    assert told(scene.tick(28_800, near(WARNING))) == [("escalated", ALARM)]
    assert run(scene, 30_000, near(WARNING)) == [(28_920, "escalated")]
    scene.shelve(alert)
    assert told(scene.tick(60_000, near(WARNING))) == [("unshelved", ALARM)]  # the clock leapt over the shelf's end
    assert run(scene, 62_000, near(WARNING)) == []


def test_what_was_answered_is_not_escalated(scene: Scene) -> None:
    scene.ack(scene.raised(ALARM))
    assert run(scene, 1000, near(ALARM)) == []


def test_a_caution_is_never_escalated(scene: Scene) -> None:
    """Awareness is not worth an alarm because nobody looked."""
    scene.raised(CAUTION)
    assert run(scene, 4000, near(CAUTION)) == []


def test_what_eased_is_not_escalated(scene: Scene) -> None:
    """An alarm that came down to a warning before anybody looked: nobody is called for it."""
    scene.raised(ALARM)
    assert run(scene, 2000, near(WARNING)) == [(190, "eased")]


def test_what_is_only_held_by_its_hysteresis_is_not_escalated(scene: Scene) -> None:
    """Its facts would no longer raise it: on its way out it calls nobody; set again, it does."""
    scene.raised(WARNING)
    assert run(scene, 1000, near(WARNING, set_level=None)) == []
    assert told(scene.tick(1010, near(WARNING))) == [("escalated", ALARM)]


def test_a_lost_alarm_is_escalated_all_the_same(scene: Scene) -> None:
    """Silence is not safety: two vessels gone silent on collision course, and nobody answers."""
    scene.raised(ALARM)
    scene.tick(10, undecided=[TRAWLER])
    assert told(scene.tick(120, undecided=[TRAWLER])) == [("escalated", ALARM)]


def test_worse_in_fact_calls_again_after_an_escalated_warning_was_answered(scene: Scene) -> None:
    """Escalated for want of an answer, acknowledged, then an alarm by its own facts: it calls anew."""
    alert = scene.raised(WARNING)
    run(scene, 300, near(WARNING))
    scene.ack(alert)
    (change,) = scene.tick(310, near(ALARM))
    assert (change.change, change.priority, change.acked, change.state.escalated) == ("worsened", ALARM, False, "")


def test_both_times_are_a_centres_own(scene: Scene) -> None:
    scene.book.params = Params(warning_unanswered_s=120.0, alarm_unanswered_s=60.0)
    scene.raised(WARNING)
    assert run(scene, 600, near(WARNING)) == [(120, "escalated"), (180, "escalated")]


# --- acknowledged, until it is half as near


def test_half_as_near_calls_again(scene: Scene) -> None:
    """Acknowledged at 0.3 nm; at 0.2 it stays so, at 0.15 it calls again; acknowledged there, at 0.1 it stays so."""
    alert = scene.raised(WARNING)
    scene.ack(alert)
    assert told(scene.tick(10, near(WARNING, 0.2))) == []
    (change,) = scene.tick(20, near(WARNING, 0.15))
    assert (change.change, change.priority, change.acked, change.facts["cpa_nm"]) == ("closer", WARNING, False, 0.15)
    scene.ack(alert)
    assert told(scene.tick(30, near(WARNING, 0.1))) == []


def test_half_as_near_for_one_report_is_nothing(scene: Scene) -> None:
    """A course that wobbles: it must be half as near for as long as a raise would have to wait."""
    slow = {"delay_s": 30.0}
    scene.tick(0, near(WARNING, **slow))
    (raised,) = scene.tick(30, near(WARNING, **slow))
    scene.ack(raised.alert)
    seen = [told(scene.tick(s, near(WARNING, nm, **slow))) for s, nm in ((40, 0.1), (50, 0.3), (60, 0.1), (80, 0.1))]
    assert seen == [[], [], [], []]
    assert told(scene.tick(90, near(WARNING, 0.1, **slow))) == [("closer", WARNING)]


def test_within_the_error_of_two_positions_nearer_means_nothing(scene: Scene) -> None:
    """Acknowledged at 70 m: 30 m is the same as far as anybody can tell."""
    scene.ack(scene.raised(ALARM, cpa_nm=0.04))
    assert scene.tick(10, near(ALARM, 0.01)) == []


# --- silenced


def test_silence_lasts_thirty_seconds(scene: Scene) -> None:
    """It stops the sound and nothing else (MSC.302(87) 7.3.5)."""
    alert = scene.raised(ALARM)
    (change,) = scene.act(ActKind.SILENCE, alert).changes
    kept = scene.book.get(alert)
    assert kept is not None and (kept.active, kept.acked, change.actor) == (True, False, "王海")
    assert [sounds(kept, T0 + s * 1000) for s in (0, 29, 30)] == [False, False, True]


def test_one_silence_for_all_that_sound(scene: Scene) -> None:
    """Two alarms sound, a warning and what was acknowledged do not: two changes; again at once there is nothing."""
    scene.tick(0, *(near(p, key=(k,)) for k, p in (("a", ALARM), ("b", ALARM), ("c", WARNING), ("d", ALARM))))
    scene.ack(next(a.alert for a in scene.book.active if a.key == ("d",)))
    done = scene.act(ActKind.SILENCE, ALL)
    assert [(c.change, c.key) for c in done.changes] == [("silenced", ("a",)), ("silenced", ("b",))]
    assert scene.act(ActKind.SILENCE, ALL) == Outcome(refusal=Refusal.NOTHING_SOUNDS)


def test_a_worse_alert_breaks_its_silence(scene: Scene) -> None:
    alert = scene.raised(ALARM)
    scene.act(ActKind.SILENCE, alert)
    (change,) = scene.tick(10, near(EMERGENCY))
    kept = scene.book.get(alert)
    assert change.change == "worsened" and kept is not None and sounds(kept, scene.at_ms)


# --- shelved


def test_a_shelf_ends_by_itself_and_is_told(scene: Scene) -> None:
    """Shelved for 30 minutes with a reason, seen by that; still there at the end: it calls again, unacknowledged."""
    alert = scene.raised(WARNING)
    (change,) = scene.shelve(alert).changes
    assert (change.acked, change.note, change.actor) == (True, "双拖作业，已联系", "王海")
    assert run(scene, 1790, near(WARNING)) == []
    (ended,) = scene.tick(1800, near(WARNING))
    assert (ended.change, ended.acked, ended.actor, ended.state) == ("unshelved", False, "", AlertState())


def test_what_is_over_on_the_shelf_leaves_without_a_word_to_take(scene: Scene) -> None:
    """Followed all the while: gone after the hold time, told as resolved, and nobody need acknowledge it."""
    scene.shelve(scene.raised(WARNING))
    scene.tick(10)
    assert told(scene.tick(190)) == [("resolved", WARNING)]
    assert scene.book.active == ()


def test_a_higher_level_breaks_the_shelf(scene: Scene) -> None:
    scene.shelve(scene.raised(WARNING))
    (change,) = scene.tick(10, near(ALARM))
    assert (change.change, change.acked, change.state.shelved_until_ms) == ("worsened", False, 0)


def test_half_as_near_does_not_break_the_shelf(scene: Scene) -> None:
    """Whoever shelves a pair of trawlers has said that they keep company."""
    scene.shelve(scene.raised(WARNING))
    assert scene.tick(10, near(WARNING, 0.1)) == []


def test_taken_off_the_shelf_by_a_person_it_stays_acknowledged(scene: Scene) -> None:
    alert = scene.raised(WARNING)
    scene.shelve(alert)
    (change,) = scene.act(ActKind.UNSHELVE, alert).changes
    assert (change.change, change.acked, change.actor) == ("unshelved", True, "王海")
    assert scene.act(ActKind.UNSHELVE, alert) == Outcome(refusal=Refusal.NOT_SHELVED)


@pytest.mark.parametrize(
    ("minutes", "reason", "refusal"),
    [
        (61, "作业", Refusal.MINUTES_WRONG),
        (0, "作业", Refusal.MINUTES_WRONG),
        ("30", "作业", Refusal.MINUTES_WRONG),
        (True, "作业", Refusal.MINUTES_WRONG),
        (30, " ", Refusal.REASON_MISSING),
        (30, "字" * 501, Refusal.NOTE_TOO_LONG),
    ],
)
def test_no_shelf_without_reason_and_end(scene: Scene, minutes: Any, reason: str, refusal: Refusal) -> None:
    alert = scene.raised(WARNING)
    assert scene.shelve(alert, minutes, reason) == Outcome(refusal=refusal)
    assert not scene.book.active[0].acked


def test_distress_and_emergencies_are_never_shelved(scene: Scene) -> None:
    (distress,) = scene.tick(0, near(ALARM, rule="distress"))
    (emergency,) = scene.tick(1, near(ALARM, rule="distress"), near(EMERGENCY))
    for change in (distress, emergency):
        assert scene.shelve(change.alert) == Outcome(refusal=Refusal.NEVER_WITHHELD)


def test_what_is_over_or_shelved_already_is_not_shelved(scene: Scene) -> None:
    alert = scene.raised(WARNING)
    scene.shelve(alert)
    assert scene.shelve(alert) == Outcome(refusal=Refusal.ALREADY_SHELVED)
    scene.act(ActKind.UNSHELVE, alert)
    other = Scene()
    over = other.raised(WARNING)
    other.tick(10)
    other.tick(190)
    assert other.shelve(over) == Outcome(refusal=Refusal.NOT_ACTIVE)


# --- handed over


def test_handed_over_on_record_and_answered_by_the_receiver(scene: Scene) -> None:
    """Its sound rests for thirty seconds; unanswered it escalates as if it had not been handed over."""
    alert = scene.raised(ALARM)
    (change,) = scene.act(ActKind.TRANSFER, alert, to="嵊泗席 李海波").changes
    assert (change.change, change.acked, change.note, change.state.holder) == (
        "transferred",
        False,
        "嵊泗席 李海波",
        "嵊泗席 李海波",
    )
    assert run(scene, 130, near(ALARM)) == [(120, "escalated")]
    (taken,) = scene.ack(alert).changes
    assert taken.state.holder == "嵊泗席 李海波"


@pytest.mark.parametrize(("to", "refusal"), [("", Refusal.RECEIVER_MISSING), ("人" * 65, Refusal.RECEIVER_TOO_LONG)])
def test_nothing_is_handed_over_to_nobody(scene: Scene, to: str, refusal: Refusal) -> None:
    assert scene.act(ActKind.TRANSFER, scene.raised(ALARM), to=to) == Outcome(refusal=refusal)


# --- suppressed and out of service


def test_a_suppressed_finding_is_listed_counted_and_told_to_nobody(scene: Scene) -> None:
    """Two rafted boats: never raised; counted each time it begins."""
    rafted = near(ALARM, suppressed="rafted")
    assert [scene.tick(s, *f) for s, f in ((0, [rafted]), (10, [rafted]), (20, []), (30, [rafted]))] == [[]] * 4
    (listed,) = scene.book.suppressed
    assert (listed.reason, listed.since_ms) == ("rafted", T0 + 30_000)
    assert scene.book.counts.suppressed == {("collision", "rafted"): 2}


def test_what_waits_to_be_raised_is_in_sight_and_what_never_came_to_it_is_counted(scene: Scene) -> None:
    """Thirty seconds are asked for: it stands for ten, is gone, comes back, and is told at last."""
    passing = near(WARNING, delay_s=30.0)
    assert not scene.tick(0, passing) and not scene.tick(10, passing)
    (listed,) = scene.book.suppressed
    assert (listed.reason, listed.since_ms, scene.book.counts.suppressed) == ("waiting", T0, {})
    assert not scene.tick(20) and not scene.book.suppressed
    assert scene.book.counts.suppressed == {("collision", "too_brief"): 1}
    assert [len(scene.tick(s, passing)) for s in (30, 40, 50, 60)] == [0, 0, 0, 1]
    assert not scene.book.suppressed and scene.book.counts.suppressed == {("collision", "too_brief"): 1}


def test_what_would_only_keep_an_alert_is_in_sight_where_there_is_none(scene: Scene) -> None:
    assert not scene.tick(0, near(WARNING, set_level=None)) and not scene.tick(10, near(WARNING, set_level=None))
    (listed,) = scene.book.suppressed
    assert (listed.reason, listed.since_ms, scene.book.counts.suppressed) == ("too_weak", T0, {})


def test_a_suppressed_finding_resolves_an_open_alert(scene: Scene) -> None:
    """It is decided that this is told to nobody: after the hold time it is resolved, saying why, news or not."""
    scene.raised(WARNING)
    rafted = near(WARNING, suppressed="rafted")
    assert scene.tick(10, rafted, undecided=[TRAWLER]) == []
    (change,) = scene.tick(190, rafted, undecided=[TRAWLER])
    assert (change.change, change.state.suppressed) == ("resolved", "rafted")


def test_a_net_buoy_that_lies_is_taken_out_of_service(scene: Scene) -> None:
    """A vessel out of service with reason and end: her alerts go, others stay; at the end she is told of again."""
    scene.raised(WARNING)
    done = scene.act(ActKind.OUT_OF_SERVICE, f"vessel:{TRAWLER}", minutes=10, reason="网位仪冒充渔船")
    (out,) = done.changes
    assert (out.change, out.actor, out.note, out.active) == ("out_of_service", "王海", "网位仪冒充渔船", False)
    others = near(WARNING, key=("1", "2"), mmsi=(1, 2))
    assert run(scene, 590, near(WARNING), others) == [
        (10, "raised"),
        (190, "resolved"),
        (310, "escalated"),
        (430, "escalated"),
    ]
    assert [s.reason for s in scene.book.suppressed] == ["out_of_service"]
    ended = scene.tick(600, near(ALARM), others)
    assert told(ended) == [("in_service", CAUTION), ("raised", ALARM)]


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        ("rule:collision", True),
        ("zone:fairway", True),
        (f"vessel:{TRAWLER}", True),
        ("feed:udp", False),
        ("rule:gap", False),
        ("zone:fair", False),
        ("vessel:412", False),
    ],
)
def test_what_an_outage_covers(scene: Scene, target: str, covered: bool) -> None:
    """A rule by its name, a zone whatever its revision, a vessel whatever her voice; nothing that only looks alike."""
    scene.act(ActKind.OUT_OF_SERVICE, target, minutes=10, reason="维修")
    found = near(ALARM, key=(f"{TRAWLER}.1", str(MERCHANT)), zone="fairway@3")
    assert bool(scene.tick(0, found)) is not covered


@pytest.mark.parametrize(
    ("found", "narrowest"),
    [
        (near(ALARM, key=(f"{TRAWLER}.1", str(MERCHANT)), mmsi=(TRAWLER, MERCHANT)), ("vessel", str(TRAWLER))),
        (near(ALARM, rule="zone", key=("fairway", str(TRAWLER)), zone="fairway@3"), ("vessel", str(TRAWLER))),
        (near(ALARM, rule="feed", key=("feed", "udp:10110", "loss"), mmsi=()), ("feed", "udp:10110")),
        (near(ALARM, rule="gale", key=("fleet",), mmsi=(TRAWLER,), zone="z@1"), ("zone", "z")),
    ],
)
def test_whatever_is_offered_to_be_taken_out_covers_the_alert(found: Finding, narrowest: tuple[str, str]) -> None:
    """The narrowest first, the whole rule last; a vessel only where the alert would go without her."""
    offered = sources_of(found.rule, found.key, found.mmsi, found.zone)
    assert offered[0] == narrowest and offered[-1] == ("rule", found.rule)
    for source in offered:
        assert covering((Outage(*source, 0, 1, "x", "y"),), found) is not None


def test_distress_is_told_whatever_is_out_of_service(scene: Scene) -> None:
    assert scene.act(ActKind.OUT_OF_SERVICE, "rule:distress", minutes=10, reason="误报") == Outcome(
        refusal=Refusal.NEVER_WITHHELD
    )
    scene.act(ActKind.OUT_OF_SERVICE, f"vessel:{TRAWLER}", minutes=10, reason="误报")
    scene.act(ActKind.OUT_OF_SERVICE, "rule:collision", minutes=10, reason="误报")
    assert told(scene.tick(0, near(ALARM, rule="distress"), near(EMERGENCY))) == [
        ("raised", EMERGENCY),
        ("raised", ALARM),
    ]


@pytest.mark.parametrize(
    ("target", "facts", "refusal"),
    [
        ("ship:1", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("vessel:某船", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("vessel:²", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),  # a digit that is no number
        ("vessel:" + "9" * 5000, {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("zone:a\nb", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("feed:\x1b[31mudp", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("zone:" + "长" * 300, {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("rule:", {"minutes": 5, "reason": "x"}, Refusal.NOT_A_SOURCE),
        ("rule:gap", {"minutes": 1441, "reason": "x"}, Refusal.MINUTES_WRONG),
        ("rule:gap", {"minutes": 5}, Refusal.REASON_MISSING),
    ],
)
def test_nothing_goes_out_of_service_without_name_end_and_reason(
    scene: Scene, target: str, facts: dict[str, Any], refusal: Refusal
) -> None:
    assert scene.act(ActKind.OUT_OF_SERVICE, target, **facts) == Outcome(refusal=refusal)


def test_back_in_service_once(scene: Scene) -> None:
    for _ in range(2):
        first = scene.act(ActKind.OUT_OF_SERVICE, "rule:gap", minutes=5, reason="维修")
        second = scene.act(ActKind.OUT_OF_SERVICE, "rule:gap", minutes=5, reason="维修")
        back = scene.act(ActKind.IN_SERVICE, "rule:gap")
        assert (len(first.changes), second.refusal, len(back.changes)) == (1, Refusal.ALREADY_OUT_OF_SERVICE, 1)
    assert scene.act(ActKind.IN_SERVICE, "rule:gap") == Outcome(refusal=Refusal.NOT_OUT_OF_SERVICE)


# --- a flood


def fleet(level: Priority, n: int, ship: int = MERCHANT) -> list[Finding]:
    """One merchant ship through a fleet: a finding with each of n boats."""
    facts = {"cpa_nm": 0.3, "a": "COSCO X", "a_mmsi": ship, "pair": "merchant_fishing"}
    return [near(level, key=(str(i), str(ship)), mmsi=(i, ship), facts=facts) for i in range(n)]


def test_a_flood_folds_warnings_by_ship_and_hides_cautions_and_no_alarm(scene: Scene) -> None:
    """Seven warnings with one ship are one line; cautions are counted; alarms stand as they are."""
    scene.tick(0, *fleet(WARNING, 7), *fleet(CAUTION, 3, 5), *fleet(ALARM, 2, 6), *fleet(WARNING, 1, 7))
    flood = flood_of(scene.book.active, scene.at_ms, scene.book.params)
    (fold,) = flood.folds
    assert (flood.on, flood.raised, fold.name, len(fold.alerts), len(flood.hidden)) == (True, 13, "COSCO X", 7, 3)
    away = {*fold.alerts, *flood.hidden}
    assert [a.level for a in scene.book.active if a.alert not in away] == [ALARM, ALARM, WARNING]


def test_ten_in_ten_minutes_are_no_flood(scene: Scene) -> None:
    scene.tick(0, *fleet(WARNING, 10))
    assert flood_of(scene.book.active, scene.at_ms, scene.book.params).on is False
    scene.tick(10, *fleet(WARNING, 11))
    assert flood_of(scene.book.active, scene.at_ms, scene.book.params).on is True
    assert flood_of(scene.book.active, T0 + 600_000, scene.book.params).on is False


def test_an_unanswered_warning_leaves_its_fold(scene: Scene) -> None:
    """Escalated it is an alarm, and alarms are never folded away."""
    scene.tick(0, *fleet(WARNING, 11))
    scene.tick(300, *fleet(WARNING, 11))
    flood = flood_of(scene.book.active, scene.at_ms, scene.book.params)
    assert (flood.on, flood.folds) == (True, ())


# --- the words


@pytest.mark.parametrize(
    ("active", "acked", "state", "word"),
    [
        (True, False, AlertState(), Standing.UNACKNOWLEDGED),
        (True, True, AlertState(), Standing.ACKNOWLEDGED),
        (True, False, AlertState(silenced_until_ms=T0 + 1), Standing.SILENCED),
        (True, False, AlertState(silenced_until_ms=T0), Standing.UNACKNOWLEDGED),
        (True, True, AlertState(shelved_until_ms=T0 + 1), Standing.SHELVED),
        (True, False, AlertState(holder="东席"), Standing.TRANSFERRED),
        (True, True, AlertState(holder="东席"), Standing.ACKNOWLEDGED),
        (True, False, AlertState(escalated="alarm", holder="东席"), Standing.ESCALATED),
        (True, True, AlertState(escalated="leader"), Standing.ACKNOWLEDGED),
        (True, False, AlertState(lost=True), Standing.LOST),
        (False, False, AlertState(escalated="leader"), Standing.RESOLVED_UNACKNOWLEDGED),
    ],
)
def test_every_state_has_one_word(active: bool, acked: bool, state: AlertState, word: Standing) -> None:
    """The one thing an officer must know of it first."""
    assert standing(active, acked, state, T0) is word


# --- the whole watch


def test_three_shards_do_what_one_does() -> None:
    """Silence for all, a shelf, an outage and its end: a watch cut in three tells the same and folds the same."""
    tales = []
    for shards in (1, 3):
        watch = Watch((), Surroundings(ZoneSet(())), shards=shards)
        tale: list[Any] = []
        for at_s, act in (
            (10, None),
            (15, (ActKind.SILENCE, ALL, {})),
            (16, (ActKind.SILENCE, ALL, {})),
            (17, (ActKind.OUT_OF_SERVICE, "vessel:3", {"minutes": 1, "reason": "网位仪"})),
            (18, (ActKind.SHELVE, f"collision-4-{MERCHANT}-20250916T033010Z", {"minutes": 5, "reason": "双拖"})),
            (30, None),
            (80, None),
            (140, None),
        ):
            at_ms = T0 + at_s * 1000
            if act is not None:
                kind, target, facts = act
                outcome = watch.step(Act("a", at_ms, "王海", "1", kind, target, facts))
                tale.append((outcome.refusal, outcome.changes))
                continue
            answers = [Findings("collision", tuple(fleet(ALARM, 12)))]
            tale += watch.service.end(at_ms, BASIS)
            tale += admit(watch.books, at_ms, answers, BASIS, watch.service.out)
        alerts = [alert for book in watch.books for alert in book.active]
        tales.append((tale, flood_of(alerts, T0 + 140_000, Params())))
        copy = Watch((), Surroundings(ZoneSet(())), shards=shards)
        copy.load(pickle.loads(pickle.dumps(watch.dump())))
        assert list(copy.books) == list(watch.books) and copy.service == watch.service
    assert tales[0] == tales[1]
    assert [len(c) for _, c in (step for step in tales[0][0] if isinstance(step, tuple))] == [12, 0, 1, 1]
