"""The pre-training corpus of a pack: its list of packages, a folder of wheels, an artefact of compressed documents.

Covers: fetching wheels by the pinned list, reading, gates, card. Does not cover: gates themselves (`corpus/pretrain.py`).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from tailorbird import assemble
from tailorbird.assemble.protected import items
from tailorbird.core.errors import UnknownName, UserError
from tailorbird.core.files import Card, release, sha256, write_card
from tailorbird.core.record import canonical
from tailorbird.corpus.build import Sink
from tailorbird.corpus.guard import Guard
from tailorbird.corpus.pretrain import Document, Gates, documents, wheel_of

PYTHONS = ("", "3.13", "3.14")
"""Python versions wheels are asked for, in turn: this one first."""


def packages(name: str) -> Mapping[str, Mapping[str, str]]:
    """Pinned packages of a pack, with version and licence.

    Raises:
        UnknownName: if the pack has no list.
    """
    path = resources.files(f"tailorbird.domains.{name}") / "packages.yaml"
    if not path.is_file():
        raise UnknownName("pack with a list of packages", name, ["iot"])
    found: Mapping[str, Mapping[str, str]] = assemble.parse_yaml(path.read_text(encoding="utf-8"), "packages.yaml")
    return found


def fetch(name: str, folder: Path, say: Callable[[str], None]) -> list[str]:
    """Download the wheels that a folder lacks, without installing them; those that cannot be had are named.

    Raises:
        UnknownName: if the pack has no list.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lacking = []
    for number, (package, facts) in enumerate(packages(name).items(), start=1):
        wanted = f"{package}=={facts['version']}"
        say(f"{number}/{len(packages(name))} {wanted}")
        if not list(folder.glob(f"{package}-{facts['version']}-*.whl")) and not any(
            _download(wanted, folder, python) for python in PYTHONS
        ):
            lacking.append(wanted)
    return lacking


def _download(wanted: str, folder: Path, python: str) -> bool:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "-d",
        str(folder),
    ]
    command += ["--python-version", python] if python else []
    return subprocess.run([*command, wanted], capture_output=True, check=False).returncode == 0


def build(name: str, wheels: Path, out: Path, protect: Sequence[Path], say: Callable[[str], None]) -> Card:
    """Write the documents of every wheel that passes the gates.

    Raises:
        BadFile: if a wheel is missing, damaged or not permissively licensed.
        UserError: if the folder is not empty and holds no unfinished text.
    """
    if (out / "card.json").exists():
        raise UserError(f"{out} holds a finished corpus", "give another folder, or remove this one")
    started = time.perf_counter()
    gates, sink = Gates(Guard.of(items(name, protect))), Sink(out)
    kept: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    licences: Counter[str] = Counter()
    for number, (package, facts) in enumerate(packages(name).items(), start=1):
        path = wheel_of(wheels, package, facts["version"])
        for item in documents(path, package, facts["version"], facts["licence"]):
            if not isinstance(item, Document):
                refused[item.gate] += 1
                continue
            fault = gates.fault(item)
            if fault:
                refused[fault[0]] += 1
                continue
            kept[package] += len(item.text.encode())
            kinds[item.kind] += 1
            licences[item.licence] += 1
            sink.line(f"documents-{number // 8:02d}", item)
        say(f"{number}/{len(packages(name))} {package}: {sum(kept.values()) / 1e6:.1f} MB kept")
    hashes = sink.close()
    card = Card(
        kind="text", name=name, made=datetime.now(UTC).isoformat(timespec="seconds"), version=release(),
        recipe={"packages": {package: dict(facts) for package, facts in packages(name).items()}},
        counts={"bytes": sum(kept.values()), "packages": len(kept), **kinds, **{f"bytes, {key}": value for key, value in sorted(kept.items())},
                **{f"refused, {gate}": count for gate, count in refused.most_common()}},
        licences=dict(licences.most_common()),
        metrics={"hash": sha256(canonical(hashes)), "seconds": round(time.perf_counter() - started, 1)},
        notes="hash: SHA-256 over the hashes of the uncompressed files",
    )  # fmt: skip
    return write_card(out, card)
