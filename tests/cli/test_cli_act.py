"""In whose name ``fengqiao act`` is done."""

from pathlib import Path

import pytest

from fengqiao.app import duty
from fengqiao.cli.main import run
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
