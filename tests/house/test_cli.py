"""The command line: quick help, data on stdout, exit codes, JSON everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numpy", "scipy", "matplotlib", "torch", "transformers", "yaml")
VERBS = [
    [], ["solve"], ["say"], ["demo"], ["doctor"], ["home"], ["home", "show"], ["home", "audit"], ["bench"], ["bench", "run"],
    ["bench", "prove"], ["bench", "report"], ["bench", "compare"], ["bench", "rescore"], ["bench", "list"], ["bench", "forge"],
]  # fmt: skip


def tailorbird(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tailorbird", *words], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words) or "tailorbird")
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom tailorbird.cli.app import app\n"
        f"try: app({[*words, '--help']!r})\nexcept SystemExit as end: assert not end.code\n"
        f"sys.stderr.write(','.join(sorted(set({HEAVY!r}) & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
    assert done.stderr == ""


def test_importing_the_package_writes_prints_and_opens_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\nopened = []\n"
        "sys.addaudithook(lambda name, args: opened.append(args) if name == 'socket.connect' "
        "or (name == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+')) else None)\n"
        "import pkgutil, importlib, tailorbird\n"
        "for info in pkgutil.walk_packages(tailorbird.__path__, 'tailorbird.'):\n"
        "    if 'solutions' not in info.name and not info.name.endswith('__main__'): importlib.import_module(info.name)\n"
        "assert not opened, opened\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_say_carries_out_a_command_and_shows_call_policy_and_change() -> None:
    done = tailorbird("say", "turn on the kitchen light")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        '  <tool_call>{"name":"light_on","arguments":{"target":["kitchen_light"]}}</tool_call>',
        "  policy: go",
        "  kitchen_light.on: False → True",
        "Done: Kitchen light: on.",
    ]
    assert "retrieval baseline" in done.stderr


def test_a_door_waits_for_a_yes_and_a_flag_is_none() -> None:
    asked = tailorbird("say", "unlock the front door", "--json")
    assert asked.returncode == 1
    assert json.loads(asked.stdout)["status"] == "ask"
    flagged = tailorbird("say", "unlock the front door", "--yes", "--json")
    assert flagged.returncode == 1
    assert json.loads(flagged.stdout)["status"] == "refused"
    assert json.loads(flagged.stdout)["changes"] == []


def test_a_dry_run_leaves_no_account(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    tailorbird("say", "turn on the kitchen light", "--dry-run", "--log", str(log))
    assert not log.exists()
    tailorbird("say", "turn on the kitchen light", "--log", str(log))
    assert tailorbird("home", "audit", str(log)).returncode == 0
    log.write_text(log.read_text(encoding="utf-8").replace("kitchen_light", "kitchen_night"), encoding="utf-8")
    broken = tailorbird("home", "audit", str(log))
    assert broken.returncode == 1
    assert "differs from its hash" in broken.stdout


def test_a_language_other_than_english_is_answered_in_it() -> None:
    assert "已完成" in tailorbird("say", "打开厨房灯").stdout


@pytest.mark.parametrize("words", [["home", "show", "--json"], ["bench", "list", "--json"]], ids=" ".join)
def test_json_is_the_only_thing_on_stdout(words: list[str]) -> None:
    done = tailorbird(*words)
    assert done.returncode == 0
    assert isinstance(json.loads(done.stdout), dict)


def test_a_foreign_wish_is_declined_with_exit_1_and_asks_what_to_return(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("time,v\n0,1\n1,2\n", encoding="utf-8")
    done = tailorbird("solve", "write a poem about the sea", "--in", str(path), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "ask"


def test_the_demo_writes_a_program_a_page_and_says_both_results(tmp_path: Path) -> None:
    pytest.importorskip("sktime")
    done = tailorbird("demo", "--out", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    assert "heart_rate_bpm: 7" in done.stdout
    assert "Done: Kitchen light: on." in done.stdout
    folder = tmp_path / "demo" / "heart"
    assert {"program.py", "README.md", "plan.md", "attempt.json", "report.html", "result.json", "card.json"} <= {
        path.name for path in folder.iterdir()
    }
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 2
    assert not [word for word in ("http://", "https://") if f'src="{word}' in page or f'href="{word}' in page]
    again = subprocess.run(
        [sys.executable, str(folder / "program.py"), "-i", str(tmp_path / "demo" / "ecg.csv")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(again.stdout) == json.loads((folder / "result.json").read_text(encoding="utf-8"))
