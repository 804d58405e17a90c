"""``python -m benchmarks.judgement [a] [b] [d] [e]``: every set, or the named. Fails if set A is not wholly right."""

import sys
from collections import Counter
from collections.abc import Sequence

from benchmarks.judgement import accidents, classes, exact, injection, noise, recordings, silence
from benchmarks.judgement.exact import Answer
from benchmarks.judgement.figures import leads, ratio
from benchmarks.judgement.sea import NOON_MS
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zoneset import ZoneSet

SETS = "abde"
LISTED = 25


def main() -> None:
    chosen = [name for name in sys.argv[1:] if name in SETS] or list(SETS)
    basis = Watch(("bench",), Surroundings(ZoneSet())).basis()
    print(f"settings {basis['settings']}, code {basis['code']}: frozen before sets B to E\n")
    good = True
    if "a" in chosen:
        good &= made_exactly()
        good &= noise.run()
    if "b" in chosen:
        accidents.run()
        good &= silence.run()
    print("Set C: not run. No labelled encounters or near misses of any coast are at hand; the labels there are")
    print("(fishing or not, 14,782 points without places) speak of activity: python -m benchmarks.activity\n")
    if "d" in chosen:
        recordings.run()
    if "e" in chosen:
        injection.run()
    sys.exit(not good)


def made_exactly() -> bool:
    cases = exact.numbered(list(exact.cases()))
    told, ours_itself = exact.run(cases, NOON_MS)
    print(f"Set A: made exactly, {len(cases)} cases")
    print(f"{'':<20}{'encounters':>12}{'warned':>8}{'each':>7}{'clear':>7}{'woken':>7}  lead of merchant and boat, min")
    for name, answers in told.items():
        peer_line(name, answers)
    ours = next(iter(told.values()))
    print(f"\n{'ours by group':<20}{'encounters':>12}{'right':>8}{'clear':>7}{'right':>8}  lead median / p10, min")
    for group in dict.fromkeys(case.group for case in cases):
        group_line(group, [answer for answer in ours if answer.case.group == group])
    wrong = [answer for answer in ours if answer.verdict()]
    wrong += streams()
    print(f"{len(wrong)} wrong")
    for (group, kind, verdict), n in Counter(_sort(answer) for answer in wrong).most_common():
        print(f"  {n:>5} {group}, {kind}: {verdict}")
    for answer in wrong[:LISTED]:
        print(f"  {answer.case.name}: {answer.verdict()}")
    return classes.run(cases, ours_itself.changes, NOON_MS) and not wrong


def peer_line(name: str, answers: Sequence[Answer]) -> None:
    must = [answer for answer in answers if answer.must]
    clear = [answer for answer in answers if answer.never]
    warned = [answer for answer in must if answer.warned_s is not None]
    each = ratio(sum(answer.times for answer in must), len(must))
    mixed = [answer.warned_s / 60 for answer in warned if answer.kind == "merchant and boat" and answer.warned_s]
    woken = sum(answer.times > 0 for answer in clear)
    print(f"{name:<20}{len(must):>12}{len(warned):>8}{each:>7}{len(clear):>7}{woken:>7}  {leads(mixed)}")


def group_line(group: str, answers: Sequence[Answer]) -> None:
    must = [answer for answer in answers if answer.must]
    clear = [answer for answer in answers if answer.never]
    minutes = [answer.warned_s / 60 for answer in must if answer.warned_s is not None]
    right = [sum(not answer.verdict() for answer in some) for some in (must, clear)]
    print(f"{group:<20}{len(must):>12}{right[0]:>8}{len(clear):>7}{right[1]:>8}  {leads(minutes)}")


def streams() -> list[Answer]:
    wrong = []
    for name, begin_ms, spoiled, base in exact.streams():
        cases = exact.numbered(base)
        answers = [
            answer for answer in exact.run(cases, begin_ms, spoiled)[0]["fengqiao"] if answer.case.group == "steady"
        ]
        group_line(name, answers)
        wrong += [answer for answer in answers if answer.verdict()]
    return wrong


def _sort(answer: Answer) -> tuple[str, str, str]:
    return answer.case.group, answer.kind, answer.verdict().split(":")[0].split(" by ")[0]


if __name__ == "__main__":
    main()
