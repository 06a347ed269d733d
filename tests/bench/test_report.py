"""Reports: from rows only, no number without n, the bar beside the figure, a page that stands alone."""

import json
import re
from html.parser import HTMLParser

import pytest
from bench_fakes import BAD, GOOD, TrustedWorld, domain, entrant

from tailorbird.bench.page import page
from tailorbird.bench.report import Report, Run, markdown, report, write
from tailorbird.bench.run import Ground, Work, run
from tailorbird.bench.suite import named
from tailorbird.core.errors import UserError
from tailorbird.core.files import read_card
from tailorbird.core.record import from_json, to_json

TINY = domain(12)
SUITE = named("iot-held", TINY, "s")


def choose(request):
    return BAD if "exceeding" in request.text else GOOD


def made(folder, name="new", world="trusted", pick=choose, work=None, suite=SUITE):
    run(
        suite,
        entrant(name, pick),
        Ground(TrustedWorld(), world, TINY.families),
        folder,
        work or Work(command=f"bench run {name}"),
    )
    return Run.read(folder)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    base = tmp_path_factory.mktemp("base")
    return made(base / "new"), made(base / "nearest", "nearest", pick=lambda r: GOOD if "What" in r.text else None)


class Checker(HTMLParser):
    """Counts open elements and collects what a page must not hold."""

    VOID = {"meta", "line", "circle", "rect", "br", "link", "img"}

    def __init__(self):
        super().__init__()
        self.stack, self.tags, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


def test_the_headline_has_n_families_and_an_interval(pair):
    found = report(pair)
    entry = found.entries[0]
    assert entry.tasks == 36 and entry.families == 12 and entry.passed.mean == pytest.approx(2 / 3)
    assert entry.passed.interval.low < 2 / 3 < entry.passed.interval.high
    assert entry.errors == {"wrong_value": 12} and entry.rows == 36


def test_slices_are_counted_apart(pair):
    parts = {(part.group, part.name): part.estimate for part in report(pair).entries[0].parts}
    assert parts["kind", "terse"].mean == 0.0 and parts["kind", "goal"].mean == 1.0
    assert parts["language", "zh"].n == 12 and parts["letter", "A"].n == 18
    assert {name for group, name in parts if group == "level"} == {"easy", "nominal", "hard", "edge"}
    assert parts["family", "T903"].n == 3


def test_no_rate_stands_without_n(pair):
    for line in markdown(report(pair)).splitlines():
        if re.search(r"\d %", line) and "95 %" not in line and "80 %" not in line:
            assert (
                "n = " in line
                or re.fullmatch(r"\| \w+ \| \d+ \| [\d.]+ % \|", line)
                or "points" in line
                or line.startswith("| pass rate")
            ), line


def test_the_baseline_stands_beside_and_is_compared(pair):
    found = report(pair)
    assert found.baseline == "nearest" and len(found.comparisons) == 1
    text = markdown(found)
    assert "nearest (baseline)" in text and "new against nearest" in text


def test_what_is_not_above_the_baseline_is_said(tmp_path, pair):
    same = made(tmp_path, "copy", pick=lambda r: GOOD if "What" in r.text else None)
    assert "copy: not above the baseline nearest" in report([same, pair[1]]).verdicts


def test_a_missing_or_incomparable_baseline_is_said(tmp_path, pair):
    assert "no bar" in report(pair[:1]).verdicts[0]
    weaker = made(tmp_path, "weak", world="other")
    assert any("cannot be compared" in verdict for verdict in report([weaker, pair[1]]).verdicts)


def test_an_unsafe_world_is_shouted(tmp_path):
    found = report([made(tmp_path, world="sandbox:unsafe")])
    assert found.unsafe and "**Unsafe**" in markdown(found) and 'role="alert"' in page(found)


def test_an_unfinished_run_says_so(tmp_path):
    found = report([made(tmp_path, work=Work(shard="1/3"))])
    assert found.entries[0].open > 0 and "unfinished" in markdown(found) and "Unfinished" in page(found)


def test_regression_families_are_named_and_in_no_rate(pair):
    found = report(pair[:1], regression={"T900", "T901"})
    assert found.entries[0].tasks == 30 and found.entries[0].families == 10
    assert "regression check, in no rate: T900, 2 of 3 rows passed" in found.entries[0].notes


def test_a_run_without_rows_is_refused(tmp_path, pair):
    with pytest.raises(UserError, match="scored row"):
        report([Run(tmp_path, pair[0].start, ())])


def test_the_report_survives_json_and_reseals_the_run(tmp_path):
    made(tmp_path)
    found = report([Run.read(tmp_path)])
    assert from_json(Report, to_json(found)) == found
    paths = write(found, tmp_path, page(found))
    assert [path.name for path in paths] == ["report.md", "report.json", "report.html"]
    assert "report.html" in read_card(tmp_path).files
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["entries"][0]["tasks"] == 36
    write(found, tmp_path, page(found))
    read_card(tmp_path)


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(pair):
    text = page(report(pair), {"T900": "Mean <of> & all"})
    checker = Checker()
    checker.feed(text)
    assert checker.stack == [] and not checker.links and "script" not in checker.tags and "@import" not in text
    assert checker.tags.count("h1") == 1 and "&lt;of&gt;" in text and "prefers-color-scheme:dark" in text
    assert checker.tags.count("svg") == checker.tags.count("desc") and text.count('role="img"') == checker.tags.count(
        "svg"
    )


def test_hostile_names_do_not_become_markup(tmp_path):
    found = report([made(tmp_path, "<img src=x onerror=alert(1)>")])
    assert "<img" not in page(found)
