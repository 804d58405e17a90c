"""What the README tells a newcomer to type, typed: in both tongues, on a folder of their own."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from live import ROOT, UDP, command, fengqiao, watching

READMES = ("README.md", "README.zh-CN.md")
UNBUFFERED = {**os.environ, "PYTHONUNBUFFERED": "1"}
RUNS_ON = ("watch", "desk")  # commands that do not end by themselves; their options are asked for instead


def commands_of(readme: str) -> list[list[str]]:
    """Words after ``fengqiao`` of every command in a block, without pipes before it or comments after."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / readme).read_text("utf-8"), re.S | re.M)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    ours = [re.search(r"(?:^|\| )fengqiao (.*)", line) for line in lines]
    return [shlex.split(found.group(1), comments=True) for found in ours if found]


def test_both_readmes_teach_the_same_commands() -> None:
    ours, theirs = ([line[:2] for line in commands_of(name)] for name in READMES)
    assert ours == theirs
    assert {words[0] for words in ours} >= {"watch", "register", "act", "doctor", "desk"}


@pytest.mark.parametrize("readme", READMES)
def test_every_command_of_the_readme_does_what_it_says(readme: str, tmp_path: Path) -> None:
    folder = tmp_path / "bay"
    with watching(folder, "--feed", UDP):
        for words in commands_of(readme):
            if words[0] in RUNS_ON:
                known = fengqiao(words[0], "--help").stdout
                unknown = [word for word in words if word.startswith("--") and word not in known]
                assert not unknown, words
                continue
            done = fengqiao(*(str(folder) if word == "~/bay" else word for word in words), cwd=ROOT)
            assert done.returncode == 0, (words, done.stdout, done.stderr)


@pytest.mark.parametrize(("readme", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_demonstration_begins_as_the_readme_shows(readme: str, lang: str, tmp_path: Path) -> None:
    shown = re.findall(r"^\d\d:\d\d:\d\d .*(?=…$)", (ROOT / readme).read_text("utf-8"), re.M)
    asked = command("replay", "--demo", "--lang", lang, "--data", str(tmp_path))
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=UNBUFFERED) as demo:
        assert demo.stdout is not None
        alerts = (line for line in demo.stdout if line[:2].isdigit())
        first = [next(alerts) for _ in shown]
        demo.kill()
    assert shown and all(line.startswith(begun) for line, begun in zip(first, shown, strict=True))
