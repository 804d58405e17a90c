"""Names of alerts: the same alert has the same name in every replay, and the name is safe as a file or an argument."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2s

STEM_CHARS_MAX = 96  # with the time and a hash an id stays under 128 characters, half of what file systems allow
_UNSAFE = re.compile(r"[^A-Za-z0-9._@-]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def alert_id(rule: str, key: tuple[str, ...], raised_ms: int) -> str:
    """``rule-key-key-20261122T131500Z``, of the characters A-Z a-z 0-9 . _ @ - and at most 128 of them.

    Where that could not be said unchanged, or would not tell two keys of a rule apart, a hash of the whole key
    stands before the time. A rule's keys have one length, so a hyphen in the last part is no ambiguity.
    """
    raised = _EPOCH + timedelta(milliseconds=raised_ms)
    return f"{_stem(rule, key)}-{raised:%Y%m%dT%H%M%SZ}"


def _stem(rule: str, key: tuple[str, ...]) -> str:
    whole = "-".join((rule, *key))
    safe = _UNSAFE.sub("_", whole)[:STEM_CHARS_MAX]
    if safe == whole and not any("-" in part for part in key[:-1]):
        return safe
    return f"{safe}-{blake2s(repr((rule, key)).encode(errors='backslashreplace'), digest_size=6).hexdigest()}"
