"""In whose name ``fengqiao act`` is done."""

from pathlib import Path

import pytest

from fengqiao.alerts import ALL, Params, Service
from fengqiao.app import duty
from fengqiao.app.keeper import sentence
from fengqiao.cli.main import run
from fengqiao.feeds.clock import now_ms
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store import open_store


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FENGQIAO_ACTOR", raising=False)
    with open_store(tmp_path) as store:
        duty.sign_on(store, "desk", "王建国", 1)
        duty.sign_on(store, "west", "李海波", 2)
    return tmp_path


@pytest.mark.parametrize(
    ("said", "actor"),
    [((), "王建国"), (("--seat", "west"), "李海波"), (("--actor", "张敏"), "张敏"), (("--actor", "  "), "王建国")],
)
def test_the_officer_on_watch_acts_unless_another_is_named(data: Path, said: tuple[str, ...], actor: str) -> None:
    assert run(["act", "note", "gap-1", "已电话联系", *said, "--data", str(data)]) == 0
    with open_store(data) as store:
        assert [act.actor for act in store.waiting_acts()] == [actor]


def test_nothing_is_done_in_nobodys_name(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says both ways out; nothing is in the inbox."""
    code = run(["act", "acknowledge", "gap-1", "--seat", "east", "--data", str(data)])
    said = capsys.readouterr().err
    assert code == 2 and all(part in said for part in ("east", "--actor", "shift on"))
    with open_store(data) as store:
        assert store.waiting_acts() == []


def test_what_is_held_back_is_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing yet; then a boat out of service until its end, with who is to thank for it in the audit chain."""
    assert run(["act", "held", "--data", str(data), "--lang", "zh"]) == 0
    assert "没有" in capsys.readouterr().out
    service, at = Service(), now_ms()
    facts = {"minutes": 5, "reason": "网位仪冒充渔船"}
    act = Act("a", at, "王建国", "desk", ActKind.OUT_OF_SERVICE, "vessel:412000001", facts)
    changes = service.perform(act, {}, Params()).changes
    with open_store(data) as store:
        store.save_changes("live", [(c, sentence("zh", c), sentence("en", c)) for c in changes])
    assert run(["act", "held", "--data", str(data), "--lang", "zh"]) == 0
    assert "停用至" in (said := capsys.readouterr().out) and "船 412000001 停用：网位仪冒充渔船" in said
    with open_store(data) as store:
        assert store.listed_alerts("live") == [] and store.out_of_service("live", at + 300_000) == []


@pytest.mark.parametrize(
    ("said", "kind", "target", "facts"),
    [
        (("silence",), ActKind.SILENCE, ALL, {}),
        (("shelve", "c-1", "--reason", "作业"), ActKind.SHELVE, "c-1", {"minutes": 30, "reason": "作业"}),
        (("unshelve", "c-1"), ActKind.UNSHELVE, "c-1", {}),
        (("transfer", "c-1", "--to", "东席"), ActKind.TRANSFER, "c-1", {"to": "东席"}),
        (
            ("out-of-service", "rule:gap", "--reason", "维修", "--minutes", "60"),
            ActKind.OUT_OF_SERVICE,
            "rule:gap",
            {"minutes": 60, "reason": "维修"},
        ),
        (("in-service", "rule:gap"), ActKind.IN_SERVICE, "rule:gap", {}),
    ],
)
def test_every_state_has_its_command(
    data: Path, said: tuple[str, ...], kind: ActKind, target: str, facts: dict[str, object]
) -> None:
    assert run(["act", *said, "--data", str(data)]) == 0
    with open_store(data) as store:
        assert [(a.kind, a.target, a.facts) for a in store.waiting_acts()] == [(kind, target, facts)]
