"""Handing over: everything open is looked at and ticked, the next officer named, and the seat passes on, or not yet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.cells import cell_len, chop_cells
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from fengqiao.app.duty import Refused
from fengqiao.desk.dialogs.sign_on import NAME_CHARS_MAX, NAMES_MAX, meant, offered
from fengqiao.desk.text import fault_text, tr
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.errors import FengqiaoError
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp
    from fengqiao.desk.desk import Desk

REFRESH_S = 2.0  # what is mended while the dialog is open must show soon
WIDTH_MIN = 12  # before the first layout there is no width; narrower than this nothing is worth folding
# A word, or one Chinese character with the marks that open before it and close after it.
PIECE = re.compile(r"\s|[（《「]*(?:[!-~]+|\S)[，。；：、！？）》」]*")
KINDS = ("outcome", "alert", "case", "gale", "out_of_service")  # in the order they are gone through


@dataclass(frozen=True, slots=True)
class Handed:
    """The seat has passed on; ``snapshot`` is the sha256, in hex, over what both have seen."""

    from_officer: str
    to_officer: str
    items: int
    snapshot: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open at an instant, and what keeps the officer in his seat."""

    items: Sequence[Mapping[str, Any]]
    refused: Refused | None
    officers: Sequence[str]


class HandoverDialog(ModalScreen[Handed | None]):
    """Returns how it was handed over, None if it was not."""

    DEFAULT_CSS = """
    HandoverDialog { align: center bottom; background: $background 0%; }
    HandoverDialog > Vertical { width: 100%; max-width: 130; height: 1fr; margin: 2 0 1 0; background: $surface;
                                border: round $accent; border-title-color: $accent;
                                border-subtitle-color: $accent; padding: 0 1; }
    .-ascii HandoverDialog > Vertical { border: ascii $accent; }
    HandoverDialog Horizontal, HandoverDialog Static { height: auto; }
    HandoverDialog #hand-list { height: 1fr; min-height: 4; }
    HandoverDialog #hand-item { min-height: 3; max-height: 5; border-top: solid $primary; }
    .-ascii HandoverDialog #hand-item { border-top: ascii $primary; }
    HandoverDialog #hand-said { color: $warning; text-style: bold; }
    HandoverDialog Label { width: 14; }
    HandoverDialog Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    HandoverDialog .hint { color: $secondary; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "cancel", "desk.key.cancel"),
        Binding("space", "tick", "desk.key.tick"),
        Binding("r", "app.outcome", "desk.key.outcome"),
        Binding("f2", "app.acknowledge", "desk.key.acknowledge"),
        Binding("f4", "app.silence", "desk.key.silence"),
    ]

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.desk = desk
        self._items: list[Mapping[str, Any]] = []
        self._refused: Refused | None = None
        self._said = ""
        self._seen: set[tuple[Any, ...]] = set()
        self._names: tuple[str, ...] = ()
        self._loaded = self._busy = False
        self._done: Handed | None = None

    def compose(self) -> ComposeResult:
        columns = (
            Col("", 3, lambda i: "[x]" if key_of(self._items[i]) in self._seen else "[ ]"),
            Col("", 1, lambda i: "!" if self._blocks(self._items[i]) else ""),
            Col(tr("desk.col.kind"), 16, lambda i: kind_word(self._items[i])),
            Col(tr("desk.col.what"), 200, lambda i: plain(item_text(self._items[i]))),
        )
        with Vertical(id="hand-box") as box:
            box.border_title = tr("desk.key.hand_over")
            yield Static(id="hand-intro", markup=False)
            yield Static(id="hand-said", markup=False)
            yield VirtualTable(columns, lambda i: "bold" if self._blocks(self._items[i]) else "", id="hand-list")
            yield Static(id="hand-item", markup=False)
            with Horizontal():
                yield Label(tr("desk.duty.to"), markup=False)
                yield Input(id="hand-to", compact=True, max_length=NAME_CHARS_MAX)
            yield Static(id="hand-names", markup=False)
            yield Static(tr("desk.hand.keys"), classes="hint", markup=False)

    def on_mount(self) -> None:
        self.table.focus()
        self._fetch()
        self.set_interval(REFRESH_S, self._fetch)

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    def _fetch(self) -> None:
        if self._done is None:
            cast("DeskApp", self.app).do(lambda: standing(self.desk), then=self._got)

    def _got(self, now: Standing) -> None:
        if not self.is_attached or self._done is not None:
            return
        self._refused = now.refused
        self._items = sorted(now.items, key=lambda item: (not self._blocks(item), KINDS.index(item["kind"])))
        self._names = tuple(name for name in now.officers if name != self.desk.officer)[:NAMES_MAX]
        names = self.query_one("#hand-names", Static)
        names.update(offered(self._names))
        names.display = bool(self._names)
        self.table.update_list((item["kind"], item["id"]) for item in self._items)
        self._loaded = True
        self._draw()

    def _blocks(self, item: Mapping[str, Any]) -> bool:
        return self._refused is not None and (item["kind"], item["id"]) in blocking(self._refused)

    def _unseen(self) -> int:
        return sum(key_of(item) not in self._seen for item in self._items)

    def _draw(self) -> None:
        n = len(self._items)
        intro = tr("desk.duty.intro", officer=self.desk.officer or "--", n=n)
        self.query_one("#hand-intro", Static).update(intro)
        ticked = tr("desk.hand.ticked", seen=n - self._unseen(), n=n) if n else tr("desk.duty.nothing")
        self.query_one("#hand-box").border_subtitle = ticked
        row = self.table.cursor
        text = item_text(self._items[row]) if 0 <= row < n else tr("desk.row_gone") if n else ""
        box = self.query_one("#hand-item", Static)
        box.update(folded(text, box.content_size.width))
        self._say(self._said)

    def _say(self, said: str) -> None:
        """Why it is refused, as long as it is; below it what is to be said now."""
        self._said = said
        self.query_one("#hand-said", Static).update("\n".join(filter(None, (refusal_text(self._refused), said))))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        if event.opened:
            self.query_one(Input).focus()
        self._draw()

    def action_tick(self) -> None:
        """Looked at: the item under the cursor is ticked and the next one without a tick is shown; once more takes the
        tick away. Where the item under the cursor has gone nothing is ticked, for nobody has looked at another."""
        row = self.table.cursor
        if not self.table.has_focus:
            return
        self._said = ""
        if 0 <= row < len(self._items):
            self._seen ^= {key_of(self._items[row])}
            self.table.touch([row])
        if row < 0 or key_of(self._items[row]) in self._seen:
            self._to_next_unseen(row)
        self._draw()

    def _to_next_unseen(self, row: int) -> None:
        """The next below that is not ticked, from the top again after the last."""
        rows = self.table.order.tolist()
        at = rows.index(row) + 1 if row in rows else 0
        unseen = (each for each in rows[at:] + rows[:at] if key_of(self._items[each]) not in self._seen)
        if (following := next(unseen, None)) is not None:
            self.table.go_to(following)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        name = meant(event.value, self._names)
        lacking = self._lacking(name)
        if self._done is not None or not self._loaded or self._busy:  # a second Enter while the first is being written
            return
        if lacking:
            self._say(lacking)
        else:
            self._busy = True
            seen = frozenset(self._seen)
            cast("DeskApp", self.app).do(lambda: self._hand_over(name, seen), then=self._answered)

    def _lacking(self, name: str) -> str:
        """What the officers have not done yet, in words; "" if nothing."""
        if not name:
            return tr("desk.form.missing", field=tr("desk.duty.to"))
        return tr("desk.hand.unseen", n=self._unseen()) if self._unseen() else ""

    def _hand_over(self, name: str, seen: frozenset[tuple[Any, ...]]) -> Handed | Refused | FengqiaoError | None:
        """None if something has come up that nobody has ticked."""
        try:
            items = self.desk.open_items()
            if any(key_of(item) not in seen for item in items):
                return None
            done = self.desk.hand_over(name)
            return done if isinstance(done, Refused) else Handed(self.desk.officer, name, len(items), done)
        except FengqiaoError as refused:
            return refused
        finally:
            self._busy = False

    def _answered(self, done: Handed | Refused | FengqiaoError | None) -> None:
        if not self.is_attached or self._done is not None:
            return
        if isinstance(done, Handed):
            self._handed(done)
        elif isinstance(done, FengqiaoError):
            self._say(fault_text(done))
        else:
            self._refused = done or self._refused
            self._say("" if done else tr("desk.hand.came_up"))
            self._fetch()

    def _handed(self, done: Handed) -> None:
        """The seat has passed on: header and dialog say so, until somebody closes it."""
        self._done = done
        cast("DeskApp", self.app).on_watch.take(done.to_officer)
        for part in ("#hand-list", "#hand-item", "#hand-names", "#hand-said", "Horizontal"):
            self.query_one(part).display = False
        self.query_one("#hand-intro", Static).update(handed_text(done))
        self.query_one(".hint", Static).update(tr("desk.sheet.keys"))

    def action_cancel(self) -> None:
        self.dismiss(self._done)


def standing(desk: "Desk") -> Standing:
    """Reads the disk."""
    return Standing(desk.open_items(), desk.in_the_way(), desk.officers())


def key_of(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """What was ticked: an item whose state or gravity has changed since must be looked at again."""
    return (item["kind"], item["id"], item["state"], item["priority"])


def blocking(refused: Refused) -> set[tuple[str, str]]:
    """Kind and id of the items that stand in the way."""
    kind = "outcome" if refused.reason == "owed" else "alert"
    return {(kind, alert.alert) for alert in refused.alerts}


def kind_word(item: Mapping[str, Any]) -> str:
    if item["kind"] != "alert":
        return tr(f"desk.hand.kind_{item['kind']}")
    return tr(f"desk.hand.state_{item['state']}")


def item_text(item: Mapping[str, Any]) -> str:
    return f"{item['id']} {item['text']}".strip() if item["kind"] == "case" else str(item["text"])


def folded(text: str, width: int, indent: str = "") -> str:
    """Lines of at most ``width`` cells, broken as both scripts are: between words, between Chinese characters, never
    before a closing mark."""
    if width < WIDTH_MIN:
        return plain(text)
    lines = [""]
    for piece in PIECE.findall(plain(text)):
        for part in chop_cells(piece, width - len(indent)):
            if cell_len(lines[-1] + part.rstrip()) > width:
                lines.append(indent)
            lines[-1] += part if lines[-1].strip() else part.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def refusal_text(refused: Refused | None) -> str:
    return tr(f"desk.duty.refused_{refused.reason}", n=len(refused.alerts)) if refused else ""


def handed_text(done: Handed) -> Text:
    facts = {"before": done.from_officer, "officer": done.to_officer, "n": done.items}
    lines = (tr("desk.hand.done", **facts), "", tr("desk.hand.snapshot"), done.snapshot, "", tr("desk.hand.keep"))
    return Text("\n").join(Text(line) for line in lines)
