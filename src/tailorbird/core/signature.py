"""The exact `def` line a specification demands."""

from __future__ import annotations

from tailorbird.core.kinds import annotation
from tailorbird.core.program import Spec


def signature(spec: Spec) -> str:
    """`def name(a: T, b: T) -> R:` with one return type, or a tuple of them for several outputs.

    Raises:
        ParseError: if a slot's type is not of the grammar of `kinds.py`.
    """
    takes = ", ".join(f"{slot.name}: {annotation(slot.type)}" for slot in spec.inputs)
    gives = [annotation(slot.type) for slot in spec.outputs]
    returned = gives[0] if len(gives) == 1 else f"tuple[{', '.join(gives)}]"
    return f"def {spec.name}({takes}) -> {returned}:"
