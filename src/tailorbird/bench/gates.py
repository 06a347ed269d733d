"""Gates of a family that need no further run: blind and malformed answers, pure draws, wordings, one contract.

They judge with the bare `Family.judge`, so that a measure that breaks on hostile data is seen here and not in a run.
Covers: what follows from the reference's answers. Does not cover: programs (`prove.py`).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailorbird.bench.probes import Known, blind, malformed
from tailorbird.bench.proof import Gate
from tailorbird.bench.suite import PLAN
from tailorbird.core.attempt import Outcome
from tailorbird.core.domain import Family, Instance
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Requirement
from tailorbird.core.task import Score

REFERENCE = "reference"

SLOW_S = 5.0
"""Seconds a verdict on a hostile answer may take."""


@dataclass(frozen=True)
class Case:
    """One trial: what is asked, and what each program made of it."""

    level: str
    seed: int
    instance: Instance
    outcomes: dict[str, Outcome]
    scores: dict[str, Score]


def right_answer(case: Case, family: Family) -> dict[str, Any] | None:
    """The reference's right answer to a trial, if it gave one."""
    result = case.outcomes[REFERENCE].result
    if not (case.scores[REFERENCE].passed and isinstance(result, Mapping)):
        return None
    return {slot.name: result[slot.name] for slot in family.contract.outputs}


def _known(family: Family, salts: Sequence[Sequence[Case]], at: int, index: int) -> Known | None:
    """What a blind answer to one trial may be made from: everything but this salt."""
    case, slots = salts[at][index], family.contract.outputs
    right = right_answer(case, family)
    other_salts = [cases for number, cases in enumerate(salts) if number != at] or [
        [*salts[at][:index], *salts[at][index + 1 :]]
    ]
    others = [answer for cases in other_salts for other in cases if (answer := right_answer(other, family)) is not None]
    same = [
        answer
        for cases in other_salts
        for other in cases
        if other.level == case.level and (answer := right_answer(other, family))
    ]
    if right is None or not others:
        return None
    sizes = {name: len(value) for name, value in right.items() if isinstance(value, list)}
    return Known(slots, others, (same or others)[0], sizes, case.instance, case.seed)


def blind_gates(family: Family, salts: Sequence[Sequence[Case]]) -> tuple[Counter[str], list[Gate]]:
    """No blind answer passes all trials of a salt, and none breaks the judge."""
    passes: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    names: set[str] = set()
    broken = ""
    for at, cases in enumerate(salts):
        hits: Counter[str] = Counter()
        for index, case in enumerate(cases):
            known = _known(family, salts, at, index)
            for name, output in blind(known).items() if known else ():
                names.add(name)
                score, fault = _try(family, case.instance, output)
                hits[name] += score
                broken = broken or (f"{name}: {fault}" if fault else "")
        passes += hits
        whole += Counter(name for name, count in hits.items() if count == len(cases))
    through = ", ".join(f"{name} on {count} of {len(salts)} salts" for name, count in whole.most_common(3))
    figure = f"{len(names) - len(whole)}/{len(names)} answers"
    return passes, [
        Gate(
            "blind answers rejected",
            bool(names) and not whole,
            figure,
            f"passed whole salts: {through}" if through else "",
        ),
        Gate("blind answers do not break the judge", not broken, "0 raised" if not broken else "raised", broken),
    ]


def _try(
    family: Family, instance: Instance, output: Any, observed: Mapping[str, Any] | None = None
) -> tuple[bool, str]:
    """Whether the bare judge passes an output, and how it broke, if it did; a blind answer has reached no peer."""
    started = time.perf_counter()
    try:
        passed = family.judge(instance.truth, output, observed).passed
    except Exception as error:  # noqa: BLE001 - a family's own code is the thing under test
        return False, f"the judge raised {type(error).__name__}: {str(error)[:100]}"
    seconds = time.perf_counter() - started
    return passed, f"the judge took {seconds:.1f} s" if seconds > SLOW_S else ""


def malformed_gate(family: Family, salts: Sequence[Sequence[Case]]) -> Gate:
    """A right answer with a fault of form never passes; extremes neither pass all trials nor break the judge."""
    tried = 0
    through: Counter[str] = Counter()
    faults: list[str] = []
    cases = [case for case in salts[0] if right_answer(case, family) is not None]
    for case in cases:
        for item in malformed(family.contract.outputs, right_answer(case, family) or {}):
            passed, fault = _try(family, case.instance, item.output, case.outcomes[REFERENCE].observed)
            tried += 1
            if fault:
                faults.append(f"{item.name}: {fault}")
            elif passed and item.form:
                faults.append(f"{item.name}: passed")
            through[item.name] += passed
    faults += [f"{name}: passed every trial" for name, count in through.items() if cases and count == len(cases)]
    return Gate(
        "malformed answers rejected",
        bool(cases) and not faults,
        f"{tried - len(faults)}/{tried}",
        "; ".join(faults[:3]),
    )


def pure_gate(family: Family, cases: Sequence[Case]) -> Gate:
    """The same seed draws the same instance."""
    odd = []
    for case, level in zip(cases, PLAN, strict=True):
        again = family.generate(case.seed, level)
        same = dict(again.visible) == dict(case.instance.visible) and _plain(again.truth) == _plain(case.instance.truth)
        same = same and _plain(dict(again.script)) == _plain(dict(case.instance.script))
        if not same or again.path != case.instance.path:
            odd.append(level)
    return Gate(
        "draws are pure",
        not odd,
        f"{len(cases) - len(odd)}/{len(cases)}",
        f"different at {', '.join(odd)}" if odd else "",
    )


def _plain(value: Any) -> str:
    return json.dumps(
        value, sort_keys=True, default=lambda item: item.tolist() if hasattr(item, "tolist") else repr(item)
    )


def text_gates(family: Family) -> list[Gate]:
    """Enough wordings of each kind and language, and one contract, byte for byte."""
    kinds = {wording.kind for wording in family.wordings}
    held = {wording.held for wording in family.wordings}
    languages = {wording.language for wording in family.wordings}
    texts = {wording.text for wording in family.wordings}
    lacking = [
        *(f"a {kind} wording" for kind in ("operation", "goal", "terse") if kind not in kinds),
        *(f"a wording in {language}" for language in ("en", "zh") if language not in languages),
        *([] if held == {True, False} else ["held-out and open wordings"]),
        *([] if len(texts) == len(family.wordings) >= 6 else ["six different wordings"]),
    ]
    rendered = [family.requirement(wording.text).render() for wording in family.wordings]
    tails = {
        text.removeprefix(f"# Goal\n{wording.text}") for text, wording in zip(rendered, family.wordings, strict=True)
    }
    try:
        read = [Requirement.parse(text) for text in rendered]
        note = "" if [item.render() for item in read] == rendered else "a requirement does not survive being read"
    except ParseError as error:
        note = f"a requirement cannot be read: {error.message}"
    one = len(tails) == 1 and not note
    return [
        Gate("wordings", not lacking, str(len(texts)), f"lacking: {', '.join(lacking)}" if lacking else ""),
        Gate("one contract in every wording", one, f"{len(tails)} texts", note),
    ]
