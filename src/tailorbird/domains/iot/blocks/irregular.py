"""Blocks that thin, count and compare readings at irregular times as they came.

Covers: spacing, dead bands, limits relative to the record, increases, slots of time. Does not cover: means and energies
weighted by time, silences (`readings.py`), grids (`rates.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param, Port
from tailorbird.domains.iot.blocks.ports import READINGS, STAMPS, samples

_X = np.array([1.0, 3.0, 2.0, 8.0])
_T = np.array([10.0, 12.0, 18.0, 20.0])
_H = np.array([0.0, 9.0, 9.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 9.0])
_HT = np.array([0.0, 1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 10.0, 20.0])
_NO = np.array([])
_DO = "(compute|work out|determine|find|take)"
_BOTH = (READINGS, STAMPS)
_FACTOR = Param("factor", (0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0, 1.25))
_NONE = Case((_NO,), 0.0, {}, why="nothing there")
_NONE_AT = Case((_NO, _NO), 0.0, {}, why="nothing there")
_PAIRS = Case((_NO, _NO), (_NO, _NO), {}, why="empty stays empty")


def _result(names: tuple[str, ...], meaning: str, unit: str = "=x", kind: str = "number") -> tuple[Port, ...]:
    return (Port("result", kind, unit, names, meaning),)


def _kept(names: tuple[str, ...], meaning: str) -> tuple[Port, ...]:
    """Readings that are kept, and their times."""
    times = tuple(f"{name}_times" for name in names)
    return Port("kept", "values", "=x", names, meaning), Port("kept_at", "stamps", "s", times, "their times")


BLOCKS = (
    Block(
        name="spaced_readings", title="Thinning of Readings", takes=_BOTH, gives=_kept(("spaced", "thinned", "sparse"), "readings at least {gap} s apart"),
        params=(Param("gap", (1.5, 2.0, 3.0, 5.0, 60.0, 90.0, 120.0, 240.0, 300.0, 600.0), "s"),), when=lambda p, c: 0.8 <= p["gap"] * c.rate <= 4.0 and samples(c) > 60,
        rate_after=lambda p, c: 1.0 / (float(p["gap"]) + 0.5 / c.rate),
        actions=("keep the first reading", "then each one at least {gap} s after the one kept last"), target="Keep only readings at least {gap} s after the one kept before.",
        remark="thinning of readings: the first is kept, then each whose time is more than {gap} s less 1 us after that of the reading kept last, with their times; empty stays empty",
        functions=("spaced_readings", "spaced_readings_search", "spaced_readings_accumulate"),
        en=("(drop|skip|ignore|discard) readings (less than|closer than|sooner than) {gap} s after the (one kept before|last kept one|previously kept one)", "(thin|thin out) the readings so that kept ones are at least {gap} s apart", "keep (a reading|readings) only (if|when) {gap} s or more have passed since the last kept one"),
        zh=("(丢弃|忽略|去掉)距(上一个保留|前一个保留的)读数不足 {gap} 秒的读数", "(稀疏化读数|抽稀),使保留的读数至少相隔 {gap} 秒"),
        wrong=(("distance to the reading before", "            last = moment\n", "            pass\n        last = moment\n"), ("first one lost", "last is None or moment - last", "last is not None and moment - last"), ("those too close kept", "> GAP - 1e-6", "< GAP - 1e-6")),
        cases=(
            Case((np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([0.0, 2.0, 4.0, 5.0, 8.0])), (np.array([1.0, 3.0, 5.0]), np.array([0.0, 4.0, 8.0])), {"gap": 3.0}, why="0, 4 and 8 s"),
            Case((_X, _T), (np.array([1.0, 3.0, 2.0, 8.0]), _T), {"gap": 2.0}, why="exactly 2 s suffice"), _PAIRS,
        ),
        stage=1,
    ),
    Block(
        name="neighbour_median", title="Median of Neighbouring Readings", takes=(READINGS,), gives=(Port("y", "values", "=x", ("medians", "steady", "despiked"), "median of {count} readings around each"),),
        params=(Param("count", (3, 5, 7, 9)),), when=lambda p, c: p["count"] < 0.1 * samples(c),
        actions=("median of {count} readings around each, whatever their times", "repeat the first and last reading at the ends"), target="Replace each reading by the median of {count} readings around it.",
        remark="median of neighbours: median of {count} readings centred on each in the order of time, spacing ignored; beyond the ends the first and last reading repeat; empty stays empty",
        functions=("neighbour_median", "neighbour_median_pandas", "neighbour_median_loop"),
        en=("(replace|substitute) (each|every) reading by the median of {count} (readings around it|consecutive readings centred on it|neighbouring readings)", "(smooth|clean|despike) the readings (by|with) (a median of|medians of|the running median of) {count} readings [regardless of spacing]"),
        zh=("用(前后|相邻) {count} 个读数的(中位数|中值)代替每个读数", "(对读数|把读数)做 {count} 点中值(去尖峰|平滑)"),
        wrong=(("mean for median", "ndimage.median_filter(x, size=COUNT, mode", "ndimage.uniform_filter1d(x, size=COUNT, mode"), ("zeros beyond the ends", "mode=\"nearest\"", "mode=\"constant\"")),
        cases=(Case((_X,), np.array([1.0, 2.0, 3.0, 8.0]), {"count": 3}, why="by hand"), Case((np.array([4.0, 6.0]),), np.array([4.0, 6.0]), {"count": 5}, why="ends repeat"), Case((_NO,), _NO, {"count": 3}, why="empty stays empty")),
        stage=2,
    ),
    Block(
        name="significant_changes", title="Dead Band on Readings", takes=_BOTH, gives=_kept(("changes", "significant", "relevant"), "readings that differ enough from the one kept before"),
        params=(Param("factor", (0.05, 0.1, 0.2, 0.3, 0.5)),),
        actions=("dead band of {factor} standard deviations of the readings", "keep the first, then each that differs by more from the one kept last"), target="Keep only readings that differ by more than {factor} standard deviations from the one kept before.",
        remark="dead band: the first is kept, then each that differs from the reading kept last by more than {factor} population standard deviations of all readings, with their times; empty stays empty",
        functions=("significant_changes", "significant_changes_jumps", "significant_changes_accumulate"),
        en=("(keep|report) only readings that differ (from the last kept one|from the one kept before) by more than {factor} (standard deviations|sigma) [of all readings]", "(drop|ignore|suppress|filter out) changes (of|up to) {factor} (standard deviations|sigma) or less (since|against) the last kept reading", "apply a dead band of {factor} (standard deviations|sigma) to the readings"),
        zh=("(只保留|仅保留)与上一个保留读数相差超过 {factor} 倍标准差的读数", "(对读数|给读数)(加|应用|设置) {factor} 倍标准差的死区", "(忽略|去掉)相对上一保留值变化不超过 {factor} 倍标准差的读数"),
        wrong=(("distance to the reading before", "            last = value\n", "            pass\n        last = value\n"), ("sample deviation", "np.std(x)", "np.std(x, ddof=1)"), ("small changes kept", "abs(value - last) > limit", "abs(value - last) < limit")),
        cases=(
            Case((np.array([0.0, 1.0, 2.0, 3.0, 9.0]), np.arange(5.0)), (np.array([0.0, 2.0, 9.0]), np.array([0.0, 2.0, 4.0])), {"factor": 0.5}, why="deviation 3.16, so more than 1.58"),
            Case((np.array([0.0, 4.2, 7.0]), np.arange(3.0)), (np.array([0.0, 4.2, 7.0]), np.arange(3.0)), {"factor": 0.9}, why="deviation 2.88, 2.59 is less than 2.8"), _PAIRS,
        ),
        stage=2,
    ),
    Block(
        name="latest_reading", title="Latest Reading", takes=_BOTH, gives=_result(("latest", "current", "newest"), "reading with the largest time"),
        actions=("the reading with the largest time",), target="Give the latest reading.", remark="latest reading: the one with the largest time; 0.0 for none",
        functions=("latest_reading", "latest_reading_pandas", "latest_reading_loop"),
        en=("(take|give|return|find|report) the (latest|newest|most recent) (reading|value|entry) [by its time]",),
        zh=("(取|给出|返回)(最新|最近|时间最晚)的(读数|一条读数)",),
        aim=("the (latest|newest|most recent) (reading|value)", "the current value (by the last report|according to the latest reading)"), aim_zh=("(最新读数|最近一次的值|当前值)",),
        wrong=(("oldest", "np.argmax", "np.argmin"), ("largest", "x[np.argmax(t)]", "np.max(x)"), ("its time", "x[np.argmax(t)]", "np.max(t)")),
        cases=(Case((np.array([4.0, 9.0, 5.0]), np.array([1.0, 2.0, 7.0])), 5.0, {}, why="at 7 s"), Case((np.array([4.0, 6.0, 5.0]), np.array([1.0, 8.0, 7.0])), 6.0, {}, why="out of order"), _NONE_AT),
    ),
    Block(
        name="high_reading_count", title="Count of High Readings", takes=(READINGS,), gives=_result(("high_count", "exceedances", "above_limit"), "readings above mean + {factor} standard deviations", "1", "count"),
        params=(_FACTOR,), actions=("limit {factor} standard deviations above the mean", "count the readings above it"), target="Count the readings more than {factor} standard deviations above the mean.",
        remark="count of high readings: those above mean + {factor} population standard deviations of all readings; 0 for none",
        functions=("high_reading_count", "high_reading_count_pandas", "high_reading_count_loop"),
        en=("(count|count up|tally) the readings (more than|over) {factor} (standard deviations|sigma) above (their mean|the average|the mean)",),
        zh=("(统计|计算|数出)高于均值 {factor} 倍标准差的读数(个数|数量)", "(统计|数一数)超过均值加 {factor} 倍标准差的读数"),
        aim=("(the number|the count|how many) of the readings above mean plus {factor} standard deviations", "how many readings are unusually high", "(the number|the count) of high readings"), aim_zh=("(偏高读数的个数|超限读数的数量|高于门限的读数个数)",),
        wrong=(("low ones", "x > limit", "x < limit"), ("sample deviation", "np.std(x)", "np.std(x, ddof=1)"), ("mean left out", "np.mean(x) + FACTOR", "FACTOR")),
        cases=(Case((np.array([0.0, 0.0, 0.0, 8.0]),), 1, {"factor": 1.6}, why="mean 2, deviation 3.46: 7.54, with n - 1 8.4"), Case((np.array([6.0, 8.0, 7.0, 7.0]),), 1, {"factor": 0.5}, why="mean 7"), Case((_NO,), 0, {"factor": 0.5}, why="nothing there")),
    ),
    Block(
        name="high_time_share", title="Share of Time High", takes=_BOTH, gives=_result(("high_share", "time_share", "share_above"), "share of the time above mean + {factor} standard deviations", "1"),
        params=(_FACTOR,), actions=("limit {factor} standard deviations above the mean", "time of the readings above it, each until the next, over the whole time"), target="Compute the share of time with a reading more than {factor} standard deviations above the mean.",
        remark="share of time high: each reading holds until the next, the last for no time; time with a reading above mean + {factor} population standard deviations of the readings, over the time from first to last; 0.0 where that is 0",
        functions=("high_time_share", "high_time_share_weights", "high_time_share_loop"),
        en=("(compute|work out|determine|find) the (share|fraction|proportion) of time with readings {factor} (standard deviations|sigma) above (their mean|the mean), [each reading|a reading] (holding|held) until the next",),
        zh=("(计算|求)读数高于均值 {factor} 倍标准差的时间(占比|比例)(,每个读数保持到下一个|)", "(求|计算)超过均值加 {factor} 倍标准差的时间份额"),
        aim=("the (share|fraction|proportion) of time (above mean plus {factor} standard deviations|with high readings)", "how much of the time the readings are high, as a share"), aim_zh=("(偏高时间的占比|超限时间比例|高位时间份额)",),
        wrong=(("share of readings", "np.sum(np.diff(t)[x[:-1] > limit]) / span", "np.mean(x > limit)"), ("each since the one before", "x[:-1] > limit", "x[1:] > limit"), ("seconds for share", " / span)", ")")),
        cases=(Case((_H, _HT), 0.25, {"factor": 0.5}, why="1 to 4 and 7 to 9 of 20 s"), Case((np.array([5.0]), np.array([3.0])), 0.0, {"factor": 0.5}, why="no time"), Case((_NO, _NO), 0.0, {"factor": 0.5}, why="nothing there")),
    ),
    Block(
        name="median_wait", title="Median Wait for Readings", takes=_BOTH, gives=_result(("median_wait", "usual_interval", "typical_gap"), "median time between consecutive readings", "s"),
        actions=("median of the times between consecutive readings",), target="Compute the median time between consecutive readings.", remark="median wait: median in s of the times between consecutive readings; 0.0 for fewer than 2",
        functions=("median_wait", "median_wait_statistics", "median_wait_pandas"),
        en=(f"{_DO} the (median time between readings|median reporting interval|median interval of the readings|typical reporting interval as a median|median wait from one reading to the next) [in s]",),
        zh=("(计算|求)(读数间隔|上报间隔|相邻读数时间差)的(中位数|中值)(,单位秒|)",),
        aim=("the (median|typical) (time between readings|reporting interval|interval between reports) [in s]",), aim_zh=("(读数间隔的中位数|典型上报间隔|上报间隔中值)",),
        wrong=(("mean for median", "np.median", "np.mean"), ("of the times themselves", "np.diff(t)", "t")),
        cases=(Case((_X, np.array([10.0, 12.0, 18.0, 21.0])), 3.0, {}, why="2, 6 and 3"), Case((_X[:1], _T[:1]), 0.0, {}, why="one reading"), _NONE_AT),
    ),
    Block(
        name="total_increase", title="Total Increase", takes=(READINGS,), gives=_result(("total_increase", "climbed", "added"), "sum of all increases from reading to reading"),
        actions=("sum of the changes upwards from each reading to the next",), target="Add up all increases from reading to reading.", remark="total increase: sum of the positive differences of consecutive readings; 0.0 for fewer than 2",
        functions=("total_increase", "total_increase_pandas", "total_increase_loop"),
        en=("(add up|sum|sum up|total) (all|the) (increases|rises|positive differences|upward changes) (from reading to reading|between consecutive readings)",),
        zh=("(累加|合计)(所有|全部)(上升量|增量|正的变化)", "(计算|求)读数的(累计上升|总增量|累计增加量)"),
        aim=("the total (increase|rise|climb) [of the readings]", "the sum of all (increases|rises) [from reading to reading]"), aim_zh=("(总增量|累计上升量|累计增加量)",),
        wrong=(("net change", "np.maximum(np.diff(x), 0.0)", "np.diff(x)"), ("falls too", "np.maximum(np.diff(x), 0.0)", "np.abs(np.diff(x))"), ("falls alone", "np.maximum", "np.minimum")),
        cases=(Case((_X,), 8.0, {}, why="2 and 6"), Case((np.array([5.0, 4.0, 1.0]),), 0.0, {}, why="only falls"), Case((np.array([7.0]),), 0.0, {}, why="one reading"), _NONE),
    ),
    Block(
        name="largest_reading_step", title="Largest Step of Readings", takes=(READINGS,), gives=_result(("largest_step", "worst_jump", "biggest_change"), "largest absolute change between consecutive readings"),
        actions=("largest absolute change from a reading to the next",), target="Find the largest absolute change between consecutive readings.", remark="largest step: largest absolute difference of consecutive readings; 0.0 for fewer than 2",
        functions=("largest_reading_step", "largest_reading_step_pandas", "largest_reading_step_loop"),
        en=(f"{_DO} the largest (step|jump|change|absolute change|absolute difference) (from one reading to the next|between consecutive readings)",),
        zh=("(求|计算|找出)相邻读数的(最大跳变|最大变化|最大绝对差)", "(找出|求)读数之间的(最大一步变化|最大突变)"),
        aim=("the largest (step|jump|change) (between consecutive readings|from one reading to the next)",), aim_zh=("(相邻读数的最大变化|最大跳变|最大单步变化)",),
        wrong=(("rises alone", "np.abs(np.diff(x))", "np.diff(x)"), ("mean step", "np.max", "np.mean")),
        cases=(Case((np.array([1.0, 3.0, -4.0, 2.0]),), 7.0, {}, why="3 to -4"), Case((_X,), 6.0, {}, why="2 to 8"), _NONE),
    ),
    Block(
        name="steepest_rise", title="Steepest Rise per Hour", takes=_BOTH, gives=_result(("steepest_rise", "fastest_rise", "max_slope"), "largest rise per hour between consecutive readings", "1"),
        actions=("change over time between consecutive readings, per hour", "the largest, at least 0"), target="Find the steepest rise between consecutive readings per hour.",
        remark="steepest rise: largest of 0 and difference over time in h of consecutive readings, pairs without time between are left out; 0.0 for fewer than 2",
        functions=("steepest_rise", "steepest_rise_pandas", "steepest_rise_loop"),
        en=(f"{_DO} the (steepest|fastest|largest) (rise|increase|climb) per hour (between consecutive readings|from one reading to the next)",),
        zh=("(求|计算|找出)相邻读数间每小时的(最大上升|最快上升|最大升速)", "(找出|求)(最陡的上升|上升最快处)的每小时(变化量|斜率)"),
        aim=("the (steepest|fastest|largest) rise per hour [between consecutive readings]", "the largest hourly rate of increase"), aim_zh=("(每小时最大上升|最快上升速率|最大升速)",),
        wrong=(("per second", "3600.0 * ", ""), ("falls too", "np.diff(x)[waits > 0]", "np.abs(np.diff(x))[waits > 0]"), ("time left out", " / waits[waits > 0]", "")),
        cases=(Case((_X, _T), 10800.0, {}, why="6 in 2 s"), Case((np.array([9.0, 5.0, 6.0]), np.array([0.0, 1.0, 3.0])), 1800.0, {}, why="1 in 2 s"), Case((np.array([9.0, 5.0]), np.array([0.0, 1.0])), 0.0, {}, why="falls"), _NONE_AT),
    ),
    Block(
        name="highest_reading_time", title="Time of Highest Reading", takes=_BOTH, gives=_result(("highest_at", "maximum_after", "peak_after"), "time of the largest reading after the first", "s"),
        actions=("the largest reading", "its time since the first reading"), target="Find how long after the first reading the largest one came.",
        remark="time of the highest: seconds from the first reading to the largest, the first among equals; 0.0 for none",
        functions=("highest_reading_time", "highest_reading_time_pandas", "highest_reading_time_loop"),
        en=(f"{_DO} (when the highest reading came|the time of the highest reading|the moment of the largest reading|when the readings peaked|the time of the peak reading), in s (after|from) the first",),
        zh=("(求|找出|计算)(最大|最高)读数(距第一个读数的秒数|相对首个读数的时间)",),
        aim=("the time of the (highest|largest|peak) reading [in s after the first]", "when the (highest|largest) reading came [in s after the first]"), aim_zh=("(最大读数的时间|最高读数出现的时刻|峰值读数距首个读数的秒数)",),
        wrong=(("lowest", "np.argmax", "np.argmin"), ("the reading itself", "t[np.argmax(x)] - t[0]", "np.max(x)"), ("not since the first", " - t[0]", "")),
        cases=(Case((np.array([1.0, 3.0, 9.0, 8.0]), _T), 8.0, {}, why="18 less 10"), Case((np.array([1.0, 9.0, 9.0]), _T[:3]), 2.0, {}, why="the first among equals"), _NONE_AT),
    ),
    Block(
        name="slot_means", title="Means per Time Slot", takes=_BOTH, gives=_result(("slot_means", "profile", "means"), "mean reading of each {slot} s", kind="numbers"),
        params=(Param("slot", (60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 21600.0, 43200.0), "s"),), when=lambda p, c: p["slot"] * c.rate >= 4.0 and 4.0 <= c.seconds / p["slot"] <= 40.0,
        actions=("slots of {slot} s from the first reading on", "mean of the readings of each slot that has any"), target="List the mean reading of each slot of {slot} s.",
        remark="means per slot: a reading at t belongs to slot floor((t - first) / {slot}), 1e-6 of a slot tolerated; the plain mean of each slot in order, slots without a reading are left out; [] for none",
        functions=("slot_means", "slot_means_pandas", "slot_means_loop"),
        en=("(list|give|compute|tabulate|report) the (mean|average|mean value) (of the readings|reading) (of each|of every|for each|in each) {slot} s [from the first on]",),
        zh=("(列出|计算|求)每 {slot} 秒(时段|)读数的(均值|平均值)", "(按|以) {slot} 秒分段列出读数均值"),
        aim=("the (mean|average) reading (of each|for every|in each) {slot} s", "(a list of the means|the averages) of all {slot} s slots"), aim_zh=("(每 {slot} 秒的均值|各时段的平均读数|分时段均值列表)",),
        wrong=(("sum for mean", "sums[counts > 0] / counts[counts > 0]", "sums[counts > 0]"), ("counted from time zero", "(t - t[0]) / SLOT", "t / SLOT"), ("half slots", "/ SLOT", "/ (SLOT / 2)")),
        cases=(
            Case((np.array([1.0, 3.0, 8.0, 9.0, 7.0]), np.array([10.0, 60.0, 70.0, 190.0, 240.0])), [2.0, 8.0, 8.0], {"slot": 60.0}, why="slots 0 0 1 3 3"),
            Case((np.array([4.0]), np.array([5.0])), [4.0], {"slot": 60.0}, why="one reading"), Case((_NO, _NO), [], {"slot": 60.0}, why="nothing there"),
        ),
    ),
    Block(
        name="high_reading_spans", title="Spans of High Readings", takes=_BOTH, gives=_result(("high_spans", "exceedance_spans", "spans_above"), "spans above mean + {factor} standard deviations", "s", "spans"),
        params=(_FACTOR,), actions=("limit {factor} standard deviations above the mean", "runs of readings above it, each until the next reading"), target="Find the spans of readings more than {factor} standard deviations above the mean.",
        remark="spans of high readings: runs of consecutive readings above mean + {factor} population standard deviations of all; [time of the first of the run, time of the reading after it, or of the last reading], in order; [] for none",
        functions=("high_reading_spans", "high_reading_spans_loop", "high_reading_spans_groups"),
        en=("(find|list|detect|report) the (spans|stretches|periods) of readings (more than|over) {factor} (standard deviations|sigma) above (their mean|the mean) [, each until the next reading]",),
        zh=("(找出|列出|检测)读数高于均值 {factor} 倍标准差的(时段|时间段)", "(列出|找出)超过均值加 {factor} 倍标准差的起止时间"),
        aim=("the (spans|stretches|periods) of high readings [as start and end in s]",), aim_zh=("(读数偏高的时段|超限时段的起止时间|高读数时间段)",),
        wrong=(("low ones", "x > limit", "x < limit"), ("until the last high reading", "np.minimum(edges[1::2], len(x) - 1)", "edges[1::2] - 1"), ("gaps between them", "zip(edges[::2], ends)", "zip(ends, edges[2::2])")),
        cases=(Case((_H, _HT), [[1.0, 4.0], [7.0, 9.0], [20.0, 20.0]], {"factor": 0.5}, why="mean 3.6, deviation 4.41"), Case((_NO, _NO), [], {"factor": 0.5}, why="nothing there")),
        stage=4,
    ),
    Block(
        name="reading_table", title="Table of Readings", takes=(READINGS,), gives=_result(("overview", "reading_table", "summary"), "count, mean, min, max", kind="table"),
        actions=("count, mean, minimum and maximum of the readings",), target="Summarise the readings by count, mean, minimum and maximum.", remark="table of readings: keys count, mean, min, max, each a float, no weighting by time; all 0.0 for none",
        functions=("reading_table", "reading_table_pandas", "reading_table_loop"),
        en=("(summarise|describe|sum up) the readings by [their] (count, mean, minimum and maximum|count, mean, min and max|number, mean, lowest and highest value)", "(tabulate|list|compute) (count, mean, minimum and maximum|count, mean, min and max|number, mean, lowest and highest value) of (the|all) readings",),
        zh=("(汇总|统计|列出)读数的(个数、均值、最小值和最大值|数量、平均、最小、最大)", "(给出|统计)读数表:个数、均值、最小、最大"),
        aim=("(count, mean, minimum and maximum|a table of count, mean, min and max|a summary with count, mean, min and max) [of the readings]",), aim_zh=("(读数的个数、均值、最小值和最大值|读数统计表|读数汇总)",),
        wrong=(("median for mean", "np.mean(x)", "np.median(x)"), ("minimum for maximum", "np.max(x)", "np.min(x)")),
        cases=(Case((_X,), {"count": 4.0, "mean": 3.5, "min": 1.0, "max": 8.0}, {}, why="by hand"), Case((_NO,), {"count": 0.0, "mean": 0.0, "min": 0.0, "max": 0.0}, {}, why="nothing there")),
    ),
)  # fmt: skip
