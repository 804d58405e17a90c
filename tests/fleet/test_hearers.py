"""By which receivers a vessel was heard last."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix, name, same_columns
from fengqiao.fleet import Fleet
from fengqiao.fleet.vessels import HEARERS
from fengqiao.model.reports import Lines, Receiver, ReportBatch

BOAT, OTHER = 412_000_001, 412_000_002
EAST, WEST = 0, 1
RECEIVERS = tuple(Receiver(0, f"s{n}") for n in range(9))


def heard(batch: ReportBatch, *receivers: int) -> ReportBatch:
    """The same, each line by its receiver."""
    lines = batch.lines.with_columns(receiver=np.array(receivers, np.int16))
    return replace(batch, lines=lines, receivers=RECEIVERS)


def echo(batch: ReportBatch, at_s: float, mmsi: int, receiver: int) -> ReportBatch:
    """A line more, of a message that was heard before."""
    at_ms = T0 + int(at_s * 1000)
    line = Lines.from_rows([(0, 9, at_ms, at_ms, at_ms, True, mmsi, receiver)])
    return replace(batch, lines=Lines.join([batch.lines, line]), receivers=RECEIVERS)


def hearers(*batches: ReportBatch, row: int = 0) -> dict[int, float]:
    """Seconds after T0, by receiver."""
    fleet = Fleet()
    for one in batches:
        fleet.fold(one)
    v = fleet.vessels()
    pairs = zip(v.heard_by[row].tolist(), v.heard_by_ms[row].tolist(), strict=True)
    return {receiver: (ms - T0) / 1000 for receiver, ms in pairs if receiver >= 0}


def test_everyone_who_heard_her_is_kept_also_by_an_echo() -> None:
    """The report counts once, through the east; the west heard it as well, and her name the east alone."""
    one = heard(batch(fix(BOAT, 0, 122.0, 30.0), fix(BOAT, 30, 122.001, 30.0)), EAST, EAST)
    said = heard(batch(said=(name(BOAT, "A", 90.0),)), EAST)
    assert hearers(echo(one, 31, BOAT, WEST), said) == {EAST: 90.0, WEST: 31.0}


def test_the_four_that_heard_her_last_are_kept() -> None:
    reports = [heard(batch(fix(BOAT, 10 * n, 122.0 + n / 5000, 30.0)), n) for n in range(7)]
    assert hearers(*reports) == {6: 60.0, 5: 50.0, 4: 40.0, 3: 30.0}
    assert len(hearers(*reports)) == HEARERS


def test_of_two_under_one_number_each_has_those_that_heard_its_places() -> None:
    """An echo does not say whose it is, so it counts for neither."""
    here = [fix(BOAT, 20 * k, 122.0 + k * 0.0008, 30.0) for k in range(6)]
    there = [fix(BOAT, 20 * k + 10, 123.0 + k * 0.0008, 31.0) for k in range(6)]
    both = [report for pair in zip(here, there, strict=True) for report in pair]
    batches = [heard(batch(report), EAST if n % 2 == 0 else WEST) for n, report in enumerate(both)]
    batches.append(echo(heard(batch()), 130, BOAT, 5))
    assert (hearers(*batches), hearers(*batches, row=1)) == ({EAST: 100.0}, {WEST: 110.0})


TRAFFIC = [
    *((10 * n, BOAT, 122.0 + n / 5000) for n in range(8)),
    *((10 * n + 3, OTHER, 122.3) for n in range(8)),
    *((10 * n + 5, BOAT, 124.0 + n / 5000) for n in range(3, 8)),  # somebody else under her number
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_neither_cuts_nor_the_order_of_echoes_change_who_heard_her(data: st.DataObject) -> None:
    """One batch or many; and lines that complete nothing new in any order within a batch."""
    by = data.draw(st.lists(st.integers(0, 8), min_size=len(TRAFFIC), max_size=len(TRAFFIC)))
    lines = sorted(zip(TRAFFIC, by, strict=True))
    cuts = sorted({0, len(lines), *data.draw(st.lists(st.integers(0, len(lines)), max_size=5))})

    def part(start: int, stop: int) -> ReportBatch:
        """Positions, and her name between them, in one order of lines."""
        some = lines[start:stop]
        return heard(batch(*(fix(m, s, lon, 30.0) for (s, m, lon), _ in some)), *(n for _, n in some))

    whole, cut = Fleet(), Fleet()
    whole.fold(part(0, len(lines)))
    for start, stop in pairwise(cuts):
        cut.fold(part(start, stop))
    assert same_columns(whole.vessels(), cut.vessels())
    echoes = data.draw(st.lists(st.tuples(st.integers(80, 99), st.sampled_from([BOAT, OTHER]), st.integers(0, 8))))
    for fleet, order in ((whole, echoes), (cut, data.draw(st.permutations(echoes)))):
        late = heard(batch())
        for at_s, mmsi, receiver in order:
            late = echo(late, at_s, mmsi, receiver)
        fleet.fold(late)
    assert same_columns(whole.vessels(), cut.vessels())
