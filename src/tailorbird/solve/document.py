"""The manual of a program: from its syntax, its specifications and a run; only the explanation is prose.

Chapters: Introduction, Getting Started, Explanation, FAQ, with tables of inputs and outputs, measured limits, sources
and known limits. The command of Getting Started was run and its output is the one shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from tailorbird.core import wording
from tailorbird.core.attempt import Outcome
from tailorbird.core.brief import shorten
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Slot
from tailorbird.core.protocols import Engine
from tailorbird.solve.desk import Desk
from tailorbird.solve.draft import Draft, meter
from tailorbird.solve.intake import limits
from tailorbird.solve.recall import Passage


def manual(
    draft: Draft, outcome: Outcome, example: str, command: str, passages: Sequence[Passage], engine: Engine, desk: Desk
) -> str:
    """The manual as Markdown.

    Args:
        draft: the program.
        outcome: of the run on the person's input.
        example: standard output of the example command, as it came.
        command: the example command itself.
        passages: documents that were cited in planning.
        engine: asked for the explanation; without a usable answer the plan speaks for itself.
        desk: for the log.
    """
    requirement = draft.requirement
    parts = [
        f"# {headline(requirement.goal)}",
        "## Introduction\n\n" + _introduction(draft),
        f"## Getting Started\n\n```console\n$ {command}\n{shorten(example)}\n```\n\n"
        f"The program is one file; it needs Python 3.11 or newer{_packages(draft)}.",
        "### Input\n\n" + _lines(requirement.files) + "\n\n### Output\n\n" + slot_table(requirement.outputs),
        "## Explanation\n\n" + _explanation(draft, engine, desk),
        "## FAQ\n\n" + _faq(draft, outcome),
    ]
    if requirement.assumed:
        parts.append("## Assumed\n\n" + _lines(requirement.assumed))
    if passages:
        parts.append("## Sources\n\n" + _lines([f"{item.title}: {item.source}" for item in passages]))
    return "\n\n".join(parts) + "\n"


def headline(goal: str) -> str:
    """The first sentence of a goal, without its full stop."""
    first = goal.split("\n", 1)[0].strip()
    return first.rstrip(".。") if len(first) <= 100 else first[:97].rstrip() + "…"


def slot_table(slots: Sequence[Slot]) -> str:
    """A Markdown table of slots."""
    rows = [
        f"| `{slot.name}` | {slot.type.replace('|', chr(92) + '|')} | {slot.unit} | {slot.meaning} |" for slot in slots
    ]
    return "\n".join(["| name | type | unit | meaning |", "|---|---|---|---|", *rows])


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _introduction(draft: Draft) -> str:
    steps = "\n".join(f"{k}. **{spec.name}**: {spec.target}" for k, spec in enumerate(draft.specs, start=1))
    return f"{draft.requirement.goal.strip()}\n\nIt works in {len(draft.specs)} steps:\n\n{steps}"


def _packages(draft: Draft) -> str:
    names = [name for name in ("numpy", "scipy", "pandas", "sklearn", "pywt", "statsmodels", "cbor2")
             if f"import {name}" in draft.program.source or f"from {name}" in draft.program.source]  # fmt: skip
    return f" with {', '.join(names)}" if names else " and nothing else"


def _explanation(draft: Draft, engine: Engine, desk: Desk) -> str:
    facts = [f"{spec.name} gives {', '.join(slot.name for slot in spec.outputs)}" for spec in draft.specs]

    def read(text: str) -> str:
        if not text.strip() or "```" in text or len(text) > 4000:
            raise ParseError("expected two short paragraphs of plain text")
        return text.strip()

    prose = desk.ask(
        "code", engine, lambda faults: wording.document(draft.requirement, draft.plan, facts), read, tries=1
    )
    steps = []
    for step, spec in zip(draft.plan.steps, draft.specs, strict=True):
        ins = ", ".join(f"`{slot.name}`" for slot in spec.inputs) or "nothing"
        outs = ", ".join(f"`{slot.name}`" for slot in spec.outputs)
        steps.append(f"**{step.title}** takes {ins} and gives {outs}:\n\n{_lines(step.actions)}")
    return "\n\n".join([*([prose] if prose else []), *steps])


def _faq(draft: Draft, outcome: Outcome) -> str:
    measured = f"{outcome.seconds:.2f} s, {outcome.cpu_s:.2f} s of processor time, {outcome.memory_mb:.0f} MB above a bare start"
    answers = [f"**What does it use?** On the example input: {measured}."]
    for name, limit in limits(draft.requirement).items():
        value = meter(outcome, name, draft)
        answers.append(f"**Is the limit {name} <= {limit:g} kept?** Measured: {value:.3g}.")
    answers.append("**How good is it?** " + (
        "It was run on the example input and its result has the promised form. Nobody graded its accuracy on your data; "
        "compare a few results with values you know."
    ))  # fmt: skip
    if draft.requirement.remarks:
        answers.append("**What does it rely on?**\n\n" + _lines(draft.requirement.remarks))
    return "\n\n".join(answers)
