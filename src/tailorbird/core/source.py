"""Python source as text: pick a function with the imports it needs, rename it, apply a variant.

Standard library syntax trees only; nothing is imported or run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from tailorbird.core.domain import Family, Variant
from tailorbird.core.errors import ParseError


def bound_names(node: ast.stmt) -> dict[str, str]:
    """Names an import statement binds, each with the one-name statement that binds it."""
    if isinstance(node, ast.Import):
        return {
            (alias.asname or alias.name.split(".")[0]): f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            for alias in node.names
        }  # fmt: skip
    if isinstance(node, ast.ImportFrom):
        return {
            (alias.asname or alias.name): f"from {node.module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            for alias in node.names
        }  # fmt: skip
    return {}


def used_names(node: ast.AST) -> set[str]:
    """Every bare name a tree mentions."""
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def pick(text: str, name: str, called: str = "") -> str:
    """One function of a module as a text of its own: the imports it uses, then the function.

    Args:
        text: source of the module.
        name: the function to pick.
        called: the name it shall carry; its own when empty.

    Raises:
        ParseError: if there is no such function, or it uses a module-level name that is not an import.
    """
    tree = ast.parse(text)
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    if len(found) != 1:
        raise ParseError(f"expected one function {name!r}, got {len(found)}")
    imports: dict[str, str] = {}
    for node in tree.body:
        imports |= bound_names(node)
    used = used_names(found[0])
    others = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))} - {name}
    others |= {
        t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)
    }
    if used & others - set(dir(builtins)):
        raise ParseError(f"{name} uses the module-level names {sorted(used & others)}; a function stands alone")
    lines = sorted(statement for bound, statement in imports.items() if bound in used and bound != "annotations")
    body = ast.get_source_segment(text, found[0]) or ""
    if called:
        body = body.replace(f"def {name}(", f"def {called}(", 1)
    return ("\n".join(lines) + "\n\n\n" if lines else "") + body + "\n"


def functions_of(family: Family, solutions: Mapping[str, str], variant: Variant | None = None) -> tuple[str, ...]:
    """The functions of a family's reference, or of one of its variants, in the order of the plan.

    Raises:
        ParseError: if a function is missing or an edit does not match exactly once.
    """
    text = solutions[family.solutions]
    parts = []
    for spec in family.specs:
        swap = variant.swap.get(spec.name, "") if variant else ""
        part = pick(text, swap or spec.name, spec.name if swap else "")
        for name, old, new in variant.edits if variant else ():
            if name == spec.name:
                if part.count(old) != 1:
                    raise ParseError(
                        f"{family.id} {variant.name if variant else ''}: {old!r} occurs {part.count(old)} times in {name}"
                    )
                part = part.replace(old, new)
        parts.append(part)
    return tuple(parts)
