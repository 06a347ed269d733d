"""A tiny family, a trusted in-process world and quick solvers, for tests of the bench only."""

from __future__ import annotations

import base64
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tailorbird.bench.run import Entrant
from tailorbird.core.attempt import Action, Attempt, Outcome, Request, Setup
from tailorbird.core.domain import Bar, Contract, Domain, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Plan, Program, Requirement, Slot, Spec
from tailorbird.core.protocols import Environment, Roles
from tailorbird.core.thing import State

SOLUTIONS = '''
import json


def load(path: str) -> list[float]:
    """Read the numbers."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def load_split(path: str) -> list[float]:
    """Read the numbers by hand."""
    with open(path, encoding="utf-8") as file:
        inside = file.read().strip("[]")
    return [float(part) for part in inside.split(",")] if inside else []


def load_half(path: str) -> list[float]:
    """Read the first half only."""
    with open(path, encoding="utf-8") as file:
        numbers = json.load(file)
    return numbers[: len(numbers) // 2]


def summarise(numbers: list[float]) -> tuple[float, list[float]]:
    """Mean, and the numbers above it."""
    mean = sum(numbers) / len(numbers) if numbers else 0.0
    return mean, [number for number in numbers if number > mean]


def summarise_running(numbers: list[float]) -> tuple[float, list[float]]:
    """Mean by steps, and the numbers above it."""
    mean = 0.0
    for count, number in enumerate(numbers, start=1):
        mean += (number - mean) / count
    return mean, [number for number in numbers if number > mean]


def summarise_naive(numbers: list[float]) -> tuple[float, list[float]]:
    """A guess."""
    return 10.0, []
'''

LEVEL_SIZE = {"easy": 5, "nominal": 20, "hard": 60, "edge": 2}


def generate(seed: int, level: Level) -> Instance:
    """Distinct numbers around a drawn level."""
    draw = random.Random(f"{seed}|{level}")
    centre = draw.uniform(-50, 50)
    numbers = [round(centre + draw.gauss(0, 9) + at * 0.01, 4) for at in range(LEVEL_SIZE[level])]
    return instance_of(numbers)


def instance_of(numbers: list[float]) -> Instance:
    """An instance of given numbers."""
    mean = sum(numbers) / len(numbers)
    truth = {"mean": mean, "above": [number for number in numbers if number > mean]}
    return Instance({"numbers.json": json.dumps(numbers).encode()}, truth, "numbers.json")


def measure(truth: Any, output: Any) -> dict[str, float]:
    """Error of the mean; share of right numbers above it."""
    wanted, found = set(truth["above"]), {round(number, 9) for number in output["above"]}
    joined = len({round(number, 9) for number in wanted} ^ found)
    return {"error": abs(truth["mean"] - output["mean"]), "wrong": float(joined)}


def _shift(instance: Instance, seed: int) -> Instance:
    return instance_of([round(number + 7.5, 4) for number in json.loads(instance.visible["numbers.json"])])


def family(number: str = "T900", letter: str = "A", **changes: Any) -> Family:
    """The tiny family; `changes` replace its fields."""
    numbers, mean, above = (
        Slot("numbers", "list[float]", "1", "numbers", "task1"),
        Slot("mean", "float", "1", "mean of the numbers"),
        Slot("above", "list[float]", "1", "numbers above the mean"),
    )
    fields: dict[str, Any] = {
        "id": number,
        "title": "Mean",
        "domain": letter,
        "version": 1,
        "wordings": (
            Wording("Give me the mean and what lies above it.", "goal"),
            Wording("Divide the sum by the count; compare.", "operation"),
            Wording("mean, above", "terse"),
            Wording("What is the average here, and which values exceed it?", "goal", held=True),
            Wording("average + exceeding", "terse", held=True),
            Wording("求平均值以及大于它的数。", "goal", "zh"),
            Wording("平均值和超过它的数？", "goal", "zh", held=True),
        ),
        "contract": Contract(("`numbers.json`: JSON list of numbers",), (mean, above), ("never empty",)),
        "stages": (
            Stage(
                "Load", ("read the list",), "Read numbers.", (Slot("path", "path"),), (Slot("numbers", "list[float]"),)
            ),
            Stage("Summarise", ("mean", "compare"), "Mean and what is above.", (numbers,), (mean, above)),
        ),
        "solutions": "tiny",
        "generate": generate,
        "measure": measure,
        "bars": (Bar("error", 0.01, "most"), Bar("wrong", 0.0, "most")),
        "alternates": (
            Variant("running", "mean by steps", swap={"summarise": "summarise_running"}),
            Variant("split", "reads by hand", swap={"load": "load_split"}),
        ),
        "mutants": (
            Variant("guess", "a constant", swap={"summarise": "summarise_naive"}, naive=True),
            Variant("half", "half of the file", swap={"load": "load_half"}),
            Variant("off", "adds one", edits=(("summarise", "/ len(numbers) if", "/ (len(numbers) + 1) if"),)),
            Variant("below", "the wrong side", edits=(("summarise", "number > mean", "number < mean"),)),
        ),
        "notes": "none",
        "relations": (Relation("shift", _shift),),
    }
    return Family(**(fields | changes))


def domain(count: int = 3) -> Domain:
    """Some copies of the tiny family under other numbers and letters."""
    made = [family(f"T9{at:02d}", "AB"[at % 2]) for at in range(count)]
    return Domain(
        "iot", "tiny", {item.id: item for item in made}, {"T999": "needs a broker"}, solutions={"tiny": SOLUTIONS}
    )


def join(requirement: Requirement, plan: Plan, specs: tuple[Spec, ...], functions: tuple[str, ...]) -> Program:
    """The two functions of the tiny family as a program."""
    first, second = (spec.name for spec in specs)
    body = f"\n\ndef solve(path):\n    mean, above = {second}({first}(path))\n    return {{'mean': mean, 'above': above}}\n"
    return Program("\n\n".join(functions) + body)


class TrustedWorld:
    """Runs programs of the tests in this process: no isolation, never used outside tests."""

    def __init__(self, before: Callable[[int], Outcome | None] | None = None) -> None:
        self.runs = 0
        self.setups: list[Setup] = []
        self._before = before
        self._setup = Setup()

    def reset(self, setup: Setup) -> None:
        self._setup = setup
        self.setups.append(setup)

    def state(self) -> State:
        return State()

    def execute(self, action: Action) -> Outcome:
        self.runs += 1
        staged = self._before(self.runs) if self._before else None
        if staged:
            return staged
        assert isinstance(action, Program)
        with tempfile.TemporaryDirectory() as folder:
            for name, content in self._setup.inputs.items():
                (Path(folder) / name).write_bytes(base64.b64decode(content))
            space: dict[str, Any] = {}
            started = time.perf_counter()
            try:
                exec(compile(action.source, "program", "exec"), space)
                result = space[action.entry](str(Path(folder) / self._setup.path))
            except Exception as error:  # noqa: BLE001 - the programs of these tests are foreign code
                return Outcome("failed", why=str(error), error="exception.other")
        spent = time.perf_counter() - started
        return Outcome("done", result, seconds=spent, cpu_s=spent, memory_mb=12.5, world="trusted")


GOOD = """
import json


def solve(path):
    with open(path, encoding="utf-8") as file:
        numbers = json.load(file)
    mean = sum(numbers) / len(numbers)
    return {"mean": mean, "above": [number for number in numbers if number > mean]}
"""

BAD = GOOD.replace("number > mean", "number >= max(numbers)")


class Silent:
    """An engine nobody asks."""

    name = "silent"
    enforces: frozenset[Any] = frozenset()

    def generate(self, *args: Any, **more: Any) -> Any:
        raise AssertionError("not asked in these tests")


ROLES = Roles.of(Silent())


def solver_of(choose: Callable[[Request], str | None], tokens: int = 7) -> Any:
    """A solver that answers with a program text, or none."""

    def solve(request: Request, roles: Roles, world: Environment) -> Attempt:
        text = choose(request)
        return Attempt(request, Program(text) if text else None, tokens=tokens)

    return solve


def entrant(name: str = "good", choose: Callable[[Request], str | None] = lambda request: GOOD, **more: Any) -> Entrant:
    """An entrant with a quick solver."""
    return Entrant(name, solver_of(choose), ROLES, {"rounds": 1}, **more)
