"""The call sheet: opened with one key, read out over radio or telephone. Opening it shows telephone numbers, and
that somebody looked at them is logged."""

import os
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from fengqiao.app.call_sheet import (
    CALLING_CHANNEL,
    WORKING_CHANNEL,
    Addressee,
    CallSheetFacts,
    Helper,
    Role,
    call_sheet,
    spoken_position,
)
from fengqiao.desk.desk import Desk
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import priority_word
from fengqiao.desk.panes.alerts import now_lines, scene_of
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

CHANNEL_VARIABLE = "FENGQIAO_VHF_WORKING"  # the centre's own working channel, such as "VHF 08"


class CallSheet(Sheet):
    BINDINGS: ClassVar[list[Any]] = [Binding("f9,t", "dismiss", show=False)]

    def __init__(self, desk: Desk, alert: AlertRow, picture: DeskPicture) -> None:
        super().__init__(tr("desk.call.title"), keys=tr("desk.call.keys"))
        self._desk, self._alert, self._picture = desk, alert, picture
        self.alert = alert.alert
        self.facts = call_sheet(alert, scene_of(picture))

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = f"{self._title}  {tr(f'rule.{self._alert.rule}')} {priority_word(self._alert)}"
            box.border_subtitle = self._keys
            yield Prose(sheet_lines(self._alert, self.facts, self._picture), id="sheet-text")

    def on_mount(self) -> None:
        seen = {"alert": self._alert.alert, "mmsi": list(self.facts.shown)}
        self.desk_app.do(lambda: self._desk.log_look("call_sheet", seen))

    @property
    def desk_app(self) -> "DeskApp":
        from fengqiao.desk.app import DeskApp

        app = self.app
        assert isinstance(app, DeskApp)
        return app


def sheet_lines(alert: AlertRow, facts: CallSheetFacts, picture: DeskPicture) -> list[Text]:
    """What must be seen without scrolling comes first: on what, where, whom, and what to say."""
    out = [channels()]
    if facts.position:
        out.append(Text(tr("desk.alert.position", position=spoken_position(tr("lang"), facts.position)), style="bold"))
    if facts.meeting:
        out.append(now_lines(alert, picture)[1])
    for one in facts.addressees:
        out += [Text(""), *_addressee_lines(one)]
    if not facts.addressees:
        out += [Text(""), Text(tr("desk.call.nobody"))]
    if facts.helpers:
        out += [Text(""), Text(tr("desk.call.helpers"), style="bold"), *map(_helper_line, facts.helpers)]
    return out


def channels() -> Text:
    own = os.environ.get(CHANNEL_VARIABLE, "").strip()
    said = "desk.call.channels_set" if own else "desk.call.channels"
    return Text(tr(said, calling=CALLING_CHANNEL, working=plain(own) or WORKING_CHANNEL))


def _addressee_lines(one: Addressee) -> list[Text]:
    head = [tr(f"call.role.{one.role}")]
    if one.role is not Role.ALL:
        head += [plain(one.name), f"MMSI {one.mmsi:09d}", plain(one.callsign)]
    out = [Text("  ".join(filter(None, head)), style="bold reverse")]
    if one.known:
        said = "desk.call.phone" if one.phone else "desk.call.no_phone"
        out.append(Text("  " + tr(said, phone=one.phone, owner=one.owner or "--"), style="bold"))
    elif one.role is not Role.ALL:
        out.append(Text("  " + tr("desk.call.not_registered")))
    # The blanks stand for the tag on lines that are folded, so that the sentence stays one block.
    for n, (lang, sentence) in enumerate(one.said):
        out.append(Text(f"  [{tr(f'desk.call.{lang}')}] {plain(sentence)}", style="" if n else "bold"))
    return out


def _helper_line(helper: Helper) -> Text:
    reach = {"minutes": helper.minutes, "nm": helper.distance_nm, "course": helper.course_deg}
    words = [tr("desk.call.helper_line", **reach), plain(helper.name), f"{helper.mmsi:09d}", plain(helper.callsign)]
    words += [plain(helper.phone), tr("desk.call.assumed") if helper.assumed_speed else ""]
    return Text("  " + "  ".join(filter(None, words)))
