"""All words a person reads. Facts travel; wording lives here.

Catalogues are gettext ``.po`` files, ``<language>/<area>.po``, with message ids such as ``alert.collision`` and
``str.format`` fields (``{cpa_nm:.2f}``). To add a language: a folder with the same files. To add a message: the
same id in every language; a test compares ids and fields.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
LAST_MINUTE = 0.75  # minutes: said as under one, not rounded


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Every message of one language, id to template."""
    out: dict[str, str] = {}
    for area in sorted((files(__name__) / lang).iterdir(), key=lambda entry: entry.name):
        if not area.name.endswith(".po"):
            continue
        with area.open("rb") as stream:
            for message in read_po(stream, abort_invalid=True):
                if message.id and not message.fuzzy:
                    out[str(message.id)] = str(message.string)
    return out


def say(lang: str, message: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence for ``message`` with its facts filled in.

    Facts never become templates, so a hostile vessel name stays plain text; control and direction characters in
    them are replaced. A code such as ``confidence=official`` is written ``{confidence:word}`` and becomes the word
    the catalogue has under ``confidence.official``. Minutes to go are written ``{tcpa_min:soon}``: whole ones, and
    "under 1" for the last, which is no time to say 0. A message missing from the catalogue shows its id and facts: an
    ugly truth, not a crash.
    """
    template = catalogue(lang).get(message)
    if template is None:
        return plain(f"{message} {dict(facts or {})}")
    try:
        return template.format_map({k: _safe(lang, k, v) for k, v in (facts or {}).items()})
    except (KeyError, ValueError, TypeError, IndexError):
        return plain(f"{message} {dict(facts or {})}")


def plain(text: str) -> str:
    """Text from outside, made safe for a terminal: no control, escape, direction or line characters."""
    return "".join(c if _printable(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _printable(char: str) -> bool:
    return char == " " or (char.isprintable() and not _turns_direction(char))


def _turns_direction(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" or char in "\u200e\u200f\u061c"


class _Text(str):
    """A text fact that knows its name, so that a template may ask for the word behind a code."""

    __slots__ = ("lang", "name")
    lang: str
    name: str

    def __format__(self, spec: str) -> str:
        if spec == "word":
            return catalogue(self.lang).get(f"{self.name}.{self}", str(self))
        return super().__format__(spec)


class _Minutes(float):
    """A number fact that can be said as minutes to go."""

    __slots__ = ("lang",)
    lang: str

    def __format__(self, spec: str) -> str:
        if spec == "soon":
            return f"{self:.0f}" if self >= LAST_MINUTE else catalogue(self.lang)["minutes.last"]
        return super().__format__(spec)


def _safe(lang: str, name: str, value: Any) -> Any:
    if isinstance(value, float):
        minutes = _Minutes(value)
        minutes.lang = lang
        return minutes
    if not isinstance(value, str):
        return value
    text = _Text(plain(value))
    text.lang, text.name = lang, name
    return text
