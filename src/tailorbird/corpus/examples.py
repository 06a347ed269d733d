"""Verified examples of a family: its reference program as a teacher would answer, step by step.

Only wordings that are not held out are used. The reference was run against the oracle by `bench prove`; every text is
asked for with the wording the solver uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tailorbird.core import wording
from tailorbird.core.domain import Domain, Family
from tailorbird.core.example import Example
from tailorbird.core.program import Slot
from tailorbird.core.signature import signature
from tailorbird.core.source import functions_of


def of_domain(domain: Domain) -> tuple[Example, ...]:
    """Examples of every family of a pack that can run here, in catalogue order."""
    return tuple(
        example for _, family in sorted(domain.families.items()) for example in of_family(family, domain.solutions)
    )


def of_family(family: Family, solutions: Mapping[str, str]) -> Iterator[Example]:
    """Completion, plan, specifications, functions and verified second methods of one family."""
    for at, known in enumerate(family.wordings):
        if known.held:
            continue
        source, group = f"{family.id}/{known.kind}-{known.language}-{at}", family.id
        full = family.requirement(known.text)
        brief = replace(full, outputs=(), remarks=())
        outputs = wording.write_slots(family.contract.outputs)
        yield wording.teach(wording.complete(brief), outputs, source, group, "plan")
        yield wording.teach(wording.decompose(full), family.plan.render(), source, group, "plan")
        for number, spec in enumerate(family.specs, start=1):
            asked = wording.specify(full, family.plan, number, scope_before(family, number))
            yield wording.teach(asked, spec.render(), f"{source}/{spec.name}", group, "spec")
    full = family.requirement(family.wordings[0].text)
    for variant in (None, *family.alternates):
        functions = functions_of(family, solutions, variant)
        changed = set(variant.swap) | {name for name, _, _ in variant.edits} if variant else set()
        for spec, function in zip(family.specs, functions, strict=True):
            if variant is None or spec.name in changed:
                source = f"{family.id}/{spec.name}/{variant.name if variant else 'reference'}"
                yield wording.teach(wording.write(spec, signature(spec), full), function, source, family.id, "code")


def scope_before(family: Family, number: int) -> tuple[Slot, ...]:
    """Names in scope before a step: the input path, then the outputs of earlier steps with their origin."""
    scope = [family.contract.input]
    for at, stage in enumerate(family.stages[: number - 1], start=1):
        scope.extend(replace(slot, origin=f"task{at}") for slot in stage.outputs)
    return tuple(scope)
