"""How a case comes about at the desk: from an alert, from a vessel, from what was told; and then it is shown."""

from typing import TYPE_CHECKING

from fengqiao.app.casework import Draft
from fengqiao.desk.dialogs.form import Form
from fengqiao.desk.panes.cases import CasesPane, case_fields
from fengqiao.desk.text import tr
from fengqiao.store.tables import AlertRow

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp


class CaseOpening:
    """Asks and registers in the name of who is on; ``show`` is where each way ends."""

    def __init__(self, app: "DeskApp") -> None:
        self._app = app

    def of_alert(self, alert: AlertRow | None) -> None:
        """Everything filled in from the alert; the case it has already, if it has one. From none by hand."""
        if alert is None:
            self._pane().action_by_hand()
        else:
            self._app.on_watch.as_officer(self._app.do, self._app.desk.draft_of, alert, then=self._drafted)

    def _drafted(self, found: tuple[Draft, str]) -> None:
        draft, case_no = found
        if case_no:
            self.show(case_no)
        else:
            self.ask(draft, tr("desk.case.from_alert"))

    def about(self, mmsi: int) -> None:
        """A case that somebody tells of this vessel."""
        self._app.on_watch.as_officer(self._app.do, self._app.desk.draft_about, mmsi, then=self._about)

    def _about(self, draft: Draft) -> None:
        self.ask(draft, tr("desk.dossier.case_intro", name=draft.title))

    def ask(self, draft: Draft, intro: str) -> None:
        """What is known stands in the form; what the officer makes of it becomes a case."""
        form = Form(tr("desk.key.open_case"), case_fields(draft, None), intro)
        self._app.push_screen(form, lambda said: self._file(draft, said))

    def _file(self, draft: Draft, said: dict[str, str] | None) -> None:
        if said is not None:
            self._app.do(self._app.desk.register, draft, said, then=self.show)

    def show(self, case_no: str) -> None:
        self._app.notify(tr("desk.cases.registered", case_no=case_no))
        self._pane().fetch(case_no)

    def _pane(self) -> CasesPane:
        pane = self._app.open_pane("cases")
        assert isinstance(pane, CasesPane)
        return pane
