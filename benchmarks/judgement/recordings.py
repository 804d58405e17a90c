"""Set D: real recordings through the whole watch and through the peers: load, chatter, every near pair accounted for.

No recording here has a label, so this measures what reaches a seat, not what was right. A rate is only taken from one
receiver listened to for six hours and more; a national five-minute capture shows how much stands at once.

A call is an activation, a step of one that stands (warning to alarm, distance halved), or an escalation ("again"): in
these runs nobody ever acknowledges, so that whatever lasts escalates. The rate counts all three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.judgement.accounting import Accounts
from benchmarks.judgement.figures import Load
from benchmarks.judgement.listeners import Ours, Teller
from benchmarks.judgement.peers import PROFILES, Peer
from benchmarks.judgement.sea import play
from fengqiao.ais import Decoder
from fengqiao.app.bay import surroundings
from fengqiao.app.decoding import open_recording
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.reports import Positions, ReportBatch
from fengqiao.register.vessel import Register

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ais"
CHUNKS_AT_ONCE = 256
HOURS_FOR_A_RATE = 6.0
TOP = 5


@dataclass(frozen=True)
class Recording:
    file: str
    what: str


RECORDINGS = (
    Recording("channel_guernsey_20110726.tag.nmea", "one ship's receiver in the Channel"),
    Recording("seine_vernon_20160331.csvts.log", "one receiver on the Seine: barges"),
    Recording("denmark_20131112.tag.nmea", "all Danish waters"),
    Recording("australia_20120127.pghp.txt.gz", "all Australian coasts"),
)


def heard(file: Path) -> tuple[tuple[str, ...], Iterator[ReportBatch]]:
    """The feed's name, and what the decoder makes of the recording, batch by batch."""
    feed = open_recording(str(file))

    def batches() -> Iterator[ReportBatch]:
        decoder = Decoder({feed.name: feed.clock})
        chunks = feed.chunks()
        while some := list(islice(chunks, CHUNKS_AT_ONCE)):
            yield decoder.decode(some)
        yield decoder.flush()

    return (feed.name,), batches()


def run() -> None:
    if not DATA.is_dir():
        print(f"Set D: not run, there is no {DATA}\n")
        return
    for recording in RECORDINGS:
        _run(recording)


def _run(recording: Recording) -> None:
    feeds, stream = heard(DATA / recording.file)
    batches = list(stream)
    positions = Positions.join(batch.positions for batch in batches)
    ours, collisions, accounts = Ours(), Ours(("collision",)), Accounts(positions)
    collisions.log.name = "  its collision rule"
    peers = [Peer(profile) for profile in PROFILES]
    listeners: list[Teller] = [ours, collisions, *peers]
    play(batches, [*listeners, accounts], surroundings(None, Register()), feeds)
    refs = np.concatenate([batch.lines.ref_ms for batch in batches])
    begin_ms, end_ms = int(refs.min()), int(refs.max())
    hours = (end_ms - begin_ms) / 3_600_000
    vessels = len(np.unique(positions.mmsi))
    print(f"Set D: {recording.file}, {recording.what}; {hours:.1f} h, {vessels} stations, {len(positions):,} positions")
    print(f"{'':<22}{'activations':>12}{'steps':>7}{'again':>7}{'an hour':>9}{'hour max':>9}{'10 min max':>11}", end="")
    print(f"{'windows > 10':>13}{'chatter':>8}{'at once max':>12}{'mean':>7}")
    for listener in listeners:
        log = listener.log
        load = Load.of([*log.begun, *log.steps, *log.again], begin_ms, end_ms)
        rate = f"{load.per_hour:.2f}" if hours >= HOURS_FOR_A_RATE else "-"
        print(
            f"{log.name:<22}{len(log.begun):>12}{len(log.steps):>7}{len(log.again):>7}{rate:>9}{load.hour_max:>9}",
            end="",
        )
        print(f"{load.window_max:>11}{load.floods:>13.1%}{Load.of(log.begun, begin_ms, end_ms).chatter:>8}", end="")
        print(f"{max(log.standing, default=0):>12}{np.mean(log.standing):>7.1f}")
    total = max(len(ours.log.begun), 1)
    top = ours.log.sources.most_common(TOP)
    said = ", ".join(f"{' '.join(map(str, what if isinstance(what, tuple) else (what,)))} {n}" for what, n in top)
    print(f"top {TOP} sources: {sum(n for _, n in top) / total:.0%} of all: {said or 'none'}")
    silent = sum(
        c.rule == "gap" and c.change is ChangeKind.RAISED and c.priority >= Priority.ALARM for c in ours.changes
    )
    print(f"alarms of a boat silent after a pass: {silent}")
    accounts.report()
    print()
