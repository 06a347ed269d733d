"""Building blocks: small typed functions that multi-step programs are composed of, and the sources that feed them.

A block has one exact definition and several functions that compute it, each in another idiom; they must agree, so that
the output of one is the oracle of the other. What flows between blocks is typed by kind (a uniformly sampled series,
event indices, spans of time, ...), with unit and sampling rate kept along.
Covers: what a block, a source and a file layout are. Does not cover: composing them (`corpus/compose.py`), running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Array = Any
"""A numpy array; the floor of the house does not import numpy."""

KINDS: Mapping[str, str] = {
    "series": "ndarray[float64, (N)]",
    "multi": "ndarray[float64, (N, C)]",
    "values": "ndarray[float64, (N)]",
    "stamps": "ndarray[float64, (N)]",
    "mask": "ndarray[bool, (N)]",
    "events": "ndarray[int64, (M)]",
    "freqs": "ndarray[float64, (F)]",
    "power": "ndarray[float64, (F)]",
    "codes": "ndarray[int64, (N)]",
    "frames": "list[str]",
    "records": "list[dict]",
    "rate": "float",
    "moments": "list[float]",
    "spans": "list[list[float]]",
    "numbers": "list[float]",
    "number": "float",
    "count": "int",
    "flag": "bool",
    "label": "str",
    "table": "dict[str, float]",
}
"""Kinds of value that pass between blocks, with the type of the slot that carries each. `series` and `multi` are sampled
uniformly, their rate in a slot of kind `rate`; `values` and `stamps` are readings with irregular times; `events` are
sample indices; `moments` and `spans` are in seconds; `frames` are messages as hexadecimal texts."""

FINAL = frozenset({"moments", "spans", "numbers", "number", "count", "flag", "label", "table"})
"""Kinds that are plain JSON, so that a program may end with them."""


@dataclass(frozen=True)
class Port:
    """An input or output of a block."""

    name: str
    """The name it has in the block's functions."""
    kind: str
    """A key of `KINDS`."""
    unit: str = "1"
    """A unit of the table, or `=x`: that of the input called x."""
    names: tuple[str, ...] = ()
    """For outputs: names a program may give it, most usual first."""
    meaning: str = ""
    """One line for people; may hold parameters in braces."""


@dataclass(frozen=True)
class Param:
    """A number or word that the block's definition fixes; stands in its functions as an upper-case name."""

    name: str
    """Lower-case; `low` stands for `LOW` in the functions."""
    choices: tuple[Any, ...]
    unit: str = "1"


@dataclass(frozen=True)
class Context:
    """What is known where a block is to be placed."""

    rate: float
    """Samples per second of the series that flows; 0 where there is none."""
    seconds: float
    """Length of the record."""
    unit: str
    """Unit of the main value."""
    scale: float
    """Usual size of the main value, in its unit."""
    tags: frozenset[str]
    """What kind of source it is."""


@dataclass(frozen=True)
class Case:
    """Inputs with the answer worked out by hand or by a closed formula."""

    args: tuple[Any, ...]
    """One per input of the block."""
    result: Any
    """The output, a tuple when there are several."""
    params: Mapping[str, Any] = field(default_factory=dict)
    within: float = 1e-9
    """Largest absolute difference."""
    part: tuple[int, int] | None = None
    """Compare only these samples, where the ends are not known in closed form."""
    why: str = ""
    """Where the answer comes from."""


def always(params: Mapping[str, Any], context: Context) -> bool:
    """Fits everywhere."""
    del params, context
    return True


@dataclass(frozen=True)
class Block:
    """One sub-task with an exact definition."""

    name: str
    """Slug of the title."""
    title: str
    """Name of the step in a plan, such as `Band-Pass Filter`; at most five words."""
    takes: tuple[Port, ...]
    """The main input first; others are the latest values of their kind."""
    gives: tuple[Port, ...]
    actions: tuple[str, ...]
    """One to four bullets of the plan, with parameters in braces."""
    target: str
    """One imperative sentence for the specification, with parameters in braces."""
    remark: str
    """The exact definition in one line, conventions at edges and for empty input included."""
    functions: tuple[str, ...]
    """Names of functions in the text file of the group; the first is the reference, each is another idiom."""
    en: tuple[str, ...]
    """Patterns of imperative phrases: `(a|b)` alternatives, `[x]` optional, `{low}` a parameter."""
    zh: tuple[str, ...]
    wrong: tuple[tuple[str, str, str], ...]
    """(what went wrong, old text, new text): slips in the first function that must be noticed."""
    cases: tuple[Case, ...]
    params: tuple[Param, ...] = ()
    aim: tuple[str, ...] = ()
    """For blocks that end a program: patterns of noun phrases in English that name the answer."""
    aim_zh: tuple[str, ...] = ()
    suits: frozenset[str] = frozenset({"any"})
    """Tags of sources it makes sense for."""
    when: Callable[[Any, Context], bool] = always
    """Whether drawn parameters make sense where the block is to be placed."""
    stage: int = 5
    """Order among blocks: 1 conditions, 2 cleans, 3 shapes, 4 detects, 5 measures, 6 decides. Never falls in a chain."""
    within: float = 1e-6
    """Relative difference up to which two idioms agree."""
    rate_after: Callable[[Any, Context], float] | None = None
    """Sampling rate of its output, for blocks that change it."""
    group: str = ""
    """Name of its text file; set by the pack."""

    @property
    def ends(self) -> bool:
        """Whether every output is plain JSON."""
        return all(port.kind in FINAL for port in self.gives)


@dataclass(frozen=True)
class Source:
    """A kind of sensor record that can be drawn."""

    name: str
    """Modality: ecg, ppg, acceleration, audio, power, ..."""
    quantity: str
    """What is measured, for people: `electrocardiogram`."""
    kind: str
    """`series`, `multi` or `values` (irregular times)."""
    unit: str
    """Unit that `draw` gives."""
    units: tuple[str, ...]
    """Units a file may be in; all convert to each other."""
    rates: tuple[float, ...]
    """Sampling rates in Hz; for `values` the mean rate."""
    seconds: tuple[float, float]
    """Shortest and longest record."""
    draw: Callable[[Any, Array], Array]
    """Random source of numpy and times in s to values; shape (N,) or (N, C)."""
    columns: tuple[str, ...]
    """Names a file may give the value; for `multi` one name per channel, separated by blanks."""
    names: tuple[str, ...]
    """Names of the slot, most usual first."""
    files: tuple[str, ...]
    """Stems of file names."""
    tags: frozenset[str]
    scale: float
    """Usual size of a value in `unit`."""
    en: tuple[str, ...]
    """Noun phrases for the record: `this ECG strip`."""
    zh: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """A drawn sensor record, as a file shall hold it."""

    times: Array
    """Seconds, shape (N,)."""
    values: Array
    """Shape (N,) or (N, C), in `unit`."""
    rate: float
    unit: str
    columns: tuple[str, ...]
    """One name per channel."""
    time: str
    """Name of the time column or key."""
    rated: str
    """Name of the key that holds the rate, where a layout has one."""


@dataclass(frozen=True)
class Layout:
    """A way to keep a record in one file."""

    name: str
    ending: str
    """Ending of the file's name."""
    write: Callable[[Record], bytes]
    line: Callable[[Record, str], str]
    """What the requirement says of the file: its name, layout, columns with units."""
    actions: tuple[str, ...]
    """Bullets of the plan."""
    functions: Mapping[str, tuple[str, ...]]
    """Kind of source to the functions that read it, each another idiom, in the text file `layouts`."""
    params: Callable[[Record], Mapping[str, Any]]
    """Upper-case names in the functions and what they stand for."""
    fits: Callable[[Source, float], bool]
    """Whether a source at a sampling rate may be kept so."""


@dataclass(frozen=True)
class Kit:
    """Everything that programs of a pack are composed of."""

    blocks: Mapping[str, Block]
    sources: Mapping[str, Source]
    layouts: Mapping[str, Layout]
    texts: Mapping[str, str]
    """Text of each group of functions."""
