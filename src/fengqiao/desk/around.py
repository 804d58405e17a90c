"""What the lines around every pane say: who is on watch and what runs, what nobody has seen, which keys work."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich.style import Style
from textual.binding import ActiveBinding

from fengqiao.app.clock_said import clock_said
from fengqiao.desk.actions import PANES
from fengqiao.desk.dialogs.help import key_name
from fengqiao.desk.look import priority_word, sentence
from fengqiao.desk.panes.out_of_service import outages
from fengqiao.desk.picture import DeskPicture, Mode
from fengqiao.desk.text import ago, clock, tr
from fengqiao.desk.themes import THEMES, colour_of
from fengqiao.desk.widgets.top import Key, Pieces
from fengqiao.model.findings import Priority

URGENT = ("acknowledge", "silence")  # of the keys below, shown before those of pane and dialog
HELP = "help_panel"
BOTH_TITLES = 110  # columns from which the name of the desk is written in full
ALL_KEYS = 100  # columns from which the banner names its keys with their words
STRONG = Style(bold=True)

Form = tuple[Pieces, Pieces]  # what keeps to the left, what keeps to the right


def head_forms(
    picture: DeskPicture, officer: str, pane: str, new_tips: int, columns: int, palette: str
) -> tuple[Form, ...]:
    """The header at decreasing length; ``pane`` is the one in sight."""
    right = [*_clock_apart(picture), *_feeds(picture, palette), *_officer_and_clock(picture, officer)]
    first = (
        [] if picture.mode is Mode.LIVE else [(f" {tr(f'desk.mode.{picture.mode}')} ", STRONG + Style(reverse=True))]
    )
    title = (f" {tr('desk.title' if columns >= BOTH_TITLES else 'desk.title_short')} ", STRONG)
    words = [f"{n}{tr(f'desk.pane.{name}')}{_count(picture, name, new_tips)}" for n, name in enumerate(PANES, 1)]
    wide, close = _tabs((f" {word} " for word in words), pane), _tabs((f"{word} " for word in words), pane)
    numbers = _tabs((f" {n} " for n in range(1, len(PANES) + 1)), pane)
    return (
        ([*first, title, *wide], right),
        ([*first, *wide], right),
        ([*first, *close], [(text[1:], style) for text, style in right]),
        ([*first, *numbers], right),
    )


def _clock_apart(picture: DeskPicture) -> Pieces:
    """That the computer's clock says another time; which, where no alert has the banner."""
    said = None if picture.stale else clock_said(picture.meta.get("clock"))
    return [] if said is None else [(f" !! {tr('clock.short', **said.facts)} ", STRONG + Style(reverse=True))]


def _officer_and_clock(picture: DeskPicture, officer: str) -> Pieces:
    said = (officer or tr("desk.nobody"), clock(picture.time_ms) if picture.time_ms else "--:--:--")
    return [(f" {text} ", STRONG) for text in said]


def _tabs(words: Iterable[str], pane: str) -> Pieces:
    looks = (Style(reverse=name == pane, bold=name == pane) for name in PANES)
    return list(zip(words, looks, strict=True))


def _count(picture: DeskPicture, pane: str, new_tips: int) -> str:
    if pane == "cases":
        return f" +{new_tips}" if new_tips else ""
    waiting = len(picture.unacknowledged)
    return f" {waiting}/{len(picture.alerts)}" if pane == "alerts" and picture.alerts else ""


def _feeds(picture: DeskPicture, palette: str) -> Pieces:
    """Rate of all feeds and age of the newest sentence; in red, with a mark, when the watch or a feed is dead."""
    if picture.stale:
        said = tr("desk.no_watch") if picture.seq == 0 else tr("desk.stale", age=ago(picture.age_s))
        return [(f" !! {said} ", _danger(palette))]
    live = [feed for feed in picture.feeds if not feed["ended"]]
    rate = sum(feed["rate_per_s"] for feed in live)
    newest = max((feed["last_ms"] for feed in picture.feeds), default=0)
    age = ago((picture.time_ms - newest) / 1000) if newest else "--"
    return [(f" AIS {rate:.0f}/s {age} ", Style(dim=not live))]


def banner(picture: DeskPicture, columns: int, palette: str, lit: bool) -> Form:
    """The gravest alert that nobody has seen; ``lit``: an alarm shows reversed, as it does every other half second."""
    if picture.stale:
        said = tr("desk.banner.no_watch" if picture.seq == 0 else "desk.banner.stale")
        return [(f" !! {said}", _danger(palette))], ()
    waiting = picture.unacknowledged
    if not waiting and (apart := clock_said(picture.meta.get("clock"))):
        return [(f" !! {tr(apart.message, **apart.facts)}", STRONG)], ()
    if not waiting:
        calm = (f" {tr('desk.banner.calm')}", Style(dim=True))
        out = len(outages(picture))  # nobody may take for calm what is only not told
        return [calm, *([(f"  {tr('desk.banner.out', n=out)}", STRONG)] if out else [])], ()
    top = waiting[0]
    loud = top.priority >= Priority.ALARM
    style = Style(bold=True, reverse=loud and lit, color=colour_of(palette, top))
    mark = "!!" if loud else "! "
    more = f" +{len(waiting) - 1}" if len(waiting) > 1 else ""
    keys = f" {tr('desk.banner.keys')} " if columns >= ALL_KEYS else " F2 "
    # The sentence is of when the alert last changed: minutes in it count from there.
    left = [(f" {mark} {priority_word(top)} {clock(top.at_ms)[:5]} {sentence(top)}", style)]
    return left, [(f"{more} ", STRONG), (keys, Style(reverse=True))]


def keys_of(active: Iterable[ActiveBinding]) -> tuple[Sequence[Key], Sequence[Key]]:
    """What works now, what a watch cannot wait for first; the key to the whole list is never left out."""
    keys: dict[str, Key] = {}  # by action; of several keys the first
    for one in (worded(each).binding for each in active if each.binding.show):
        name = one.action.removeprefix("app.")
        keys.setdefault(name, Key(one.key, one.key_display or key_name(one.key), one.description))
    always = [keys.pop(HELP)] if HELP in keys else []
    return [keys[action] for action in sorted(keys, key=lambda action: action not in URGENT)], always


def worded(active: ActiveBinding) -> ActiveBinding:
    """Binding descriptions are message ids; here they become words in the desk's language."""
    binding = active.binding
    if not binding.description.startswith("desk."):
        return active
    return active._replace(binding=replace(binding, description=tr(binding.description)))


def _danger(palette: str) -> Style:
    return Style(bold=True, reverse=True, color=THEMES[palette].error)
