"""What the documents show is what the program says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown() -> list[tuple[str, str, tuple[str, ...]]]:
    """Page, command, and the output lines shown under it; only commands that show output."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
            for part in parts:
                command, *output = part.rstrip("\n").split("\n")
                if command.startswith("tailorbird ") and output:
                    found.append((page.name, command, tuple(output)))
    return found


def test_some_commands_are_shown_with_their_output() -> None:
    assert shown()


@pytest.mark.parametrize(("page", "command", "output"), shown(), ids=lambda item: item if isinstance(item, str) else "")
def test_a_shown_command_prints_what_is_shown(page: str, command: str, output: tuple[str, ...]) -> None:
    words = shlex.split(command)[1:]
    done = subprocess.run([sys.executable, "-m", "tailorbird", *words], capture_output=True, text=True, check=False)
    assert done.stdout.rstrip("\n").split("\n") == list(output), page


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_file_the_house_names_is_there() -> None:
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:core|solve|world|bench|engine|domains|cli|corpus|assemble)/[\w/]+\.(?:py|yaml))`", text
    ):
        assert (ROOT / "src" / "tailorbird" / name).exists(), name
