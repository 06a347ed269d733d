"""A small corpus, built, killed, resumed, audited, run again and shown."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tailorbird.assemble import corpora, corpus_checks
from tailorbird.core.block import Kit
from tailorbird.core.errors import BrokenArtefact, UserError
from tailorbird.core.files import read_card
from tailorbird.corpus import lessons, teacher
from tailorbird.corpus.verify import Desk
from tailorbird.engine.scripted import Scripted

SMALL = corpora.Recipe(batches=1, raw=1, variants=2, families=("T001", "T016"), harvest=False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "small"
    corpora.make(SMALL, folder, 1, ())
    return folder


def test_a_second_build_gives_the_same_bytes_even_after_a_kill(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = corpora.work

    def dies(
        recipe: corpora.Recipe, unit: corpora.Unit, folder: Path, protect: Sequence[Path] = ()
    ) -> tuple[str, int, float]:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(unit.name)
        return real(recipe, unit, folder, protect)

    monkeypatch.setattr(corpora, "work", dies)
    with pytest.raises(KeyboardInterrupt):
        corpora.make(SMALL, tmp_path / "again", 1, ())
    monkeypatch.setattr(corpora, "work", real)
    card = corpora.make(SMALL, tmp_path / "again", 1, ())
    assert card.metrics["hash"] == read_card(small).metrics["hash"]
    assert card.files == read_card(small).files


def test_rows_of_every_kind_come_with_their_proof(small: Path) -> None:
    rows = list(corpus_checks.rows(small))
    assert {"complete", "plan", "spec", "code", "repair"} <= {row.kind for row in rows}
    assert all(row.oracle and row.proof for row in rows if row.kind in ("code", "repair"))
    assert len({row.id for row in rows}) == len(rows)


def test_rows_run_again_from_the_files_and_pass(small: Path, desk: Desk) -> None:
    found = corpus_checks.check(small, 12, 3)
    assert found.passed == found.drawn == 12, found.faults


def test_a_row_that_was_tampered_with_does_not_pass(small: Path, tmp_path: Path, desk: Desk) -> None:
    row = next(row for row in corpus_checks.rows(small) if row.kind == "code")
    messages = (*row.messages[:-1], replace(row.messages[-1], content=row.answer.replace("return", "return 1 +", 1)))
    proofs = {item.id: item for item in corpus_checks.build.read_lines(small / "proofs.jsonl.gz", corpus_checks.Proof)}
    assert "not in the program" in corpus_checks._again(replace(row, messages=messages), proofs[row.proof], desk, "iot")
    other = replace(proofs[row.proof], expected=({"wrong": 1},) * len(proofs[row.proof].expected))
    assert corpus_checks._again(row, other, desk, "iot")


def test_the_audit_finds_no_leak_and_all_planted_copies(small: Path) -> None:
    found = corpus_checks.audit(small, (), 50)
    assert found.clean, (found.hits[:3], found.siblings, found.missed)
    assert found.planted == found.found == 50
    assert found.scanned > 100


def test_a_leak_is_found_in_the_files(small: Path, tmp_path: Path) -> None:
    from tailorbird.assemble import domain

    copy = tmp_path / "leaky"
    (copy / "rows").mkdir(parents=True)
    held = next(item.text for item in domain("iot").families["T001"].wordings if item.held and item.language == "en")
    with gzip.open(small / "rows" / "train.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    row = next(line for line in lines if line["kind"] == "plan")
    head, _, tail = row["messages"][1]["content"].partition("\n\n")
    row["messages"][1]["content"] = f"# Goal\n{held}\n\n{tail}" if head.startswith("# Goal") else f"# Goal\n{held}"
    with gzip.open(copy / "rows" / "train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(line) + "\n" for line in lines))
    (copy / "card.json").write_text((small / "card.json").read_text(encoding="utf-8"), encoding="utf-8")
    found = corpus_checks.audit(copy, (), 0)
    assert len(found.hits) == 1
    assert not found.clean


def test_another_recipe_does_not_overwrite_a_corpus(small: Path) -> None:
    with pytest.raises(UserError, match="another corpus"):
        corpora.make(replace(SMALL, seed=2), small, 1, ())


def test_rows_are_shown_with_the_answer_marked(small: Path) -> None:
    text = corpus_checks.shown(small, 1, "code", "train", 0, ("<<", ">>"))[0]
    assert text.count("<<") == text.count(">>") == 1
    assert "def " in text.partition("<<")[2]
    with pytest.raises(UserError, match="no row"):
        corpus_checks.shown(small, 1, "code", "nowhere", 0, ("", ""))
    with pytest.raises(BrokenArtefact):
        corpus_checks.shown(small / "rows", 1, "", "train", 0, ("", ""))


def test_no_group_stands_in_training_and_in_an_unseen_split(kit: Kit, desk: Desk) -> None:
    seen: dict[str, set[str]] = {}
    for number in range(2):
        for row in lessons.batch(kit, desk, 5, number, lessons.Effort(raw=1, wordings=2, slips=0)).lessons:
            seen.setdefault(row.group, set()).add(row.split)
    assert all(not ({"train"} <= splits and "unseen-composition" in splits) for splits in seen.values())


def test_a_teachers_rows_pass_the_same_gates(kit: Kit, desk: Desk) -> None:
    bad = Scripted(["tell me more"] + ["```python\ndef wrong():\n    return 1\n```", "tell me more"] * 20, name="bad")
    made = teacher.batch(kit, desk, bad, "bad", 1, 0, tasks=2)
    assert not made.lessons
    assert {item.gate for item in made.rejected} >= {"teacher", "lint"}
