"""A data folder as a watch leaves it after some minutes of the demonstration: real store, real frame, real archive."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fengqiao.app.demo import Demo, demonstration
from fengqiao.app.frame import frame_of
from fengqiao.app.keep_watch import begin
from fengqiao.app.keeper import Source
from fengqiao.feeds import open_feed
from fengqiao.feeds.clock import now_ms
from fengqiao.feeds.file import FileFeed, merge_by_time
from fengqiao.model.inputs import Chunk
from fengqiao.store.frame import Frame, read_frame, write_frame


def demo_bay(folder: Path, minutes: float, lang: str = "zh") -> Path:
    """Play the first ``minutes`` of the demonstration into ``folder`` as fast as it goes; the watch has ended then.

    The frame is stamped an hour ahead of our clock, so that a desk takes it for fresh however slow the test is.
    """
    bay: Demo = demonstration()
    feeds = [open_feed(f"file:{file}?speed=0") for file in bay.files]
    recordings = [feed for feed in feeds if isinstance(feed, FileFeed)]
    live = begin([], folder, lambda _: None, lang=lang, shards=1, demo=bay)
    with live.pump:
        live.keeper.adopt({f.name: Source(f.clock, ends=True) for f in recordings}, stream_ticks=True)
        group: list[Chunk] = []
        begun = None
        for chunk in merge_by_time(recordings):
            begun = chunk.received_ms if begun is None else begun
            if chunk.received_ms - begun > minutes * 60_000:
                break
            group.append(chunk)
        live.round(group)
        write_frame(folder, frame_of(live.keeper, 1, now_ms() + 3_600_000, live.time_ms(now_ms())))
    live.stop()
    return folder


@contextmanager
def watch_over(folder: Path) -> Iterator[None]:
    """A watch that runs beside the desk on what was heard so far, and takes what officers do."""
    stop = threading.Event()

    def keep() -> None:
        live = begin([], folder, lambda _: None, lang="zh", shards=1, demo=demonstration())
        with live.pump:
            while not stop.wait(0.05):
                live.round([])
        live.stop()

    watch = threading.Thread(target=keep)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join()


def frame(folder: Path) -> Frame:
    found = read_frame(folder)
    assert found is not None
    return found
