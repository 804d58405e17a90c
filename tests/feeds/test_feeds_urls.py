"""What a feed's URL may say, and what is said about one that means nothing."""

import ast
import string
from pathlib import Path
from typing import Any

import pytest

import fengqiao
from fengqiao.feeds import FEEDS, open_feed
from fengqiao.model.errors import UsageFault
from fengqiao.words import LANGUAGES, catalogue, say


@pytest.mark.parametrize(
    ("url", "message", "facts"),
    [
        ("mqtt://x", "error.feed_scheme", {"url": "mqtt://x", "known": "stdin, udp, tcp, gpsd, serial, file"}),
        ("udp://127.0.0.1", "error.feed_address", {"url": "udp://127.0.0.1", "scheme": "udp"}),
        ("udp:10110", "error.feed_address", {"url": "udp:10110", "scheme": "udp"}),
        ("udp://::1:10110", "error.feed_address", {"url": "udp://::1:10110", "scheme": "udp"}),
        ("tcp://:10110", "error.feed_address", {"url": "tcp://:10110", "scheme": "tcp"}),
        ("tcp://user@host:1", "error.feed_address", {"url": "tcp://user@host:1", "scheme": "tcp"}),
        ("udp://127.0.0.1:99999", "error.feed_port", {"url": "udp://127.0.0.1:99999", "port": "99999"}),
        ("udp://127.0.0.1:ais", "error.feed_port", {"url": "udp://127.0.0.1:ais", "port": "ais"}),
        ("udp://127.0.0.1:", "error.feed_port", {"url": "udp://127.0.0.1:", "port": ""}),
        ("tcp://127.0.0.1:0", "error.feed_port", {"url": "tcp://127.0.0.1:0", "port": "0"}),
        ("gpsd://", "error.feed_address", {"url": "gpsd://", "scheme": "gpsd"}),
        ("gpsd://bay:x", "error.feed_port", {"url": "gpsd://bay:x", "port": "x"}),
        ("serial:?baud=38400", "error.feed_serial_port", {"url": "serial:?baud=38400"}),
        ("-?speed=1", "error.feed_option_unknown", {"url": "-?speed=1", "option": "speed", "known": "clock"}),
        (
            "udp://127.0.0.1:0?interface=lo",
            "error.feed_option_unknown",
            {"url": "udp://127.0.0.1:0?interface=lo", "option": "interface", "known": "clock"},
        ),
        (
            "-?clock=mine",
            "error.feed_option_value",
            {"url": "-?clock=mine", "option": "clock", "value": "mine"},
        ),
        *[
            (
                f"file:x?{option}={value}",
                "error.feed_option_value",
                {"url": f"file:x?{option}={value}", "option": option, "value": value},
            )
            for option, value in [
                ("speed", "fast"),
                ("speed", "-1"),
                ("speed", "nan"),
                ("speed", "inf"),
                ("start", "noon"),
            ]
        ],
        *[
            (
                f"serial:x?baud={value}",
                "error.feed_option_value",
                {"url": f"serial:x?baud={value}", "option": "baud", "value": value},
            )
            for value in ("0", "-1", "38400.5", "fast", "99999999999")
        ],
    ],
)
def test_a_url_that_means_nothing_names_what_is_wrong(url: str, message: str, facts: dict[str, str]) -> None:
    """Unknown scheme or option, a bad address, port or value: wrong use, naming it, before anything is opened."""
    with pytest.raises(UsageFault) as caught:
        open_feed(url)
    assert (caught.value.message, caught.value.facts) == (message, facts)


def test_every_scheme_is_in_the_sentence() -> None:
    """The sentence about an unknown scheme offers all there are, in both languages."""
    with pytest.raises(UsageFault) as caught:
        open_feed("mqtt://x")
    for lang in LANGUAGES:
        sentence = say(lang, caught.value.message, caught.value.facts)
        assert all(scheme in sentence for scheme in FEEDS)


def faults_raised() -> list[tuple[str, set[str]]]:
    """Message id and fact names of every fault that feeds and the raw log can raise, read from their source."""
    root = Path(fengqiao.__file__).parent
    sources = [*sorted((root / "feeds").glob("*.py")), root / "store" / "raw_log.py"]
    return [
        (f"error.{ast.literal_eval(node.args[0])}", {str(keyword.arg) for keyword in node.keywords})
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Fault")
    ]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_its_sentence(lang: str) -> None:
    """Each error of feeds and raw log has a sentence in each language that asks for no fact it is not given."""
    raised = faults_raised()
    known: dict[str, Any] = catalogue(lang)
    assert len(raised) >= 20
    assert [name for name, _ in raised if name not in known] == []
    assert [name for name, facts in raised if not fields(known[name]) <= facts] == []
