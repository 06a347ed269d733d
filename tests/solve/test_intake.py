"""Words and files become a requirement; what is missing is asked for or stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tailorbird.core.attempt import Reply, Request
from tailorbird.core.errors import BadFile, UserError
from tailorbird.core.program import Requirement
from tailorbird.engine.scripted import Scripted
from tailorbird.solve.desk import Desk
from tailorbird.solve.intake import intake, limits
from tailorbird.solve.look import look

OUTPUT = "- `mean` (float, degC): mean temperature"


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text("time,temp_c\n0,20.5\n1,21\n2,21.5\n", encoding="utf-8")
    return path


def take(text: str, answers: list[str], *files: Path) -> Requirement | Reply:
    request = Request(text, files={path.name: str(path) for path in files})
    return intake(request, Scripted(answers), Desk())


def test_free_words_become_a_goal_and_the_rest_is_stated_as_assumed(readings: Path) -> None:
    made = take("mean temperature", [OUTPUT], readings)
    assert isinstance(made, Requirement)
    assert made.files == ("`readings.csv`: CSV with a header, columns `time` (s), `temp_c` (degC); 3 rows",)
    assert made.outputs[0].name == "mean"
    assert made.assumed == ("the values to return: mean",)


def test_headed_sections_are_taken_as_they_are(readings: Path) -> None:
    text = f"# Target\nmean temperature\n\n# Code Output Format\n{OUTPUT}\n\n# Budget\n- rss_mb <= 200"
    made = take(text, [], readings)
    assert isinstance(made, Requirement)
    assert made.assumed == ()
    assert limits(made) == {"rss_mb": 200.0}


@pytest.mark.parametrize(("text", "slot"), [("", "goal"), ("mean temperature", "input")], ids=["no words", "no file"])
def test_what_is_missing_is_asked_for_once(text: str, slot: str) -> None:
    made = take(text, [])
    assert isinstance(made, Reply)
    assert (made.intent, made.slot) == ("ask", slot)


def test_an_unreadable_proposal_ends_in_a_question(readings: Path) -> None:
    made = take("mean temperature", ["I think a float", "still prose"], readings)
    assert isinstance(made, Reply)
    assert made.slot == "output_format"


@pytest.mark.parametrize("line", ["rss_mb <= 4", "ram < 5", "fast please"])
def test_a_budget_that_cannot_be_measured_or_met_is_refused(readings: Path, line: str) -> None:
    with pytest.raises(UserError):
        take(f"# Goal\nx\n\n# Output format\n{OUTPUT}\n\n# Budget\n- {line}", [], readings)


def test_limits_said_in_words_become_budgets(readings: Path) -> None:
    made = take("mean temperature in under 200 MB and within 2 seconds", [OUTPUT], readings)
    assert isinstance(made, Requirement)
    assert limits(made) == {"rss_mb": 200.0, "wall_s": 2.0}


def test_a_device_name_alone_constrains_nothing_and_says_so(readings: Path) -> None:
    made = take("mean temperature on a Raspberry Pi", [OUTPUT], readings)
    assert isinstance(made, Requirement)
    assert any("Raspberry Pi" in line for line in made.assumed)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""), ("a.csv", b"\x00\x01\x02"), ("a.csv", b"\xff\xfe1,2"), ("a.json", b"{"), ("a.npy", b"hello"),
        ("a.npz", b"PK\x03\x04 broken"), ("a.wav", b"RIFFxxxxWAVE"), ("a.json", b"[" * 100000), ("a.jsonl", b"{}\n{"[:1]),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_ending_says_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadFile, match=name.replace(".", r"\.")):
        look(path)


def test_units_are_read_from_names(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("t;accel [m/s2];temp_c;power (kW)\n1;2;3;4\n", encoding="utf-8")
    seen = look(path)
    assert [(column.name, column.unit) for column in seen.columns] == [
        ("t", "s"), ("accel [m/s2]", "m/s2"), ("temp_c", "degC"), ("power (kW)", "kW"),
    ]  # fmt: skip
    assert "semicolons" in seen.line
