"""Blocks that count and time events and marked runs.

Covers: rates, intervals, runs. Does not cover: finding them (`detect.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param, Port
from tailorbird.domains.iot.blocks.ports import EVENTS, FS, MASK, X

_E = np.array([2, 6, 9, 17])
_NO = np.array([], dtype=np.int64)
_ONE = np.array([3])
_M = np.array([1, 0, 1, 1, 1, 0, 0, 1], dtype=bool)
_OFF = np.array([], dtype=bool)


def _number(names: tuple[str, ...], meaning: str, unit: str = "1", kind: str = "number") -> tuple[Port, ...]:
    return (Port("result", kind, unit, names, meaning),)


BLOCKS = (
    Block(
        name="event_count", title="Event Count", takes=(EVENTS,), gives=_number(("count", "event_count", "hits_total"), "number of events", kind="count"),
        actions=("count the events",), target="Count the events.", remark="event count: number of events; 0 for none",
        functions=("event_count", "event_count_sum", "event_count_size"),
        en=("(count|count up|tally|add up) (them|the events|all events|what was found|the hits|the finds) [one by one]", "(determine|work out|find|take) (how many there are|their number|the number of events)", "take (the number of them|the count)"),
        zh=("(统计|数出|计算)(事件数|个数|次数)", "数一数(共有多少个|有多少次)"),
        aim=("(the number|the count) of (them|the events|these events)", "how many (there are|events there are|were found)", "(the event count|the total number of events)"),
        aim_zh=("(事件个数|事件次数|总次数)",),
        wrong=(("intervals for events", "len(events)", "len(events) - 1"), ("one too many", "len(events)", "len(events) + 1")),
        cases=(Case((_E,), 4, {}, why="by hand"), Case((_NO,), 0, {}, why="none")),
    ),
    Block(
        name="event_rate", title="Events per Minute", takes=(EVENTS, FS), gives=_number(("rate_per_minute", "events_per_minute", "bpm"), "events per minute", "/min"),
        actions=("number of intervals over the time from first to last event, per minute",), target="Compute the rate of events per minute.",
        remark="events per minute: 60 times (number - 1) over the seconds from the first to the last event; 0.0 with fewer than 2 events",
        functions=("event_rate", "event_rate_mean", "event_rate_loop"),
        en=("(compute|work out|determine|find|take) (the rate of events per minute|the [mean] rate per minute|how many come per minute|the mean rate in events per minute) [from first to last]",),
        zh=("(计算|求)(每分钟的次数|每分钟事件数|每分钟速率)", "(换算成|得到)(每分钟次数|每分钟的平均次数)"),
        aim=("the [mean] (rate|number of events|event rate) per minute", "how many events come per minute [on average]"),
        aim_zh=("(每分钟次数|每分钟事件数|每分钟的速率)",),
        wrong=(("per second", "60.0 * fs", "fs"), ("events for intervals", "len(events) - 1)", "len(events))")),
        cases=(Case((_E, 2.0), 24.0, {}, why="3 intervals in 7.5 s"), Case((_ONE, 2.0), 0.0, {}, why="one event"), Case((_NO, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="median_rate", title="Median Rate per Minute", takes=(EVENTS, FS), gives=_number(("median_rate", "typical_rate", "rate_per_minute"), "60 over the median interval", "/min"),
        actions=("median of the intervals", "60 s over it"), target="Compute the rate per minute from the median interval.",
        remark="median rate: 60 over the median interval in s between consecutive events, per minute; 0.0 with fewer than 2 events",
        functions=("median_rate", "median_rate_statistics", "median_rate_pandas"),
        en=("(compute|work out|determine|find|derive) (the rate per minute from the median interval|the median rate per minute|the typical rate per minute by the median interval)", "(divide|turn) (60 s by the median interval|the median interval into a rate per minute)", "take (60|sixty) seconds over the median interval", "(use|take) the median interval (for a rate|as the basis of a rate) per minute", "(convert|translate) the median interval (to|into) (events|a rate) per minute"),
        zh=("(用|由|按)中位间隔(计算|求)每分钟(次数|速率)", "60 秒除以(中位|中值)间隔(得到速率|)"),
        aim=("the (median rate|typical rate|median event rate) per minute", "the rate per minute (by|from|according to) the median interval"),
        aim_zh=("(每分钟的中位速率|由中位间隔得到的每分钟次数|典型的每分钟次数)",),
        wrong=(("mean for median", "np.median", "np.mean"), ("per second", "60.0 * fs", "fs")),
        cases=(Case((_E, 2.0), 30.0, {}, why="intervals of 2, 1.5 and 4 s"), Case((_ONE, 2.0), 0.0, {}, why="one event"), Case((_NO, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="mean_interval", title="Mean Interval", takes=(EVENTS, FS), gives=_number(("mean_interval", "period", "spacing"), "mean time between events", "s"),
        actions=("mean of the times between consecutive events",), target="Compute the mean time between events.",
        remark="mean interval: mean time in s between consecutive events; 0.0 with fewer than 2 events",
        functions=("mean_interval", "mean_interval_ends", "mean_interval_loop"),
        en=("(compute|work out|determine|find|take|average) the (mean time between events|mean interval [in s]|average interval|average spacing in s|mean gap between neighbours)",),
        zh=("(计算|求)(平均间隔|相邻事件的平均间隔)", "(求|计算)事件(之间的|间)平均(时间|时长|间隔)"),
        aim=("the (mean|average) (interval|time between events|spacing) [in s]",), aim_zh=("(平均间隔|事件间平均时间|平均周期)",),
        wrong=(("samples for seconds", " / fs)", ")"), ("median for mean", "np.mean", "np.median")),
        cases=(Case((_E, 2.0), 2.5, {}, why="7.5 s over 3"), Case((_ONE, 2.0), 0.0, {}, why="one event"), Case((_NO, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="interval_deviation", title="Interval Deviation", takes=(EVENTS, FS), gives=_number(("interval_std", "sdnn", "jitter"), "standard deviation of the intervals", "ms"),
        actions=("times between consecutive events in ms", "their population standard deviation"), target="Compute the standard deviation of the intervals in ms.",
        remark="interval deviation: population standard deviation in ms of the times between consecutive events; 0.0 with fewer than 2 events",
        functions=("interval_deviation", "interval_deviation_statistics", "interval_deviation_loop"),
        en=("(compute|work out|determine|find|take) the (standard deviation of the intervals|spread of the intervals as a standard deviation|jitter of the intervals as a standard deviation|population standard deviation of the times between events|interval standard deviation) [in ms]",),
        zh=("(计算|求)(间隔的标准差|相邻间隔的总体标准差)(,单位 ms|)", "(求|计算)(事件间隔|各间隔)的(标准差|离散程度)"),
        aim=("the (standard deviation|spread|jitter) of the (intervals|times between events) [in ms]",), aim_zh=("(间隔的标准差|间隔抖动|事件间隔标准差)",),
        wrong=(("in seconds", "1000.0 * np", "np"), ("sample deviation", "np.std(np.diff(events) / fs)", "np.std(np.diff(events) / fs, ddof=1)")),
        cases=(Case((np.array([0, 2, 8]), 2.0), 1000.0, {}, why="intervals of 1 and 3 s"), Case((_ONE, 2.0), 0.0, {}, why="one event"), Case((_NO, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="successive_differences", title="RMS of Successive Differences", takes=(EVENTS, FS), gives=_number(("rmssd", "beat_variability", "successive_rms"), "root mean square of changes between consecutive intervals", "ms"),
        actions=("times between consecutive events in ms", "root mean square of their changes"), target="Compute the root mean square of the changes between consecutive intervals.",
        remark="RMSSD: root of the mean square of the differences of consecutive intervals, in ms; 0.0 with fewer than 3 events",
        functions=("successive_differences", "successive_differences_norm", "successive_differences_loop"),
        en=("(compute|work out|determine|find|take) (the RMSSD|RMSSD|the root mean square of successive interval differences|the RMS change from interval to interval|the root mean square of the changes between consecutive intervals) [in ms]",),
        zh=("(计算|求)(RMSSD|相邻间隔差的均方根)(,单位 ms|)", "(求|计算)(连续间隔之差|逐个间隔变化)的均方根"),
        aim=("(the RMSSD|the RMS change between consecutive intervals|the root mean square of successive interval differences) [in ms]",), aim_zh=("(RMSSD|相邻间隔差的均方根|逐间隔变化的均方根)",),
        wrong=(("in seconds", "1000.0 * np", "np"), ("intervals for their changes", "n=2", "n=1")),
        cases=(Case((np.array([0, 2, 8, 10]), 2.0), 2000.0, {}, why="changes of 2 and -2 s"), Case((np.array([0, 4]), 2.0), 0.0, {}, why="one interval"), Case((_NO, 2.0), 0.0, {}, why="none")),
        suits=frozenset({"cardiac", "breathing", "motion"}),
    ),
    Block(
        name="longest_interval", title="Longest Interval", takes=(EVENTS, FS), gives=_number(("longest_interval", "longest_pause", "max_gap"), "longest time between two consecutive events", "s"),
        actions=("longest time between consecutive events",), target="Find the longest time between two consecutive events.",
        remark="longest interval: largest time in s between consecutive events; 0.0 with fewer than 2 events",
        functions=("longest_interval", "longest_interval_loop", "longest_interval_pandas"),
        en=("(find|determine|compute|take|work out) the (longest interval|longest pause|largest gap|longest time between two|longest break) [between consecutive events]",),
        zh=("(求|找出|确定)(最长间隔|最大间隔|最长停顿)", "(求|计算)相邻事件(之间|间)的最长(时间|间隔)"),
        aim=("the (longest|largest) (interval|pause|gap) [between events] [in s]",), aim_zh=("(最长间隔|最大停顿|事件间最长时间)",),
        wrong=(("shortest", "np.max", "np.min"), ("samples for seconds", " / fs)", ")")),
        cases=(Case((_E, 2.0), 4.0, {}, why="8 samples"), Case((_ONE, 2.0), 0.0, {}, why="one event"), Case((_NO, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="event_times", title="Event Times", takes=(EVENTS, FS), gives=_number(("event_times", "moments", "times_s"), "time of each event", "s", "moments"),
        actions=("sample number over the rate",), target="List the times of the events in seconds.",
        remark="event times: index over rate, in s from the first sample of the record; [] for none",
        functions=("event_times", "event_times_array", "event_times_map"),
        en=("(list|give|compute|take|note) (their times in s|the time of each event [in s]|the moments of the events in seconds|when each event happens)", "(convert|turn) (them|the events|the indices|the sample numbers) (to|into) [times in] seconds", "(list|give) the event times in s"),
        zh=("(列出|给出|换算)(每个事件的时间|各事件的时刻|事件发生时刻)(,单位秒|)", "(把样本序号|将索引)换算为秒"),
        aim=("the (times|moments) of the events [in s]", "(the event times|when the events happen) [in s]"), aim_zh=("(事件时刻|各事件发生的时间|事件时间列表)",),
        wrong=(("samples for seconds", "event / fs", "event"), ("counted from one", "event / fs", "(event + 1) / fs")),
        cases=(Case((_E, 2.0), [1.0, 3.0, 4.5, 8.5], {}, why="by hand"), Case((_NO, 2.0), [], {}, why="none")),
    ),
    Block(
        name="interval_list", title="List of Intervals", takes=(EVENTS, FS), gives=_number(("intervals", "gaps", "periods"), "times between consecutive events", "s", "numbers"),
        actions=("time between each event and the next",), target="List the times between consecutive events.",
        remark="intervals: times in s between consecutive events, in order; [] with fewer than 2",
        functions=("interval_list", "interval_list_loop", "interval_list_pairs"),
        en=("(list|give|compute|take|work out) (the intervals|all intervals|the times between consecutive events|the gaps from event to event|the time from each event to the next) [in s]",),
        zh=("(列出|给出|计算)(所有间隔|相邻事件的间隔|各间隔)(,单位秒|)", "(求|列出)事件之间的时间"),
        aim=("(the|all) (intervals|times|gaps) between [consecutive] events [in s]",), aim_zh=("(相邻事件的间隔|间隔列表|各间隔时长)",),
        wrong=(("samples for seconds", " / fs", ""), ("differences of intervals", "np.diff(events)", "np.diff(events, n=2)")),
        cases=(Case((_E, 2.0), [2.0, 1.5, 4.0], {}, why="by hand"), Case((_ONE, 2.0), [], {}, why="one event"), Case((_NO, 2.0), [], {}, why="none")),
    ),
    Block(
        name="steady_share", title="Share of Steady Intervals", takes=(EVENTS,), gives=_number(("steadiness", "regularity", "steady_share"), "share of intervals within {percent} percent of the median"),
        params=(Param("percent", (5, 10, 15, 20, 25)),),
        actions=("median interval", "share of intervals within {percent} percent of it"), target="Compute the share of intervals within {percent} percent of the median interval.",
        remark="steady intervals: share of intervals whose distance from the median interval is at most {percent} percent of it; 0.0 with fewer than 2 events",
        functions=("steady_share", "steady_share_loop"),
        en=("(compute|work out|determine|find|take) the (share|fraction|proportion) of (intervals|gaps) (within|no more than) {percent} (percent|%) (of|off) the median [interval]",),
        zh=("(计算|求)与中位间隔相差不超过 {percent}% 的间隔(比例|占比)", "(统计|计算)偏离中位间隔 {percent}% 以内的间隔(比例|所占份额)"),
        aim=("the (share|fraction|proportion) of (steady|regular) intervals", "how regular the events are, as a share of intervals within {percent} percent of the median"), aim_zh=("(规则间隔的比例|间隔稳定的占比|节律规整度)",),
        wrong=(("mean for median", "np.abs(steps - np.median(steps))", "np.abs(steps - np.mean(steps))"), ("share for percent", "100 * np.abs", "np.abs")),
        cases=(Case((np.array([0, 10, 20, 31, 51]),), 0.75, {"percent": 10}, why="intervals 10 10 11 20, median 10.5"), Case((np.array([0, 10, 20, 32, 72]),), 0.75, {"percent": 10}, why="median 11, edges 9.9 and 12.1"), Case((_NO,), 0.0, {"percent": 10}, why="none")),
    ),
    Block(
        name="mean_event_height", title="Mean Height at Events", takes=(EVENTS, X), gives=_number(("mean_height", "peak_level", "mean_amplitude"), "mean sample at the events", "=x"),
        actions=("mean of the samples at the events",), target="Compute the mean value of the signal at the events.",
        remark="mean height: mean of the samples at the indices of the events; 0.0 for none",
        functions=("mean_event_height", "mean_event_height_loop", "mean_event_height_take"),
        en=("(compute|work out|determine|take|average|find) the (mean value at the events|mean height of the events|signal at the events [and average it]|mean sample at the events|mean of the samples at the events)",),
        zh=("(计算|求)(事件处|事件时刻)(信号的平均值|样本的均值)", "(对|把)事件处的(样本|信号值)求平均"),
        aim=("the (mean|average) (height|value|level) at the events",), aim_zh=("(事件处的平均值|事件的平均高度|事件处信号均值)",),
        wrong=(("all samples", "np.mean(x[events])", "np.mean(x)"), ("highest", "np.mean", "np.max")),
        cases=(Case((np.array([1, 3]), np.array([0.0, 4.0, 9.0, 7.0])), 5.5, {}, why="by hand"), Case((_NO, np.array([1.0])), 0.0, {}, why="none")),
    ),
    Block(
        name="interval_table", title="Table of Intervals", takes=(EVENTS, FS), gives=_number(("interval_summary", "interval_table", "timing"), "count, mean, shortest and longest interval in s", kind="table"),
        actions=("times between consecutive events", "their count, mean, shortest, longest"), target="Summarise the intervals between events in a table.",
        remark="table of intervals: keys count, mean, shortest, longest, all but the count in s; all 0.0 with fewer than 2 events",
        functions=("interval_table", "interval_table_loop"),
        en=("(summarise|describe|tabulate|sum up) the intervals [between events] (by|with|as) count, mean, shortest and longest", "(make|build|compute) a table (of|with) (count, mean, shortest and longest interval|the count and the mean, shortest and longest interval)", "(tabulate|list) (the count, the mean, the shortest and the longest interval|count, mean, shortest, longest interval)", "(report|give) count, mean, minimum and maximum (of the intervals|interval) in a table", "(compute|work out) interval statistics: count, mean, shortest, longest"),
        zh=("(汇总|统计)间隔的(个数、均值、最短和最长|数量、平均、最短与最长)", "(列出|制作)间隔统计表(:个数、均值、最短、最长|)"),
        aim=("(a table|a summary) of the intervals (with|by) count, mean, shortest and longest", "(the count, mean, shortest and longest of the|statistics of the|the statistics of the) intervals between events"), aim_zh=("间隔的(统计表|个数、均值、最短和最长|汇总)",),
        wrong=(("longest for shortest", "steps.min()", "steps.max()"), ("samples for seconds", "np.diff(events) / fs", "np.diff(events)")),
        cases=(Case((_E, 2.0), {"count": 3.0, "mean": 2.5, "shortest": 1.5, "longest": 4.0}, {}, why="intervals 2, 1.5, 4 s"), Case((_NO, 2.0), {"count": 0.0, "mean": 0.0, "shortest": 0.0, "longest": 0.0}, {}, why="none")),
    ),
    Block(
        name="active_share", title="Share of Marked Samples", takes=(MASK,), gives=_number(("active_share", "duty", "share_on"), "share of marked samples"),
        actions=("marked samples over all samples",), target="Compute the share of marked samples.", remark="share of marked samples: their number over that of all; 0.0 for none at all",
        functions=("active_share", "active_share_count", "active_share_loop"),
        en=("(compute|work out|determine|find|take) the (share|fraction|proportion) of (marked samples|samples that are marked|time that is marked|marked time)", "(compute|take) the duty (cycle|ratio) of the marks"),
        zh=("(计算|求)(标记样本的比例|被标记样本占比|标记时间占比)", "(统计|计算)(有标记的|被标记的)样本所占(比例|份额)"),
        aim=("the (share|fraction|proportion) of (marked samples|marked time|the time that is marked)",), aim_zh=("(标记样本的比例|标记时间占比|占空比)",),
        wrong=(("number for share", "np.mean(mask)", "np.sum(mask)"), ("the others", "np.mean(mask)", "np.mean(~mask)")),
        cases=(Case((_M,), 0.625, {}, why="5 of 8"), Case((_OFF,), 0.0, {}, why="none")),
    ),
    Block(
        name="active_time", title="Marked Time", takes=(MASK, FS), gives=_number(("active_seconds", "time_on", "marked_time"), "total time that is marked", "s"),
        actions=("marked samples over the rate",), target="Compute the total marked time in seconds.", remark="marked time: number of marked samples over the rate, in s; 0.0 for none",
        functions=("active_time", "active_time_loop", "active_time_indices"),
        en=("(compute|work out|determine|add up|sum up) (the marked time [in s]|the total time that is marked|how many seconds are marked|all marked time|the seconds of all marked runs) [over the record]",),
        zh=("(计算|求|累计)(标记的总时间|被标记的总时长|总标记秒数)", "(统计|累加)标记(时长|秒数)"),
        aim=("the [total] (marked time|time that is marked|time above the level) [in s]",), aim_zh=("(标记的总时间|被标记的总秒数|总时长)",),
        wrong=(("samples for seconds", "np.sum(mask) / fs", "np.sum(mask)"), ("all the time", "np.sum(mask)", "len(mask)")),
        cases=(Case((_M, 2.0), 2.5, {}, why="5 samples"), Case((_OFF, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="longest_run", title="Longest Marked Run", takes=(MASK, FS), gives=_number(("longest_run", "longest_stretch", "longest_on"), "longest run of marked samples", "s"),
        actions=("runs of marked samples", "the longest in s"), target="Find the longest run of marked samples in seconds.", remark="longest marked run: largest number of consecutive marked samples over the rate, in s; 0.0 for none",
        functions=("longest_run", "longest_run_loop", "longest_run_groups"),
        en=("(find|determine|compute|work out|take) the (longest marked run|longest run of marks|length of the longest marked stretch|longest uninterrupted marked time|duration of the longest marked run) [in s]",),
        zh=("(求|找出|计算)(最长的标记段|最长连续标记时间|最长连续段)(,单位秒|)", "(求|确定)连续标记的最长(时长|时间)"),
        aim=("the (longest marked run|longest uninterrupted marked time|duration of the longest marked run) [in s]",), aim_zh=("(最长连续标记时间|最长标记段|最长持续时间)",),
        wrong=(("shortest", "np.max", "np.min"), ("samples for seconds", ") / fs) if", ")) if")),
        cases=(Case((_M, 2.0), 1.5, {}, why="3 samples"), Case((_OFF, 2.0), 0.0, {}, why="none")),
    ),
    Block(
        name="run_count", title="Count of Marked Runs", takes=(MASK,), gives=_number(("run_count", "episodes", "activations"), "number of marked runs", kind="count"),
        actions=("count runs of marked samples",), target="Count the runs of marked samples.", remark="count of marked runs: number of maximal runs of consecutive marked samples; 0 for none",
        functions=("run_count", "run_count_label", "run_count_groups"),
        en=("(count|tally|count up|count off) (the marked runs|the runs of marks|the marked stretches|separate marked runs|the episodes that are marked)", "(determine|find|compute) (how many marked runs there are|the number of marked runs)"),
        zh=("(统计|数出|计算)(标记段数|标记段的个数|连续标记的段数)", "数一数有多少(段|个标记段)"),
        aim=("(the number|the count) of (marked runs|episodes|marked stretches)", "how many (marked runs|episodes|marked stretches) there are",), aim_zh=("(标记段的个数|标记段数|发生次数)",),
        wrong=(("samples for runs", "np.sum(np.diff(mask.astype(int), prepend=0) == 1)", "np.sum(mask)"), ("the first is missed", "prepend=0", "prepend=mask[:1].astype(int)")),
        cases=(Case((_M,), 3, {}, why="by hand"), Case((_OFF,), 0, {}, why="none")),
    ),
    Block(
        name="run_spans", title="Spans of Marked Runs", takes=(MASK, FS), gives=_number(("spans", "run_spans", "marked_spans"), "start and end of each marked run", "s", "spans"),
        actions=("start and end of each run of marked samples in s",), target="List start and end of each run of marked samples.", remark="spans of marked runs: [first index / rate, (last index + 1) / rate] in s for each run of consecutive marked samples, in order; [] for none",
        functions=("run_spans", "run_spans_groups", "run_spans_objects"),
        en=("(list|give|find|compute|note) (start and end|the start and end|beginning and end) of (each marked run|every marked stretch) [in s]", "(list|turn) the marked runs (as spans|into spans) in s"),
        zh=("(列出|给出|求)每段标记的(起止时间|开始和结束时间)", "(把|将)标记段(转成|列为)(起止时间|时间区间)"),
        aim=("(start and end|the start and end|the spans) of (each marked run|the marked stretches) [in s]",), aim_zh=("(标记段的起止时间|各标记区间|每段标记的开始和结束)",),
        wrong=(("samples for seconds", "[0]]))) / fs", "[0]])))"), ("end and next start", "zip(edges[::2], edges[1::2])", "zip(edges[1::2], edges[2::2])")),
        cases=(Case((_M, 2.0), [[0.0, 0.5], [1.0, 2.5], [3.5, 4.0]], {}, why="by hand"), Case((_OFF, 2.0), [], {}, why="none")),
    ),
)  # fmt: skip
