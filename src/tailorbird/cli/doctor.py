"""`tailorbird doctor`: what works on this host, shown by trying it."""

from __future__ import annotations

import typer

from tailorbird.cli import common


def doctor(
    backend: list[str] = typer.Option([], "--backend", help="Only this isolation; repeat."),
    quick: bool = typer.Option(False, "--quick", help="A few attacks instead of all; seconds instead of a minute."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Show what works here: packages, engine, home, and each isolation under attack."""
    from tailorbird import assemble
    from tailorbird.assemble import health

    assemble.silence()
    progress = common.Progress(not as_json)
    found = health.checkup(tuple(backend), quick, progress)
    progress.done()
    if as_json:
        common.put_json(found)
    else:
        _show(found)
    raise typer.Exit(0 if found["well"] else 1)


MARKS = {"blocked": "·", "succeeded": "X", "inconclusive": "?", "known": "k"}


def _show(found: dict[str, object]) -> None:
    host = found["host"]
    assert isinstance(host, dict)
    for name, value in host.items():
        common.put(f"{name:22} {value}")
    backends = found["backends"]
    assert isinstance(backends, list)
    for item in backends:
        common.put("")
        if item.get("missing"):
            common.put(f"{item['backend']}: cannot run here: {item['missing']}")
            continue
        counts = {word: sum(f["word"] == word for f in item["findings"]) for word in MARKS}
        common.put(
            f"{item['backend']}: {counts['blocked']} of {len(item['findings'])} attacks blocked ({item['seconds']:.0f} s)"
        )
        row = "  ".join(f"{finding['attack']}{MARKS[finding['word']]}" for finding in item["findings"])
        for start in range(0, len(row), 100):
            common.put(f"  {row[start : start + 100]}")
        for finding in item["findings"]:
            if finding["word"] != "blocked":
                common.put(f"  {finding['attack']} {finding['title']}: {finding['word']}; {finding['detail']}")
        common.put(f"  holds: {', '.join(item['held'])}")
        for claim, attacks in item["broken"].items():
            common.put(f"  BROKEN: {claim}, by {', '.join(attacks)}")
    common.put("")
    common.put("· blocked   X succeeded   ? inconclusive   k known limit of this backend, not claimed")
    common.put(f"default isolation: {found['default'] or 'none'}")
    hint = found["hint"]
    if hint:
        common.tell(f"\nhint: {hint}")
