"""Building blocks: every idiom gives the answers worked out by hand, idioms agree, slips are noticed."""

from __future__ import annotations

import importlib
import pkgutil
import random
from typing import Any

import numpy as np
import pytest

from tailorbird.core.block import KINDS, Block, Case, Context
from tailorbird.core.source import pick
from tailorbird.core.units import unit
from tailorbird.corpus.bank import expand
from tailorbird.corpus.recipe import drawn_params
from tailorbird.corpus.weave import settle
from tailorbird.domains.iot import blocks


def _groups() -> dict[str, Any]:
    return {
        item.name: importlib.import_module(f"{blocks.__name__}.{item.name}")
        for item in pkgutil.iter_modules(blocks.__path__)
    }


GROUPS = {name: module for name, module in _groups().items() if hasattr(module, "BLOCKS")}
ALL = [(name, block) for name, module in GROUPS.items() for block in module.BLOCKS]
TEXTS = {name: (blocks.FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in GROUPS}


def _call(
    group: str, name: str, params: dict[str, Any], args: tuple[Any, ...], edit: tuple[str, str] | None = None
) -> Any:
    text = pick(TEXTS[group], name)
    if edit:
        assert text.count(edit[0]) == 1, f"{edit[0]!r} occurs {text.count(edit[0])} times in {name}"
        text = text.replace(*edit)
    space: dict[str, Any] = {}
    exec(settle(text, params), space)
    copies = tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)
    return space[name](*copies)


def _near(found: Any, wanted: Any, within: float, relative: float = 0.0) -> bool:
    if isinstance(wanted, tuple):
        return (
            isinstance(found, tuple)
            and len(found) == len(wanted)
            and all(_near(f, w, within, relative) for f, w in zip(found, wanted, strict=True))
        )
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(_near(found[k], w, within, relative) for k, w in wanted.items())
        )
    if isinstance(wanted, str | bool | bytes) or wanted is None:
        return bool(found == wanted)
    if isinstance(wanted, list) and any(isinstance(item, str | dict | list) for item in wanted):
        return len(found) == len(wanted) and all(
            _near(f, w, within, relative) for f, w in zip(found, wanted, strict=True)
        )
    a, b = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    if a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=relative, atol=within, equal_nan=True))


def _params(block: Block, case: Case) -> dict[str, Any]:
    return {param.name: param.choices[0] for param in block.params} | dict(case.params)


def _same(block: Block, name: str, group: str, case: Case, edit: tuple[str, str] | None = None) -> bool:
    try:
        found = _call(group, name, _params(block, case), case.args, edit)
        wanted = case.result
        if case.part:
            found, wanted = found[slice(*case.part)], wanted[slice(*case.part)]
        return _near(found, wanted, case.within)
    except Exception:
        if edit is None:
            raise
        return False


@pytest.mark.parametrize(("group", "block"), ALL, ids=[block.name for _, block in ALL])
def test_every_idiom_gives_the_answers_worked_out_by_hand(group: str, block: Block) -> None:
    for case in block.cases:
        for name in block.functions:
            assert _same(block, name, group, case), f"{name}: {case.why or case.args}"


@pytest.mark.parametrize(("group", "block"), ALL, ids=[block.name for _, block in ALL])
def test_slips_are_noticed(group: str, block: Block) -> None:
    assert len(block.wrong) >= 2
    for what, old, new in block.wrong:
        assert not all(_same(block, block.functions[0], group, case, (old, new)) for case in block.cases), what


@pytest.mark.parametrize(("group", "block"), ALL, ids=[block.name for _, block in ALL])
def test_blocks_are_complete(group: str, block: Block) -> None:
    assert len(block.functions) >= 2
    assert sum(len(expand(item)) for item in block.en) >= 25
    assert sum(len(expand(item)) for item in block.zh) >= 8
    assert all(port.kind in KINDS for port in (*block.takes, *block.gives))
    for port in (*block.takes, *block.gives):
        if not port.unit.startswith("="):
            unit(port.unit)
    known = {param.name: param.choices[0] for param in block.params}
    for text in (*block.actions, block.target, block.remark, *block.en, *block.zh, *block.aim, *block.aim_zh):
        text.format(**known)
    if block.ends:
        assert sum(len(expand(item)) for item in block.aim) >= 6
        assert sum(len(expand(item)) for item in block.aim_zh) >= 3
    assert len({case.why for case in block.cases}) >= 2 or len(block.cases) >= 2


def _drawn(kind: str, draw: np.random.Generator, count: int, rate: float) -> Any:
    """An input of a kind as a chain would bring it."""
    t = np.arange(count) / rate
    wave = np.sin(2 * np.pi * rate / 37 * t) + 0.4 * np.sin(2 * np.pi * rate / 11 * t) + draw.normal(0, 0.3, count)
    times = np.round(np.cumsum(draw.uniform(0.5, 1.5, count)) / rate, 3)
    return {
        "series": wave, "values": wave, "stamps": times, "mask": wave > 0.2, "freqs": np.linspace(0.0, rate / 2, count),
        "power": np.abs(wave) + 0.01, "codes": draw.integers(0, 4000, count), "rate": rate,
        "multi": np.stack([wave, np.roll(wave, 5) + draw.normal(0, 0.1, count), 9.81 + 0.2 * wave], axis=1),
        "events": np.unique(draw.integers(0, max(count, 1), count // 20)).astype(np.int64),
        "moments": np.unique(np.round(draw.uniform(0, count / rate, count // 20), 4)).tolist(),
        "spans": [[float(a), float(a) + 0.7] for a in np.arange(0, count / rate, 1.5)[: count // 50]],
        "numbers": wave[:40].tolist(), "number": float(draw.normal(1.0, 0.5)), "count": int(draw.integers(0, 30)),
        "flag": bool(draw.integers(0, 2)), "label": str(draw.choice(["low", "normal", "high"])),
        "table": {"mean": float(draw.normal()), "std": 0.5, "max": 2.0},
    }.get(kind)  # fmt: skip


@pytest.mark.parametrize(("group", "block"), ALL, ids=[block.name for _, block in ALL])
def test_idioms_agree_on_drawn_inputs(group: str, block: Block) -> None:
    draw = np.random.default_rng(5)
    for count, rate in ((16, 4.0), (120, 25.0), (900, 100.0), (1500, 250.0), (700, 1.0)):
        args = tuple(_drawn(port.kind, draw, count, rate) for port in block.takes)
        if any(arg is None for arg in args):
            continue  # frames and records have forms of their own; their cases cover them
        context = Context(rate, count / rate, "1", 1.0, frozenset({"any"}))
        for number in range(6):
            params = drawn_params(block, random.Random(number), context)
            if params is None:
                continue
            first = _call(group, block.functions[0], params, args)
            for name in block.functions[1:]:
                assert _near(_call(group, name, params, args), first, 1e-9, block.within), (name, params, count)


def test_names_of_blocks_are_unique() -> None:
    names = [block.name for _, block in ALL]
    assert len(set(names)) == len(names)


def test_patterns_expand_to_what_they_say() -> None:
    assert expand("(a|b) [very] long") == ["a very long", "a long", "b very long", "b long"]
    assert random.Random(0).choice(expand("x")) == "x"
