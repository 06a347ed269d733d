"""Blocks that work on readings at irregular times as they came, without a grid.

Covers: outliers, silences, means and energies weighted by time. Does not cover: grids (`rates.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param, Port
from tailorbird.domains.iot.blocks.ports import READINGS, STAMPS

_X = np.array([1.0, 3.0, 5.0])
_T = np.array([10.0, 12.0, 18.0])
_NO = np.array([])
_DO = "(compute|work out|determine|find|take)"
_NONE = Case((_NO, _NO), 0.0, {}, why="nothing there")


def _number(names: tuple[str, ...], meaning: str, unit: str) -> tuple[Port, ...]:
    return (Port("result", "number", unit, names, meaning),)


BLOCKS = (
    Block(
        name="reading_outlier_removal", title="Removal of Outlying Readings", takes=(READINGS, STAMPS),
        gives=(Port("kept", "values", "=x", ("kept", "good", "clean", "plausible"), "readings without outliers"), Port("kept_at", "stamps", "s", ("kept_times", "good_times", "clean_times"), "their times")),
        params=(Param("limit", (3.0, 3.5, 4.0, 5.0, 6.0)),),
        actions=("median and median absolute deviation of the readings", "drop those beyond {limit} robust deviations, with their times"), target="Drop readings more than {limit} robust deviations off the median.",
        remark="outlying readings: those further from the median than {limit} times 1.4826 times the median absolute deviation are dropped together with their times; empty stays empty",
        functions=("reading_outlier_removal", "reading_outlier_removal_loop", "reading_outlier_removal_pandas"),
        en=("(drop|remove|discard|throw out) (readings|values|outliers) (more than|further than|beyond) {limit} (robust deviations|scaled MADs|times 1.4826 MAD) (off|from) the median",),
        zh=("(去掉|丢弃|剔除)偏离中位数超过 {limit} 倍( MAD |稳健标准差)的(读数|异常读数)",),
        wrong=(("outliers kept", "off <= LIMIT", "off > LIMIT"), ("scale left out", "LIMIT * (1.4826 * np.median(off))", "LIMIT * np.median(off)")),
        cases=(
            Case((np.array([1.0, 2.0, 90.0, 4.0, 5.0]), np.arange(5.0)), (np.array([1.0, 2.0, 4.0, 5.0]), np.array([0.0, 1.0, 3.0, 4.0])), {"limit": 3.0}, why="median 4, deviations 3 2 86 0 1"),
            Case((np.array([0.0, 1.0, 2.0, 3.0, 8.0]), np.arange(5.0)), (np.array([0.0, 1.0, 2.0, 3.0, 8.0]), np.arange(5.0)), {"limit": 5.0}, why="6 off, the limit is 7.4"),
            Case((_NO, _NO), (_NO, _NO), {"limit": 3.0}, why="empty stays empty"),
        ),
        stage=1,
    ),
    Block(
        name="silent_spans", title="Silent Spans", takes=(READINGS, STAMPS), gives=(Port("spans", "spans", "s", ("silences", "gaps", "outages"), "spans without a reading"),),
        params=(Param("limit", (1.7, 3.3, 6.7, 33.3, 66.7, 133.3, 333.3, 666.7, 1333.3), "s"),), when=lambda p, c: 1.5 <= p["limit"] * c.rate <= 4.5,
        actions=("times between consecutive readings", "those above {limit} s"), target="Find spans of more than {limit} s without a reading.",
        remark="silent spans: [earlier, later] time in s of consecutive readings more than {limit} s apart, readings that are not finite do not count; in order, [] for none",
        functions=("silent_spans", "silent_spans_loop", "silent_spans_pairs"),
        en=("(find|list|detect|look for) (gaps|silences|outages|spans without readings) (longer than|of more than|above) {limit} s", "(find|list|detect) where no reading came for more than {limit} s"),
        zh=("(找出|列出|检测)超过 {limit} 秒(没有读数|无上报)的(时段|间隙)",),
        aim=("the (gaps|silences|outages) (in the readings|between readings) [as start and end in s]",), aim_zh=("(没有读数的时段|上报中断时段|读数间隙)",),
        wrong=(("short ones", "> LIMIT", "< LIMIT"), ("the same end twice", "float(known[i + 1])", "float(known[i])")),
        cases=(
            Case((_X, _T), [[12.0, 18.0]], {"limit": 3.3}, why="by hand"),
            Case((np.array([1.0, np.nan, 5.0]), _T), [[10.0, 18.0]], {"limit": 6.7}, why="the middle one does not count"),
            Case((_NO, _NO), [], {"limit": 3.3}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="time_weighted_mean", title="Time-Weighted Mean", takes=(READINGS, STAMPS), gives=_number(("mean", "weighted_mean", "time_mean"), "mean over time", "=x"),
        actions=("trapezoids between readings", "their sum over the time from first to last"), target="Compute the mean of the readings over time.",
        remark="time-weighted mean: trapezoids between consecutive readings over the time from the first to the last; the plain mean where that time is 0, 0.0 for none",
        functions=("time_weighted_mean", "time_weighted_mean_loop", "time_weighted_mean_weights"),
        en=(f"{_DO} the (time-weighted mean|mean over time by trapezoids|time-weighted average|average weighted by time|mean weighted with the time between readings) [of the readings]",),
        zh=("(计算|求)(时间加权平均|按时间加权的均值|按梯形法对时间的平均)", "(求|计算)读数的时间加权(平均|均值)"),
        aim=("the (time-weighted mean|time-weighted average|mean over time) [of the readings]",), aim_zh=("(时间加权平均|按时间加权的均值|时间平均值)",),
        wrong=(("plain mean", "np.trapezoid(x, t) / span", "np.mean(x)"), ("not divided", "np.trapezoid(x, t) / span", "np.trapezoid(x, t)")),
        cases=(Case((_X, _T), 3.5, {}, why="(4 + 24) / 8"), Case((_X[:1], _T[:1]), 1.0, {}, why="one reading"), _NONE),
    ),
    Block(
        name="reading_energy", title="Energy from Readings", takes=(READINGS, STAMPS), gives=_number(("energy", "consumption", "total_energy"), "integral over time in hours", "1"),
        actions=("trapezoids between readings, time in hours",), target="Integrate power readings over time in hours.",
        remark="energy: trapezoids between consecutive readings with time in hours (W gives Wh, kW gives kWh); 0.0 for fewer than 2",
        functions=("reading_energy", "reading_energy_scipy", "reading_energy_loop"),
        en=("(integrate|sum up|add up) (the readings|the power readings|the power) over time in hours by trapezoids [to an energy]", f"{_DO} the energy (from|of) the power readings [by trapezoids] (with time in hours|in hours times the unit)"),
        zh=("(用|按)梯形法对(功率读数|读数)(按小时积分|求能量)", "(计算|求)功率读数的(能量|用电量)(,时间以小时计|)"),
        aim=("the [total] (energy|consumption) (from the readings|over the record) [in power times hours]", "the energy in hours times the unit [of power]"), aim_zh=("(总能量|用电量|能耗)",),
        wrong=(("seconds", " / 3600.0", ""), ("stamps left out", "np.trapezoid(x, t)", "np.trapezoid(x)")),
        cases=(Case((_X * 3600.0, _T), 28.0, {}, why="4 + 24"), _NONE),
        suits=frozenset({"power"}),
    ),
    Block(
        name="longest_silence", title="Longest Silence", takes=(READINGS, STAMPS), gives=_number(("longest_silence", "longest_gap", "worst_gap"), "longest time between two readings", "s"),
        actions=("longest time between consecutive readings",), target="Find the longest time between two consecutive readings.",
        remark="longest silence: largest time in s between consecutive readings, those that are not finite do not count; 0.0 for fewer than 2",
        functions=("longest_silence", "longest_silence_loop", "longest_silence_pandas"),
        en=(f"{_DO} the (longest silence|longest gap between readings|longest time between two readings|largest gap in the time stamps|longest wait for a reading) [in s]",),
        zh=("(求|找出|计算)(最长的读数间隔|相邻读数的最长时间间隔|最长静默时间)", "(求|确定)读数之间的最长(间隙|时间)"),
        aim=("the (longest silence|longest gap|longest time) between [two] readings [in s]",), aim_zh=("(最长读数间隔|最长静默时间|最大上报间隔)",),
        wrong=(("shortest", "np.max", "np.min"), ("mean", "np.max", "np.mean")),
        cases=(Case((_X, _T), 6.0, {}, why="12 to 18"), Case((np.array([1.0, np.nan, 5.0]), _T), 8.0, {}, why="the middle one does not count"), _NONE),
    ),
    Block(
        name="hourly_readings", title="Readings per Hour", takes=(READINGS, STAMPS), gives=_number(("readings_per_hour", "report_rate", "hourly_rate"), "readings per hour", "/h"),
        actions=("number of intervals over the time from first to last reading, per hour",), target="Compute the rate of readings per hour.",
        remark="readings per hour: 3600 times (number - 1) over the seconds from the first to the last reading, those that are not finite do not count; 0.0 for fewer than 2 or no time between",
        functions=("hourly_readings", "hourly_readings_mean", "hourly_readings_loop"),
        en=(f"{_DO} (the rate of readings per hour|the readings per hour|how many readings come per hour|the mean report rate per hour|the hourly report rate) [from first to last]",),
        zh=("(计算|求)(每小时读数个数|每小时上报次数|每小时平均上报频率)", "(求|统计)每小时(上报|读数)次数"),
        aim=("the (number|rate) of readings per hour", "how many readings come per hour [on average]", "the mean report rate per hour", "the reports per hour"), aim_zh=("(每小时读数个数|每小时上报次数|上报频率)",),
        wrong=(("per minute", "3600.0", "60.0"), ("readings for intervals", "(len(known) - 1)", "len(known)")),
        cases=(Case((_X, _T), 900.0, {}, why="2 in 8 s"), Case((_X[:1], _T[:1]), 0.0, {}, why="one reading"), _NONE),
    ),
)  # fmt: skip
