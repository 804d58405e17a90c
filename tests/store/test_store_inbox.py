"""Acts of people, and the chain that shows when somebody touched the record of them."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.model.inputs import ActKind
from fengqiao.store import Store, open_store
from fengqiao.store.tables import ActState
from store.store_cases import T0, act


def do(store: Store, statement: str, **values: object) -> None:
    with store.writing() as connection:
        connection.execute(sa.text(statement), values)


def test_acts_wait_in_the_order_they_came(either: Store) -> None:
    """Whatever their clocks say; each comes back as it was put in."""
    acts = [act("b", T0 + 5, facts={"text": "已电话联系", "n": 1.5}), act("a", T0, kind=ActKind.NOTE)]
    for one in acts:
        either.put_act(one)
    assert either.waiting_acts() == acts


def test_an_act_sent_twice_is_one_act(either: Store) -> None:
    assert [either.put_act(act("a")), either.put_act(act("a"))] == [True, False]
    assert (len(either.waiting_acts()), either.audit_head().seq) == (1, 1)


def test_an_act_is_taken_once(either: Store) -> None:
    """Applied, or refused with the reason; the record of both stays, in the audit chain as well."""
    either.put_act(act("a"))
    either.put_act(act("b"))
    taken = [either.mark_applied("a", "", T0), either.mark_applied("b", "no such alert", T0, refused=True)]
    assert (taken, either.mark_applied("a", "", T0 + 1), either.mark_applied("c", "", T0)) == (
        [True, True],
        False,
        False,
    )
    assert [(s.act.act_id, s.state, s.outcome) for s in either.acts()] == [
        ("a", ActState.APPLIED, ""),
        ("b", ActState.REFUSED, "no such alert"),
    ]
    assert (either.waiting_acts(), either.verify_chain(), either.audit_head().seq) == ([], None, 4)


def test_what_is_not_stored_is_not_audited(either: Store) -> None:
    """Act and audit row are one transaction: when the second fails, the first is gone too."""
    do(either, "ALTER TABLE audit RENAME TO audit_away")
    with pytest.raises(sa.exc.DBAPIError):
        either.put_act(act("a"))
    do(either, "ALTER TABLE audit_away RENAME TO audit")
    assert (either.waiting_acts(), either.audit_head().seq) == ([], 0)


def test_numbers_keep_their_hash_on_every_database(either: Store) -> None:
    """1e22, -0.0 and 1.0 come back from the database as they were hashed."""
    either.audit(T0, "王一", "甲席", "shown", {"big": 1e22, "zero": -0.0, "one": 1.0, "tiny": 1e-7, "名": "浙样渔"})
    assert either.verify_chain() is None


TAMPERINGS = {
    "edited": "UPDATE audit SET detail = '{}' WHERE seq = :n",
    "another person": "UPDATE audit SET actor = '李二' WHERE seq = :n",
    "another time": "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = :n",
    "deleted": "DELETE FROM audit WHERE seq = :n",
    "not text any more": "UPDATE audit SET detail = 7 WHERE seq = :n",
}


@pytest.mark.parametrize("how", TAMPERINGS)
@pytest.mark.parametrize("n", [1, 3])
def test_a_row_touched_in_the_middle_is_found(store: Store, how: str, n: int) -> None:
    for i in range(5):
        store.put_act(act(str(i)))
    do(store, TAMPERINGS[how], n=n)
    assert store.verify_chain() == n


def test_two_rows_that_changed_places_are_found(store: Store) -> None:
    for i in range(4):
        store.put_act(act(str(i)))
    for old, new in ((2, 90), (3, 2), (90, 3)):
        do(store, "UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
    assert store.verify_chain() == 2


def test_a_tail_cut_off_shows_against_a_remembered_head(store: Store) -> None:
    """By itself a shorter chain is whole; who remembers the head sees what is missing."""
    for i in range(5):
        store.put_act(act(str(i)))
    head = store.audit_head()
    do(store, "DELETE FROM audit WHERE seq > 3")
    assert (store.verify_chain(), store.verify_chain(head)) == (None, 4)


def test_a_chain_written_anew_shows_against_a_remembered_head(tmp_path: Path) -> None:
    with open_store(tmp_path / "a") as mine, open_store(tmp_path / "b") as forged:
        for i in range(3):
            mine.put_act(act(str(i)))
            forged.put_act(act(str(i), actor="李二"))
        assert (forged.verify_chain(), forged.verify_chain(mine.audit_head())) == (None, 3)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    detail=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
        max_leaves=6,
    ),
    actor=st.text(st.characters()),
)
def test_whatever_was_said_the_chain_holds(store: Store, detail: object, actor: str) -> None:
    """Any JSON, any text, half surrogates and NUL among it."""
    store.audit(T0, actor, "甲席", "said", {"detail": detail})
    assert store.verify_chain() is None
