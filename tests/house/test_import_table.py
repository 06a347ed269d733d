"""The import table of docs/house.md, checked on every file."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "src" / "tailorbird"

OURS = {
    "core": set(),
    "domains": {"core"},
    "corpus": {"core"},
    "solve": {"core"},
    "bench": {"core"},
    "world": {"core"},
    "model": {"core"},
    "training": {"core", "model"},
    "engine": {"core", "model"},
    "assemble": {"core", "domains", "corpus", "solve", "bench", "world", "model", "training", "engine"},
    "cli": {"core", "assemble"},
}
"""Room, and the rooms it may import besides itself."""

THIRD = {
    "core": {"pydantic"},
    "domains": {"numpy", "pydantic", "scipy", "cryptography"},
    "corpus": {"numpy"},
    "solve": set(),
    "bench": {"numpy", "matplotlib"},
    "world": {"jsonschema", "numpy", "pydantic", "pymodbus", "asyncua"},
    "model": {
        "numpy",
        "tokenizers",
        "safetensors",
        "torch",
        "transformers",
        "peft",
        "onnx",
        "onnx_ir",
        "onnxruntime",
        "gguf",
        "bitsandbytes",
        "pydantic",
    },
    "training": {
        "numpy",
        "torch",
        "transformers",
        "peft",
        "accelerate",
        "safetensors",
        "matplotlib",
        "pydantic",
        "psutil",
    },
    "engine": {
        "numpy",
        "tokenizers",
        "llguidance",
        "jinja2",
        "onnxruntime",
        "onnxruntime_genai",
        "torch",
        "transformers",
        "peft",
    },
    "assemble": {"yaml"},
    "cli": {"typer", "numpy", "matplotlib"},
}
"""Room, and the packages beyond the standard library it may name."""

LAZY = {"assemble", "cli"}
"""Rooms in which an import may stand inside a function."""

LAZY_PACKAGES = {
    "numpy",
    "matplotlib",
    "cryptography",
    "trackio",
    "wandb",
    "mlflow",
    "tensorboard",
    "bitsandbytes",
    "psutil",
    "peft",
}
"""Packages that may be imported inside a function anywhere: optional, or slow."""

FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {"solutions", "text"} & set(path.parts) and path.name not in ("__init__.py", "__main__.py")
]
FILES.append(ROOT / "assemble" / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool, int]]:
    """Module names, whether they stand inside a function, and the line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in inside, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                continue
            name = node.module or ""
            names = [f"{name}.{alias.name}" for alias in node.names] if name == "tailorbird" else [name]
            found += [(full, id(node) in inside, node.lineno) for full in names]
    return found


def test_every_room_is_in_the_table() -> None:
    assert {room_of(path) for path in FILES} <= set(OURS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    faults = []
    for name, lazy, line in imports(path):
        top = name.split(".")[0]
        if top == "tailorbird":
            target = name.split(".")[1]
            if target != room and target not in OURS[room]:
                faults.append(f"line {line}: {room} may not import {target}")
            if lazy and room not in LAZY:
                faults.append(f"line {line}: {name} inside a function")
        elif top not in sys.stdlib_module_names:
            if top not in THIRD[room]:
                faults.append(f"line {line}: {room} may not name {top}")
            if lazy and room not in LAZY and top not in LAZY_PACKAGES:
                faults.append(f"line {line}: {name} inside a function")
    assert not faults


def test_the_sandbox_names_the_standard_library_alone() -> None:
    for path in sorted((ROOT / "world" / "sandbox").glob("*.py")):
        others = {
            name.split(".")[0]
            for name, _, _ in imports(path)
            if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("tailorbird.world.sandbox")
        }
        assert others <= {"numpy"}, (path.name, others)
