"""BM25 finds what resembles."""

from __future__ import annotations

from tailorbird.core.rank import Index, terms

TEXTS = [
    "find the R peaks in an ECG",
    "count steps from a phone in a pocket",
    "decode the keypad tones in a recording",
    "从这段心电图中找出每次心跳",
    "数一数我走了多少步",
]


def test_the_nearest_text_comes_first() -> None:
    index = Index(TEXTS)
    assert index.best("how many steps did my phone count")[0][0] == 1
    assert index.best("detectPeaks(ecg)")[0][0] == 0
    assert index.best("每次心跳在什么时刻")[0][0] == 3


def test_typing_slips_are_forgiven() -> None:
    assert Index(TEXTS).best("keypda tones recordng")[0][0] == 2


def test_nothing_shared_is_nothing_found() -> None:
    assert Index(TEXTS).best("zzz qqq") == []
    assert Index([]).best("anything") == []


def test_only_the_given_positions_count() -> None:
    assert [at for at, _ in Index(TEXTS).best("a phone in a pocket, an ECG", among=[0])] == [0]


def test_names_are_split_at_case_and_underscore() -> None:
    assert {"band", "pass", "filter"} <= set(terms("bandPass_filter"))
