"""Who said to be whom: names over time."""

from hypothesis import given
from hypothesis import strategies as st

from builders import T0, batch, name
from fengqiao.fleet.said import NOT_GIVEN, SAID_MAX, Identities, Named, Said, Span, as_of, names_borne

BOAT = 412_000_001


def said(called: str = "", ship_type: int = NOT_GIVEN, length_m: int = NOT_GIVEN, width_m: int = NOT_GIVEN) -> Said:
    return Said(BOAT, called, "", 0, ship_type, length_m, width_m)


def test_a_vessel_is_pieced_together_from_what_she_said_by_then() -> None:
    """Name from 24 A, type and size from 24 B; nothing given is never taken for an answer."""
    kept = [
        (said("ZHE DAI YU 01"), Span(10, 20)),
        (said("", 30, 28, 6), Span(11, 19)),
        (said("FU YUN 9"), Span(30, 40)),
        (said("", 70, 0, 0), Span(31, 40)),
    ]
    assert as_of(kept, BOAT, 25) == said("ZHE DAI YU 01", 30, 28, 6)
    assert as_of(kept, BOAT, 35) == said("FU YUN 9", 70, 28, 6)
    assert as_of(kept, BOAT, 5) == said("ZHE DAI YU 01", 30, 28, 6)  # before all: what she said first
    assert as_of([], BOAT, 5) == said()


def test_a_name_said_again_after_another_is_hers_again() -> None:
    kept = [(said("A"), Span(0, 100)), (said("B"), Span(10, 20))]
    assert [as_of(kept, BOAT, at).name for at in (5, 15, 50)] == ["A", "B", "A"]


spans = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(0, 50), st.integers(0, 50), st.sampled_from([30, 70])),
    min_size=1,
    max_size=6,
).map(lambda rows: [(said(n, t), Span(min(a, b), max(a, b))) for n, a, b, t in rows])


@given(spans, st.integers(-5, 60))
def test_the_name_at_a_time_is_one_borne_by_then_if_any_was(kept: list[tuple[Said, Span]], at: int) -> None:
    """And none that was last heard before another was heard."""
    called = as_of(kept, BOAT, at).name
    begun = {who.name for who, span in kept if span.first_ms <= at}
    going_on = {who.name for who, span in kept if span.first_ms <= at <= span.last_ms}
    assert called in (going_on or begun or {who.name for who, _ in kept})


@given(spans)
def test_every_name_has_its_first_and_last_day(kept: list[tuple[Said, Span]]) -> None:
    """However many rows of other particulars it came in, latest first."""
    borne = names_borne(kept)
    assert borne == sorted(borne, key=lambda n: -n.last_ms) or len({n.last_ms for n in borne}) < len(borne)
    for one in borne:
        its = [span for who, span in kept if who.name == one.name]
        assert one == Named(one.name, "", min(s.first_ms for s in its), max(s.last_ms for s in its))


def test_identities_are_bounded_and_begin_anew_when_taken() -> None:
    heard = Identities()
    heard.add(batch(said=(name(BOAT, "A"), name(BOAT, "A", 60.0), name(BOAT, "B", 30.0))).statics)
    taken = heard.take()
    assert {who.name: (s.first_ms - T0, s.last_ms - T0) for who, s in taken.items()} == {
        "A": (0, 60_000),
        "B": (30_000, 30_000),
    }
    heard.spans = {said(str(i)): Span(0, 0) for i in range(SAID_MAX)}
    heard.add(batch(said=(name(BOAT, "A"),)).statics)
    assert (len(heard.spans), heard.dropped) == (SAID_MAX, 1)
