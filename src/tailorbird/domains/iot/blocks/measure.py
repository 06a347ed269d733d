"""Blocks that give one number or table for a whole series.

Covers: size, spread, shape of the distribution, energy, trend, repetition. Does not cover: events (`timing.py`),
spectra (`spectra.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param, Port
from tailorbird.domains.iot.blocks.ports import FS, X, whole

_A = np.array([1.0, 2.0, 6.0, 3.0])
_NONE = np.array([])
_DO = "(compute|work out|determine|find|take)"


def _number(names: tuple[str, ...], meaning: str, unit: str = "=x", kind: str = "number") -> tuple[Port, ...]:
    return (Port("result", kind, unit, names, meaning),)


_EMPTY = Case((_NONE,), 0.0, {}, why="nothing there")

BLOCKS = (
    Block(
        name="mean_level", title="Mean Level", takes=(X,), gives=_number(("mean", "average", "mean_level"), "mean of all samples"),
        actions=("mean of all samples",), target="Compute the mean of all samples.", remark="mean of all samples; 0.0 for none",
        functions=("mean_level", "mean_level_sum", "mean_level_pandas"),
        en=(f"{_DO} the (mean|average|arithmetic mean|mean level|average value) [of all samples]",), zh=("(计算|求|取)(所有样本的|)(均值|平均值)", "(求|计算)整段的平均水平"),
        aim=("(the mean|the average|the mean level) [of all samples]",), aim_zh=("(均值|平均值|平均水平)",),
        wrong=(("median", "np.mean", "np.median"), ("sum", "np.mean", "np.sum")), cases=(Case((_A,), 3.0, {}, why="12 / 4"), _EMPTY),
    ),
    Block(
        name="standard_deviation", title="Standard Deviation", takes=(X,), gives=_number(("std", "deviation", "spread"), "population standard deviation"),
        actions=("population standard deviation of all samples",), target="Compute the population standard deviation.", remark="population standard deviation (divided by the number of samples); 0.0 for none",
        functions=("standard_deviation", "standard_deviation_pandas", "standard_deviation_loop"),
        en=(f"{_DO} the (standard deviation|population standard deviation|spread as a standard deviation) [of all samples]",), zh=("(计算|求|取)(所有样本的|)(标准差|总体标准差)",),
        aim=("the (standard deviation|population standard deviation|spread as a standard deviation)", "how much the samples scatter, as a standard deviation", "the standard deviation [of (all samples|the signal)]"), aim_zh=("(标准差|总体标准差|离散程度)",),
        wrong=(("sample deviation", "np.std(x)", "np.std(x, ddof=1)"), ("variance", "np.std", "np.var")), cases=(Case((np.array([1.0, 7.0]),), 3.0, {}, why="3 off the mean each"), _EMPTY),
    ),
    Block(
        name="effective_value", title="Effective Value", takes=(X,), gives=_number(("rms", "effective", "rms_value"), "root mean square"),
        actions=("root of the mean of the squares",), target="Compute the root mean square.", remark="effective value: root of the mean of the squared samples; 0.0 for none",
        functions=("effective_value", "effective_value_norm", "effective_value_loop"),
        en=(f"{_DO} the (RMS|RMS value|root mean square|effective value|quadratic mean) [of all samples]",), zh=("(计算|求|取)(所有样本的|)(均方根|有效值)", "(求|计算) RMS (值|)"),
        aim=("the (RMS|effective value|root mean square|RMS value) [of all samples]",), aim_zh=("(均方根|有效值|RMS 值)",),
        wrong=(("mean square", "np.sqrt(np.mean(np.square(x)))", "np.mean(np.square(x))"), ("mean magnitude", "np.sqrt(np.mean(np.square(x)))", "np.mean(np.abs(x))")), cases=(Case((np.array([1.0, -7.0]),), 5.0, {}, why="root of 25"), _EMPTY),
    ),
    Block(
        name="peak_to_peak", title="Peak to Peak", takes=(X,), gives=_number(("peak_to_peak", "range", "swing"), "largest less smallest sample"),
        actions=("largest less smallest sample",), target="Compute the largest less the smallest sample.", remark="peak to peak: largest less smallest sample; 0.0 for none",
        functions=("peak_to_peak", "peak_to_peak_builtin", "peak_to_peak_loop"),
        en=(f"{_DO} the (peak-to-peak value|full range|difference of largest and smallest sample|swing from lowest to highest|range max minus min) [of the record]",), zh=("(计算|求|取)(峰峰值|极差|最大值与最小值之差)", "(求|计算)(最大与最小之差|全幅范围)"),
        aim=("the (peak-to-peak value|full range|swing|total range) [from lowest to highest]",), aim_zh=("(峰峰值|极差|变化范围)",),
        wrong=(("largest alone", "np.ptp", "np.max"), ("half", "np.ptp(x)", "np.ptp(x) / 2")), cases=(Case((_A,), 5.0, {}, why="6 - 1"), _EMPTY),
    ),
    Block(
        name="crest_factor", title="Crest Factor", takes=(X,), gives=_number(("crest", "crest_factor", "peakiness"), "largest magnitude over root mean square", "1"),
        actions=("largest absolute sample over the root mean square",), target="Compute the crest factor.", remark="crest factor: largest absolute sample over the root mean square; 0.0 for none or all zero",
        functions=("crest_factor", "crest_factor_norm", "crest_factor_loop"),
        en=(f"{_DO} the (crest factor|peak-to-RMS ratio|ratio of the peak to the RMS|ratio of largest magnitude to effective value|peak over the root mean square) [of the record]",), zh=("(计算|求|取)(波峰因数|峰值因子|峰值与有效值之比)", "(求|计算)(峰值除以均方根|波峰系数)"),
        aim=("the (crest factor|peak-to-RMS ratio|ratio of peak to RMS) [of the record]",), aim_zh=("(波峰因数|峰值因子|峰值与有效值之比)",),
        wrong=(("sign kept", "np.max(np.abs(x))", "np.max(x)"), ("deviation for RMS", "np.sqrt(np.mean(x**2))", "np.std(x)")), cases=(Case((np.array([1.0, -7.0]),), 1.4, {}, why="7 / 5"), Case((np.zeros(3),), 0.0, {}, why="all zero"), _EMPTY),
        suits=frozenset({"vibration", "audio", "power", "biosignal"}),
    ),
    Block(
        name="excess_kurtosis", title="Excess Kurtosis", takes=(X,), gives=_number(("kurtosis", "excess_kurtosis", "tailedness"), "fourth standardised moment less 3", "1"),
        actions=("fourth central moment over the squared variance, less 3",), target="Compute the excess kurtosis.", remark="excess kurtosis: fourth central moment over the square of the second, less 3 (biased); 0.0 for fewer than 2 samples or without spread",
        functions=("excess_kurtosis", "excess_kurtosis_moments", "excess_kurtosis_loop"),
        en=(f"{_DO} the (excess kurtosis|kurtosis less 3|kurtosis relative to normal noise|Fisher kurtosis|kurtosis minus 3) [of the samples]",), zh=("(计算|求|取)(超额峰度|峰度减 3|费希尔峰度)", "(求|计算)样本的(超额峰度|相对正态的峰度)"),
        aim=("the (excess kurtosis|Fisher kurtosis|kurtosis less 3) [of the samples]",), aim_zh=("(超额峰度|峰度减三|费希尔峰度)",),
        wrong=(("plain kurtosis", "stats.kurtosis(x)", "stats.kurtosis(x, fisher=False)"), ("unbiased", "stats.kurtosis(x)", "stats.kurtosis(x, bias=False)")), cases=(Case((np.array([0.0, 0.0, 0.0, 4.0, 0.0]),), 0.25, {}, why="mean 0.8, second moment 2.56, fourth 21.2992"), Case((np.full(3, 2.0),), 0.0, {}, why="no spread"), _EMPTY),
        suits=frozenset({"vibration", "audio", "biosignal", "motion", "power"}),
    ),
    Block(
        name="sample_skewness", title="Skewness", takes=(X,), gives=_number(("skewness", "asymmetry", "skew"), "third standardised moment", "1"),
        actions=("third central moment over the cubed standard deviation",), target="Compute the skewness.", remark="skewness: third central moment over the second to the power 1.5 (biased); 0.0 for fewer than 2 samples or without spread",
        functions=("sample_skewness", "sample_skewness_moments", "sample_skewness_loop"),
        en=(f"{_DO} the (skewness|third standardised moment|moment of asymmetry|skew|biased skewness) [of the samples]",), zh=("(计算|求|取)(偏度|三阶标准矩|偏斜度)", "(求|计算)样本的(偏度|偏斜)"),
        aim=("the (skewness|skew|asymmetry) [of the samples]",), aim_zh=("(偏度|偏斜度|不对称程度)",),
        wrong=(("kurtosis", "stats.skew", "stats.kurtosis"), ("unbiased", "stats.skew(x)", "stats.skew(x, bias=False)")), cases=(Case((np.array([0.0, 0.0, 0.0, 4.0, 0.0]),), 1.5, {}, why="third moment 6.144 over 4.096"), Case((np.full(3, 2.0),), 0.0, {}, why="no spread"), _EMPTY),
    ),
    Block(
        name="percentile_value", title="Percentile", takes=(X,), gives=_number(("percentile", "quantile", "level"), "percentile {percent} of the samples"),
        params=(Param("percent", (5, 10, 25, 50, 75, 90, 95, 99)),), actions=("percentile {percent} of all samples",), target="Compute percentile {percent} of all samples.", remark="percentile {percent}: at place (N - 1) * {percent} / 100 of the sorted samples, linear between neighbours; 0.0 for none",
        functions=("percentile_value", "percentile_value_pandas", "percentile_value_sorted"),
        en=(f"{_DO} (percentile {{percent}}|the {{percent}}th percentile|the value below which {{percent}} percent of the samples lie|the {{percent}} % quantile|the level that {{percent}} percent stay below)",), zh=("(计算|求|取)第 {percent} 百分位数", "(求|计算) {percent}% 分位数", "(求|取) {percent}% 的样本低于的(值|水平)"),
        aim=("(percentile {percent}|the {percent}th percentile|the {percent} % quantile) [of all samples]",), aim_zh=("(第 {percent} 百分位数|{percent}% 分位数|百分位数)",),
        wrong=(("from the other side", "PERCENT)", "100 - PERCENT)"), ("nearest sample", "PERCENT)", "PERCENT, method=\"nearest\")")), cases=(Case((_A,), 3.75, {"percent": 75}, why="place 2.25 of 1 2 3 6"), Case((_NONE,), 0.0, {"percent": 50}, why="nothing there")),
    ),
    Block(
        name="interquartile_range", title="Interquartile Range", takes=(X,), gives=_number(("iqr", "middle_spread", "quartile_range"), "third less first quartile"),
        actions=("percentile 75 less percentile 25",), target="Compute the interquartile range.", remark="interquartile range: percentile 75 less percentile 25, each linear between neighbours of the sorted samples; 0.0 for none",
        functions=("interquartile_range", "interquartile_range_stats", "interquartile_range_pandas"),
        en=(f"{_DO} the (interquartile range|IQR|width of the middle half|distance between the quartiles|third quartile less the first) [of the samples]",), zh=("(计算|求|取)(四分位距|四分位差| IQR )", "(求|计算)第三与第一四分位数之差"),
        aim=("the (interquartile range|IQR|distance between the quartiles) [of the samples]",), aim_zh=("(四分位距|四分位差|IQR 值)",),
        wrong=(("other percentiles", "(25.0, 75.0)", "(20.0, 80.0)"), ("sum", "high - low", "high + low")), cases=(Case((_A,), 2.0, {}, why="3.75 - 1.75"), _EMPTY),
    ),
    Block(
        name="duty_cycle", title="Duty Cycle", takes=(X,), gives=_number(("duty", "duty_cycle", "on_share"), "share of samples above the middle of the range", "1"),
        actions=("middle between smallest and largest sample", "share of samples above it"), target="Compute the share of samples above the middle of the range.", remark="duty cycle: share of samples above (minimum + maximum) / 2; 0.0 for none",
        functions=("duty_cycle", "duty_cycle_scaled", "duty_cycle_loop"),
        en=(f"{_DO} the (duty cycle|share of samples above the middle of the range|on share about the midrange|fraction of time above the midrange|share of time in the upper half of the range) [over the record]",), zh=("(计算|求|统计)(占空比|高于中间电平的比例|位于上半范围的时间比例)",),
        aim=("the (duty cycle|share of time above the middle of the range|fraction of time switched on) [over the record]",), aim_zh=("(占空比|开启时间占比|高于中间值的比例)",),
        wrong=(("about the mean", "(np.max(x) + np.min(x)) / 2.0", "np.mean(x)"), ("off share", "x > middle", "x < middle")), cases=(Case((np.array([0.0, 0.0, 4.0, 9.0]),), 0.25, {}, why="above 4.5"), _EMPTY),
        suits=frozenset({"power", "flow", "traffic", "slow", "level", "motion"}),
    ),
    Block(
        name="energy_hours", title="Integral in Hours", takes=(X, FS), gives=_number(("energy", "total", "integral_hours"), "integral over time in hours", "1"),
        actions=("trapezoids between samples", "seconds to hours"), target="Integrate a signal over time in hours.", remark="integral in hours: trapezoids between neighbouring samples over the rate, over 3600 (W gives Wh, kW gives kWh); 0.0 for fewer than 2 samples",
        functions=("energy_hours", "energy_hours_scipy", "energy_hours_loop"),
        en=("(integrate|sum up|add up) (the power|it|the signal) over time in hours [by trapezoids]", f"{_DO} the energy (by the trapezoidal rule|with trapezoids), (in hours times the unit|power times hours)", "(turn|integrate) (power into energy|it to an energy) by trapezoids over hours"), zh=("(用|按)梯形法(对小时积分|求以小时计的积分)", "(计算|求)(电量|能量)(,即功率乘小时|,功率乘小时)", "(对功率|把功率)按小时(积分|梯形积分)"),
        aim=("the (energy|total|integral) over the record (in power times hours|with time in hours)", "the [total] (energy|consumption) in hours times the unit"), aim_zh=("(总能量|用电量|以小时计的积分)",),
        wrong=(("seconds", " / 3600.0", ""), ("rate left out", "dx=1.0 / fs", "dx=1.0")), cases=(Case((np.array([0.0, 3600.0, 7200.0]), 2.0), 1.0, {}, why="3600 on average for 1 s"), Case((_NONE, 2.0), 0.0, {}, why="nothing there")),
        suits=frozenset({"power"}),
    ),
    Block(
        name="hourly_slope", title="Slope per Hour", takes=(X, FS), gives=_number(("slope_per_hour", "trend", "drift_per_hour"), "least-squares slope per hour", "1"),
        actions=("least-squares line over time", "its slope per hour"), target="Compute the least-squares slope per hour.", remark="slope per hour: slope of the least-squares straight line through all samples, per hour; 0.0 for fewer than 2 samples",
        functions=("hourly_slope", "hourly_slope_regression", "hourly_slope_sums"),
        en=(f"{_DO} the (slope per hour|trend per hour|least-squares slope per hour|linear trend per hour|drift per hour by a fitted line)", "fit a [straight] line and (take|give) its slope per hour"), zh=("(计算|求)(每小时的斜率|每小时趋势|每小时最小二乘斜率)", "(拟合直线|线性拟合)(求每小时斜率|得到每小时变化)"),
        aim=("the (slope|trend|drift|linear trend) per hour", "how fast it (rises|changes) per hour [on a fitted line]"), aim_zh=("(每小时斜率|每小时趋势|每小时变化量)",),
        wrong=(("per second", " * 3600.0", ""), ("per sample", "np.arange(len(x)) / fs", "np.arange(len(x))")), cases=(Case((np.array([1.0, 2.0, 3.0]), 2.0), 7200.0, {}, why="2 per second"), Case((_NONE, 2.0), 0.0, {}, why="nothing there")),
        within=1e-5,
    ),
    Block(
        name="repetition_period", title="Period by Autocorrelation", takes=(X, FS), gives=_number(("period", "cycle", "repetition"), "lag of the largest autocorrelation", "s"),
        params=(Param("shortest", (0.002, 0.005, 0.05, 0.3, 0.5, 1.0, 2.0, 5.0, 120.0, 1200.0), "s"), Param("longest", (0.02, 0.05, 0.1, 1.0, 2.0, 3.0, 8.0, 20.0, 900.0, 7200.0), "s")),
        when=lambda p, c: whole(p["shortest"], c, 2) and whole(p["longest"], c) and 2.5 * p["shortest"] <= p["longest"] < 0.3 * c.seconds and p["longest"] * c.rate < 1000,
        actions=("samples less their mean", "lag from {shortest} to {longest} s with the largest autocorrelation sum"), target="Find the lag between {shortest} and {longest} s with the largest autocorrelation.", remark="period by autocorrelation: k / rate in s for the k from max(1, round({shortest} * rate)) to round({longest} * rate), below N, with the largest sum of products of the samples less their mean k apart (not divided by their number), the first of equals; 0.0 where there is no such k",
        functions=("repetition_period", "repetition_period_fft", "repetition_period_correlate"),
        en=(f"{_DO} the (period between {{shortest}} and {{longest}} s by autocorrelation|repetition period from {{shortest}} to {{longest}} s by autocorrelation|lag of the largest autocorrelation between {{shortest}} and {{longest}} s|autocorrelation period within {{shortest}} to {{longest}} s)", "(search|look in) the autocorrelation for the largest value at lags (from {shortest} to {longest} s|between {shortest} and {longest} s)", "(use|take) the largest autocorrelation at lags {shortest} to {longest} s"), zh=("(用|通过)自相关(求|确定) {shortest} 到 {longest} 秒之间的周期", "在 {shortest} 到 {longest} 秒的滞后中(找|求)自相关最大(的周期|处)"),
        aim=("the (period|repetition period|cycle length) [in s] by autocorrelation", "the lag [in s] of the (largest|strongest) autocorrelation", "the autocorrelation period"), aim_zh=("(自相关周期|重复周期|周期长度)",),
        wrong=(("lag counted from the window", "first + np.argmax(sums)", "np.argmax(sums)"), ("samples for seconds", "np.argmax(sums)) / fs", "np.argmax(sums))")), cases=(Case((np.tile([0.0, 3.0, 1.0, 0.0], 6), 2.0), 2.0, {"shortest": 1.0, "longest": 5.0}, why="repeats every 4 samples"), Case((_NONE, 2.0), 0.0, {"shortest": 1.0, "longest": 3.0}, why="nothing there")),
        suits=frozenset({"cardiac", "breathing", "motion", "power", "audio", "vibration"}),
    ),
    Block(
        name="net_change", title="Net Change", takes=(X,), gives=_number(("change", "net_change", "gain"), "last less first sample"),
        actions=("last less first sample",), target="Compute the last less the first sample.", remark="net change: last less first sample; 0.0 for none",
        functions=("net_change", "net_change_sum", "net_change_loop"), within=1e-5,
        en=(f"{_DO} the (net change|change from the first to the last sample|last sample less the first|difference of end and start|change over the whole record) [of the signal]",), zh=("(计算|求|取)(净变化|末值减初值|首末之差)", "(求|计算)整段的(净变化量|总变化)"),
        aim=("the (net change|change from start to end|difference of last and first sample) [over the record]",), aim_zh=("(净变化|首末之差|总变化量)",),
        wrong=(("sign", "x[-1] - x[0]", "x[0] - x[-1]"), ("last alone", "x[-1] - x[0]", "x[-1]")), cases=(Case((_A,), 2.0, {}, why="3 - 1"), _EMPTY),
        suits=frozenset({"slow", "level", "flow", "power", "traffic"}),
    ),
    Block(
        name="mean_step", title="Mean Absolute Step", takes=(X,), gives=_number(("mean_step", "restlessness", "unrest"), "mean absolute change from sample to sample"),
        actions=("mean of the absolute changes from sample to sample",), target="Compute the mean absolute change from sample to sample.", remark="mean absolute step: mean of |x[i] - x[i-1]|; 0.0 for fewer than 2 samples",
        functions=("mean_step", "mean_step_pandas", "mean_step_loop"),
        en=(f"{_DO} the (mean absolute step|mean absolute change from sample to sample|average step size|mean magnitude of the steps|average absolute difference of neighbours) [of the signal]",), zh=("(计算|求|取)(平均绝对步长|相邻样本变化的平均绝对值)", "(求|计算)逐点变化的平均(幅度|绝对值)"),
        aim=("the (mean absolute step|average step size|mean change from sample to sample) [of the signal]",), aim_zh=("(平均绝对步长|平均逐点变化|平均变化幅度)",),
        wrong=(("sign kept", "np.abs(np.diff(x))", "np.diff(x)"), ("sum", "np.mean", "np.sum")), cases=(Case((_A,), 8.0 / 3.0, {}, why="1 4 3"), _EMPTY),
    ),
    Block(
        name="time_of_maximum", title="Time of Maximum", takes=(X, FS), gives=_number(("peak_time", "time_of_maximum", "when_highest"), "time of the largest sample", "s"),
        actions=("index of the largest sample over the rate",), target="Find the time of the largest sample.", remark="time of maximum: index of the largest sample, the first of equals, over the rate, in s; 0.0 for none",
        functions=("time_of_maximum", "time_of_maximum_loop", "time_of_maximum_builtin"),
        en=(f"{_DO} the (time of the maximum|moment of the largest sample|time in s of the highest value|time at which it peaks|instant of the maximum) [from the start]",), zh=("(求|找出|确定)(最大值出现的时间|最大样本的时刻|峰值时刻)",),
        aim=("(the time of the maximum|when it is highest|the moment of the largest sample) [in s]",), aim_zh=("(最大值出现的时间|峰值时刻|最高点的时刻)",),
        wrong=(("of the minimum", "np.argmax", "np.argmin"), ("index for time", "np.argmax(x) / fs", "np.argmax(x)")), cases=(Case((_A, 4.0), 0.5, {}, why="sample 2"), Case((_NONE, 2.0), 0.0, {}, why="nothing there")),
    ),
    Block(
        name="summary_table", title="Summary Table", takes=(X,), gives=_number(("summary", "table", "statistics"), "mean, std, min, max", kind="table"),
        actions=("mean, population standard deviation, minimum, maximum",), target="Summarise a signal by mean, standard deviation, minimum and maximum.", remark="summary table: keys mean, std (population), min, max; all 0.0 for none",
        functions=("summary_table", "summary_table_statistics", "summary_table_pandas"),
        en=("(summarise|describe|sum up) (it|the signal|the record) (by|with) mean, standard deviation, minimum and maximum", f"{_DO} (mean, standard deviation, minimum and maximum|a table of mean, std, min and max|the summary statistics mean, std, min, max|a summary with mean, std, min, max)"), zh=("(汇总|统计)(均值、标准差、最小值和最大值|平均、标准差、最小、最大)", "(列出|给出)(均值、标准差、最小值、最大值|统计表:均值、标准差、最小、最大)"),
        aim=("(mean, standard deviation, minimum and maximum|a table of mean, std, min and max|the summary statistics) [of the signal]",), aim_zh=("(均值、标准差、最小值和最大值|统计表|汇总统计)",),
        wrong=(("sample deviation", "np.std(x)", "np.std(x, ddof=1)"), ("minimum for maximum", "np.max(x)", "np.min(x)")), cases=(Case((np.array([1.0, 7.0]),), {"mean": 4.0, "std": 3.0, "min": 1.0, "max": 7.0}, {}, why="by hand"), Case((_NONE,), {"mean": 0.0, "std": 0.0, "min": 0.0, "max": 0.0}, {}, why="nothing there")),
    ),
    Block(
        name="decile_table", title="Table of Deciles", takes=(X,), gives=_number(("deciles", "percentiles", "levels"), "percentiles 10, 50 and 90", kind="table"),
        actions=("percentiles 10, 50 and 90",), target="Compute percentiles 10, 50 and 90.", remark="table of deciles: keys p10, p50, p90, linear between neighbours of the sorted samples; all 0.0 for none",
        functions=("decile_table", "decile_table_statistics", "decile_table_pandas"),
        en=(f"{_DO} (percentiles 10, 50 and 90|the 10th, 50th and 90th percentile|the median and the outer deciles|p10, p50 and p90|a table of p10, p50 and p90) [of the samples]",), zh=("(计算|求|列出)(第 10、50、90 百分位数|P10、P50 和 P90)", "(求|统计)中位数和上下十分位数"),
        aim=("(percentiles 10, 50 and 90|the 10th, 50th and 90th percentile|p10, p50 and p90) [of the samples]",), aim_zh=("(第 10、50、90 百分位数|P10、P50 和 P90|十分位数表)",),
        wrong=(("quartile", "(10.0, 50.0, 90.0)", "(25.0, 50.0, 90.0)"), ("mixed up", "\"p90\": float(values[2])", "\"p90\": float(values[0])")), cases=(Case((np.arange(11.0),), {"p10": 1.0, "p50": 5.0, "p90": 9.0}, {}, why="by hand"), Case((_NONE,), {"p10": 0.0, "p50": 0.0, "p90": 0.0}, {}, why="nothing there")),
    ),
)  # fmt: skip
