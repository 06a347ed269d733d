"""Bounded, localised repair: the faulty function, then its specification, then the plan.

    level 0  the function in the innermost frame of the error     at most 3 times
    level 1  its specification, then the function                 at most 2 times
    level 2  the plan, then everything                            once

At most eight rounds in all. The same signature of failure twice at one level escalates. A program that cannot be
mended ends with a report, never with a silent partial result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tailorbird.core import wording
from tailorbird.core.attempt import Outcome
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Program
from tailorbird.core.protocols import Roles
from tailorbird.core.signature import signature
from tailorbird.solve.decompose import specify_one
from tailorbird.solve.desk import Desk
from tailorbird.solve.draft import Draft, Trouble, trouble
from tailorbird.solve.join import join
from tailorbird.solve.write import checked, write_one

CAPS = (3, 2, 1)
"""Most rounds at each level."""

MOST = 8
"""Most rounds in all."""


@dataclass(frozen=True)
class Bench:
    """What repair needs at hand."""

    roles: Roles
    desk: Desk
    allowed: frozenset[str]
    run: Callable[[Program], Outcome]
    redraft: Callable[[tuple[str, ...]], Draft | None]
    """A new draft from a new plan, given hints."""
    build: Callable[[Plan], Draft | None]
    """A new draft from a given plan."""


def rejoin(draft: Draft, number: int, code: str) -> Draft | None:
    """The draft with one function replaced; `None` when the functions do not fit together."""
    functions = tuple(code if at == number else old for at, old in enumerate(draft.functions, start=1))
    try:
        program = join(draft.requirement, draft.plan, draft.specs, functions)
    except ParseError:
        return None
    return replace(draft, functions=functions, program=program)


def mend(draft: Draft, outcome: Outcome, bench: Bench) -> tuple[Draft, Outcome, Trouble | None]:
    """Repair until the run meets the requirement or the rounds are used up.

    Returns:
        The last draft, its outcome, and the trouble that is left, `None` when it is well.
    """
    used, seen, level = [0, 0, 0], set[tuple[int, str]](), 0
    now = trouble(draft, outcome)
    while now is not None and sum(used) < MOST:
        if (level, now.signature) in seen or used[level] >= CAPS[level] or (now.step is None and level < 2):
            level += 1
            if level > 2:
                break
            continue
        seen.add((level, now.signature))
        used[level] += 1
        bench.desk.say(f"repair {sum(used)}: {now.report.splitlines()[0]}")
        changed = _LEVELS[level](draft, now, bench)
        what = ("function", "specification", "plan")[level]
        where = f" of step {now.step}" if now.step and level < 2 else ""
        if changed is None or changed.program.source == draft.program.source:
            bench.desk.rounds.append(f"repair: {now.kind}; the {what}{where} came back unchanged or unreadable")
            continue
        draft, outcome = changed, bench.run(changed.program)
        after = trouble(draft, outcome)
        bench.desk.rounds.append(f"repair: {now.kind}; new {what}{where}; {'mended' if after is None else after.kind}")
        now = after
    return draft, outcome, now


def _function(draft: Draft, now: Trouble, bench: Bench) -> Draft | None:
    number = now.step or 1
    spec, code = draft.specs[number - 1], draft.functions[number - 1]
    new = bench.desk.ask(
        "repair",
        bench.roles.repair,
        lambda faults: wording.repair(
            spec, signature(spec), code, "\n".join([now.report, *faults]), draft.requirement
        ),
        checked(spec, bench.allowed),
    )  # fmt: skip
    return rejoin(draft, number, new) if new else None


def _specification(draft: Draft, now: Trouble, bench: Bench) -> Draft | None:
    number = now.step or 1
    spec = specify_one(
        draft.requirement, draft.plan, number, draft.specs, (now.report,), bench.roles.spec, bench.desk
    )  # fmt: skip
    if spec is None:
        return None
    code = write_one(draft.requirement, spec, bench.roles.code, bench.desk, bench.allowed)
    if code is None:
        return None
    specs = tuple(spec if at == number else old for at, old in enumerate(draft.specs, start=1))
    return rejoin(replace(draft, specs=specs), number, code)


def _plan(draft: Draft, now: Trouble, bench: Bench) -> Draft | None:
    return bench.redraft((f"an earlier plan failed: {now.report.splitlines()[0]}",))


_LEVELS = (_function, _specification, _plan)
