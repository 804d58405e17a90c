"""Is somebody on watch at this desk, and is it me: the one place that knows, and that asks who is where nobody is."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fengqiao.desk.dialogs.sign_on import SignOnDialog

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp


class OnWatch:
    """Who sits at the desk of ``app``; ``changed`` is called when somebody takes the seat."""

    def __init__(self, app: "DeskApp", changed: Callable[[], None]) -> None:
        self._app, self._changed = app, changed

    @property
    def officer(self) -> str:
        """Whose name acts bear; "" when nobody is on."""
        return self._app.desk.officer

    def as_officer(self, work: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Do what somebody must answer for; where nobody is on, ask who is instead."""
        if self.officer:
            work(*args, **more)
        else:
            self.ask()

    def ask(self) -> None:
        self._app.push_screen(SignOnDialog(self._app.desk), self._signed_on)

    def _signed_on(self, officer: str | None) -> None:
        if officer is not None:
            self.take(officer)

    def take(self, officer: str) -> None:
        """He sits here now."""
        self._app.desk.officer = officer
        self._changed()

    def greet(self) -> None:
        """When the desk starts: who was on still is; where nobody is, he is asked for."""
        self._app.do(self._app.desk.who_is_on, then=self._greeted)

    def _greeted(self, officer: str) -> None:
        self.take(officer)
        if not officer:
            self.ask()

    def follow(self, before: str, officer: str) -> None:
        """``officer`` is who the store said is on, read while ``before`` sat here.

        The seat may have passed on at another desk or by command; unless it just did here, after the reading.
        """
        if self.officer == before:
            self._app.desk.officer = officer
