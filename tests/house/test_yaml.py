"""The one YAML reader: JSON's scalars, no twice-given key, no alias."""

from __future__ import annotations

import pytest

from tailorbird import assemble
from tailorbird.core.errors import BadFile


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("17:30", "17:30"), ("0123", "0123"), ("1e-4", 1e-4), ("true", True), ("null", None),
        ("-3", -3), ("2.5", 2.5), ("1_000", "1_000"), ("2026-01-01", "2026-01-01"), ('"5"', "5"), ("0x10", "0x10"), (".inf", ".inf"),
    ],
)  # fmt: skip
def test_a_scalar_is_what_it_looks_like(text: str, value: object) -> None:
    read = assemble.parse_yaml(f"key: {text}", "x.yaml")["key"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\na: 2", r"x\.yaml:2:1.*twice"),
        ("a: &x 1\nb: *x", "alias"),
        ("a: !!python/object:os.system 1", "tag"),
        ("a: [1, 2", r"x\.yaml:"),
        ("a:\n\t- 1", r"x\.yaml:2"),
        ("? [a, b]\n: 1", "key"),
        ("[" * 5000, "deep|expected"),
        ("a: b: c", r"x\.yaml:1"),
        ("a: 1\n---\nb: 2", "document"),
        ("\x07", "special characters"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        assemble.parse_yaml(text, "x.yaml")


def test_the_packs_read() -> None:
    assert "numpy" in assemble.domain("iot").allowed
