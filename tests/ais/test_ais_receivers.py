"""Which station heard a sentence: told by the sentence or its sender, and never at the price of memory."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import T0, checked, chunk, lines, receiver, stamped, tag, unlike, vdm
from fengqiao.ais import Decoder
from fengqiao.ais.receivers import STATIONS_MAX
from fengqiao.model.inputs import Clock
from fengqiao.model.reports import ReportBatch

AT_S = T0 // 1000
SAID = {"class": "AIS", "type": 1, "mmsi": 412_000_001, "lat": 30.0, "lon": 122.0}
GROUP = ("53@o0E000001Q0CG37U8u<Tp4q@D00000000000018330400000000000000", "00000000008")


def heard_by(batch: ReportBatch) -> list[str]:
    """The station of each line, "" where none is named."""
    return [batch.receivers[n].station for n in batch.lines.receiver.tolist()]


DRESSES = [
    pytest.param(unlike(1), "", id="bare"),
    pytest.param(tag(f"c:{AT_S}") + unlike(1), "", id="a time and no station"),
    pytest.param(tag(f"s:PUTUO,c:{AT_S}") + unlike(1), "PUTUO", id="as most hubs write it"),
    pytest.param(tag("s:PUTUO") + unlike(1), "PUTUO", id="no time"),
    pytest.param(tag(f"c:{AT_S},s:PUTUO") + unlike(1), "PUTUO", id="behind the time"),
    pytest.param(tag(f"g:1-1-77,s:PUTUO,c:{AT_S}") + unlike(1), "PUTUO", id="behind a group"),
    pytest.param(tag(f"g:1-1-77,c:{AT_S},s:PUTUO") + unlike(1), "PUTUO", id="last of three"),
    pytest.param(tag(f"s:PUTUO,c:{AT_S},t:{AT_S}") + unlike(1), "PUTUO", id="first of three"),
    pytest.param(tag(f"g:1-1-7,q:u,c:{AT_S}") + unlike(1), "", id="none of three"),
    pytest.param(tag(f"s:A,s:B,c:{AT_S}") + unlike(1), "B", id="the last of two among three"),
    pytest.param(tag(f"c:{AT_S},q:u,s:{'N' * 40}") + unlike(1), "N" * 32, id="a long one among three"),
    pytest.param(tag(f"s:s7,c:{AT_S}.352") + unlike(1), "s7", id="a time with a fraction"),
    pytest.param(tag(f"s:{'N' * 40},c:{AT_S}") + unlike(1), "N" * 32, id="a long name is cut"),
    pytest.param(tag(f"s:OLD,s:NEW,c:{AT_S}") + unlike(1), "NEW", id="the last of two"),
    pytest.param(tag("s:,c:1") + unlike(1), "", id="an empty name"),
    pytest.param(b"\\s:PUTUO,c:1*00\\" + unlike(1), "", id="a damaged block is not believed"),
    pytest.param(unlike(1) + b",r003669987,%d" % AT_S, "r003669987", id="a coastguard's suffix"),
    pytest.param(tag(f"c:{AT_S}") + unlike(1) + b",b2003669987", "b2003669987", id="a suffix behind a stamped one"),
    pytest.param(b"%d " % AT_S + unlike(1), "", id="a time before it"),
    pytest.param(tag(f"s:PUTUO,c:{AT_S}") + b"\r\n" + unlike(1), "PUTUO", id="on the line before"),
    pytest.param(json.dumps(SAID | {"device": "/dev/ttyUSB0"}).encode(), "/dev/ttyUSB0", id="gpsd"),
    pytest.param(json.dumps(SAID | {"device": "AIS-catcher", "nmea": [unlike(1).decode()]}).encode(), "", id="catcher"),
    pytest.param(json.dumps(SAID | {"station_id": 7, "nmea": [unlike(1).decode()]}).encode(), "7", id="its station"),
    pytest.param(
        json.dumps(SAID | {"station_id": "南站", "nmea": [unlike(1).decode()]}).encode(), "南站", id="Chinese"
    ),
]


@pytest.mark.parametrize(("line", "station"), DRESSES)
def test_the_station_is_known_however_the_line_says_it(line: bytes, station: str) -> None:
    """Alone and among other lines, and as ``fengqiao decode`` tells it."""
    assert heard_by(receiver().decode([chunk(lines(line))])) == [station]
    among = lines(stamped(T0, unlike(2)), line, unlike(3), tag("s:OTHER") + unlike(4))
    assert heard_by(receiver().decode([chunk(among)])) == ["test", station, "", "OTHER"]
    (said,) = receiver().messages([chunk(lines(line))])
    assert said.get("source", "")[:32] == station


def test_a_station_that_sends_datagrams_is_known_by_its_address() -> None:
    """Its port is another with every start; what a line says of itself comes first."""
    decoder = receiver()
    batch = decoder.decode(
        [
            chunk(unlike(1), peer="10.0.0.7:4001", whole=True),
            chunk(unlike(2), peer="10.0.0.8:4001", whole=True),
            chunk(unlike(3), peer="10.0.0.7:59000", whole=True),
            chunk(tag("s:HUB") + unlike(4), peer="10.0.0.8:4001", whole=True),
            chunk(lines(unlike(5)), peer="10.0.0.9:10110#1"),
        ]
    )
    assert heard_by(batch) == ["10.0.0.7", "10.0.0.8", "10.0.0.7", "HUB", ""]


def test_of_a_group_the_first_line_names_the_station() -> None:
    first, second = (vdm(text, 0 if n == 1 else 2, 2, n, "6") for n, text in enumerate(GROUP, 1))
    batch = receiver().decode([chunk(lines(tag("g:1-2-9,s:PUTUO") + first, tag("g:2-2-9") + second))])
    assert (len(batch.statics), heard_by(batch)) == (1, ["PUTUO", "PUTUO"])


def test_a_name_is_another_station_on_another_feed() -> None:
    decoder = Decoder({"east": Clock.RECEIVER, "west": Clock.RECEIVER})
    line = lines(tag("s:A") + unlike(1))
    batch = decoder.decode([chunk(line, feed="east"), chunk(line, feed="west")])
    assert [batch.receivers[n] for n in batch.lines.receiver.tolist()] == [(0, "A"), (1, "A")]
    assert batch.lines.heard_mmsi.tolist() == [412_000_001] * 2  # the echo as well


def test_names_that_are_shown_alike_are_one_station() -> None:
    """An alert knows a station by its name: of two under one the one would hide the other's silence."""
    long = "N" * 40
    names = (f"{long}1", f"{long}2", "S")
    batch = receiver().decode([chunk(lines(*(tag(f"s:{name}") + unlike(n) for n, name in enumerate(names, 1))))])
    assert heard_by(batch) == ["N" * 32, "N" * 32, "S"]
    assert [r.station for r in batch.receivers] == ["", "N" * 32, "S"]


def test_forged_stations_do_not_grow_our_memory() -> None:
    """Beyond so many names of a feed the others share its own place; those met before are still told apart."""
    decoder = receiver()
    for begin in range(0, 4_000, 1_000):
        batch = decoder.decode(
            [chunk(lines(*(tag(f"s:F{n}") + unlike(n % 7) for n in range(begin, begin + 1_000))), T0 + begin)]
        )
    assert len(batch.receivers) == 1 + STATIONS_MAX
    assert heard_by(batch) == [""] * 1_000
    assert heard_by(decoder.decode([chunk(lines(tag("s:F3") + unlike(8)))])) == ["F3"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_how_reads_cut_the_bytes_changes_no_receiver(data: st.DataObject) -> None:
    said = [param.values[0] for param in data.draw(st.lists(st.sampled_from(DRESSES), min_size=1, max_size=12))]
    text = lines(*(line for line in said if isinstance(line, bytes)), checked("$GPTXT,a"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    whole, decoder = receiver().decode([chunk(text)]), receiver()
    batches = [decoder.decode([chunk(text[a:b])]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert [n for batch in batches for n in batch.lines.receiver.tolist()] == whole.lines.receiver.tolist()
    assert batches[-1].receivers == whole.receivers
