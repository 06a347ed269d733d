"""Prints the longest modules and functions: aims for people to look at, not limits."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
MOST = 5


def main() -> None:
    """Print the five longest of each."""
    modules: list[tuple[int, str]] = []
    functions: list[tuple[int, str]] = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(SOURCE).as_posix()
        modules.append((text.count("\n"), name))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.append(
                    ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
                )
    for title, rows in (("modules", modules), ("functions", functions)):
        print(f"longest {title}:")
        for lines, where in sorted(rows, reverse=True)[:MOST]:
            print(f"  {lines:5d}  {where}")
    print(f"{len(modules)} modules, {sum(lines for lines, _ in modules)} lines")


if __name__ == "__main__":
    main()
