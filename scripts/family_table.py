"""Writes the table of families from proof files.

Usage: python scripts/family_table.py OUT.md PROOF.json...    (several files: the last that names a family counts)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HEAD = """# Families

What `tailorbird bench prove iot` found: five trials (one easy, two nominal, one hard, one edge) on each salt. Right programs are the
reference and its alternates; wrong ones are hand-written, one of them naive. *Weakest* is the smallest share of single trials that a
wrong program of the family failed: a family rejects a program when one of its five trials fails.

| family | title | salts | right programs pass | wrong programs rejected | weakest | reference CPU |
| --- | --- | --- | --- | --- | --- | --- |
"""


def main() -> int:
    """Read, merge, write."""
    out, files = Path(sys.argv[1]), sys.argv[2:]
    found = {}
    for name in files:
        for item in json.loads(Path(name).read_text(encoding="utf-8"))["families"]:
            found[item["family"]] = item
    rows, right, wrong, killed = [], 0, 0, 0
    for number, item in sorted(found.items()):
        gates = {gate["name"]: gate for gate in item["gates"]}
        passing = [gate["figure"].split(" ")[0] for name, gate in gates.items() if name == "reference passes" or name.startswith("alternate ")]
        counts = [tuple(map(int, figure.split("/"))) for figure in passing]
        rejected = sum(one["rejected"] == one["salts"] for one in item["wrong"])
        weakest = min(one["failed"] for one in item["wrong"])
        right += sum(total - good for good, total in counts)
        wrong += len(item["wrong"])
        killed += rejected
        state = "" if item["passed"] else " (fails a gate)"
        rows.append(
            f"| {number} | {item['title']}{state} | {item['salts']} | {sum(g == t for g, t in counts)} of {len(passing)} on every trial "
            f"| {rejected} of {len(item['wrong'])} on every salt | {100 * weakest:.0f} % | {1000 * item['reference_cpu_s']:.0f} ms |"
        )
    passed = sum(item["passed"] for item in found.values())
    end = (
        f"\n{passed} of {len(found)} families pass every gate. Wrong programs rejected on every salt: {killed} of {wrong} "
        f"({100 * killed / max(1, wrong):.1f} %). Trials on which a right program was rejected: {right}.\n"
    )
    out.write_text(HEAD + "\n".join(rows) + "\n" + end, encoding="utf-8")
    print(end.strip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
