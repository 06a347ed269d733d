"""Blocks that free a series of trends, outliers and gaps, or bring it to a common scale.

Covers: samples one by one, over the whole record or a short window. Does not cover: filters by frequency
(`filters.py`), lost time stamps (`rates.py`, `readings.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param
from tailorbird.domains.iot.blocks.ports import X, samples, series

_EMPTY = Case((np.array([]),), np.array([]), {}, why="empty stays empty")

BLOCKS = (
    Block(
        name="linear_detrending",
        title="Linear Detrending",
        takes=(X,),
        gives=(series(("detrended", "level_signal", "flat", "residual"), "signal less its straight trend"),),
        actions=("least-squares line through all samples", "subtract it"),
        target="Subtract the least-squares straight line from a signal.",
        remark="linear detrending: the samples less the least-squares straight line through all of them; fewer than 3 samples give zeros, empty stays empty",
        functions=("linear_detrending", "linear_detrending_polyfit", "linear_detrending_sums"),
        en=(
            "(remove|subtract|take out|take off) (the linear trend|the straight-line trend|the linear drift|a fitted straight line) [from (it|the signal|the record)]",
            "(detrend|straighten) (it|the signal|the record) (linearly|with a straight line)",
        ),
        zh=("(去掉|去除|减去)(线性趋势|直线趋势|线性漂移)", "对信号(做线性去趋势|进行线性去趋势)", "减去(最小二乘|拟合)直线"),
        wrong=(("only the mean is removed", "linear", "constant"), ("half the record", "signal.detrend(x, ", "signal.detrend(x, bp=[1], ")),
        cases=(
            Case((np.array([1.0, 3.0, 5.0, 7.0]),), np.zeros(4), {}, why="a straight line leaves nothing"),
            Case((np.array([0.0, 0.0, 3.0]),), np.array([0.5, -1.0, 0.5]), {}, why="slope 1.5, offset -0.5"),
            Case((np.array([5.0]),), np.array([0.0]), {}, why="one sample"),
        ),
        stage=1,
    ),
    Block(
        name="mean_removal",
        title="Mean Removal",
        takes=(X,),
        gives=(series(("centred", "zero_mean", "ac_part", "balanced"), "signal less its mean"),),
        actions=("subtract the mean of the record",),
        target="Subtract the mean of the whole record from a signal.",
        remark="mean removal: the samples less the mean of all of them; empty stays empty",
        functions=("mean_removal", "mean_removal_detrend", "mean_removal_sum"),
        en=(
            "(remove|subtract|take off|take out) (the mean|the average|the constant offset|the DC part) [of (it|the signal|the record)]",
            "(centre|shift) (it|the signal|the samples) (to zero mean|around zero by its mean)",
            "make (it|the signal) zero-mean",
        ),
        zh=("(去掉|减去|去除)(均值|平均值|直流分量)", "把信号(变为零均值|中心化)", "对信号(去均值|去直流)"),
        wrong=(("the median is removed", "np.mean", "np.median"), ("added", "x - np", "x + np")),
        cases=(Case((np.array([1.0, 2.0, 6.0]),), np.array([-2.0, -1.0, 3.0]), {}, why="by hand"), _EMPTY),
        stage=1,
    ),
    Block(
        name="standard_scores",
        title="Standard Scores",
        takes=(X,),
        gives=(series(("scores", "z", "standardised", "normalised"), "signal in standard deviations from its mean", "1"),),
        actions=("subtract the mean", "divide by the population standard deviation"),
        target="Scale a signal to mean 0 and standard deviation 1.",
        remark="standard scores: (sample - mean) / population standard deviation of the whole record; a record without spread gives zeros, empty stays empty",
        functions=("standard_scores", "standard_scores_stats", "standard_scores_loop"),
        en=(
            "(scale|bring|normalise) (it|the signal|the samples) to (zero mean and unit variance|mean 0 and standard deviation 1|standard scores)",
            "(z-score|standardise) (it|the signal|the record|the samples)",
            "(turn|convert) (it|the samples|the signal) into (z-scores|standard scores)",
            "divide its deviations from the mean by the standard deviation",
        ),
        zh=("(做|进行) z-score (标准化|归一化)", "(标准化|归一化)为(零均值单位方差|均值 0、标准差 1)", "把信号(转为|换算为)标准分数"),
        wrong=(("variance for deviation", "np.std(x)", "np.var(x)"), ("the mean stays", "(x - np.mean(x)) /", "x /"), ("sample deviation", "np.std(x)", "np.std(x, ddof=1)")),
        cases=(
            Case((np.array([1.0, 5.0]),), np.array([-1.0, 1.0]), {}, why="mean 3, deviation 2"),
            Case((np.array([4.0, 4.0, 4.0]),), np.zeros(3), {}, why="no spread"),
            _EMPTY,
        ),
        stage=2,
    ),
    Block(
        name="range_scaling",
        title="Range Scaling",
        takes=(X,),
        gives=(series(("scaled", "unit_range", "relative", "normalised"), "signal from 0 at its smallest to 1 at its largest", "1"),),
        actions=("smallest sample to 0, largest to 1",),
        target="Scale a signal linearly so that its smallest sample is 0 and its largest 1.",
        remark="range scaling: (sample - minimum) / (maximum - minimum) over the whole record; a record without span gives zeros, empty stays empty",
        functions=("range_scaling", "range_scaling_interp", "range_scaling_loop"),
        en=(
            "(scale|map|bring|normalise) (it|the signal|the samples) (to the range 0 to 1|between 0 and 1|to 0-1 by its minimum and maximum)",
            "(min-max scale|min-max normalise) (it|the signal|the record)",
        ),
        zh=("(按最小最大值|用 min-max 方法)(归一化|缩放)到 0 到 1", "把信号(缩放|映射)到 0 至 1 (的范围|之间)"),
        wrong=(("divided by the maximum", "/ span if", "/ np.max(x) if"), ("upside down", "(x - np.min(x)) /", "(np.max(x) - x) /")),
        cases=(
            Case((np.array([2.0, 4.0, 10.0]),), np.array([0.0, 0.25, 1.0]), {}, why="by hand"),
            Case((np.array([3.0, 3.0]),), np.zeros(2), {}, why="no span"),
            _EMPTY,
        ),
        stage=2,
    ),
    Block(
        name="robust_scaling",
        title="Robust Scaling",
        takes=(X,),
        gives=(series(("robust", "robust_scores", "scaled", "deviations"), "signal in robust standard deviations from its median", "1"),),
        actions=("subtract the median", "divide by 1.4826 times the median absolute deviation"),
        target="Scale a signal by its median and its median absolute deviation.",
        remark="robust scaling: (sample - median) / (1.4826 times the median absolute deviation from the median); where that is 0 all are 0, empty stays empty",
        functions=("robust_scaling", "robust_scaling_stats", "robust_scaling_statistics"),
        en=(
            "(scale|normalise|standardise) (it|the signal|the samples) (by median and MAD|with the median and 1.4826 times the MAD|robustly with median and MAD)",
            "(turn|convert) (it|the samples|the signal) into (robust z-scores|robust scores based on median and MAD)",
        ),
        zh=("(用|按)中位数和 MAD (标准化|缩放|归一化)", "(转为|换算为)稳健 z 分数", "做(稳健标准化|鲁棒归一化)(,用 MAD|)"),
        wrong=(("scale left out", "1.4826 * ", ""), ("mean for median", "middle = np.median(x)", "middle = np.mean(x)")),
        cases=(
            Case((np.array([1.0, 2.0, 3.0, 4.0, 90.0]),), np.array([-2.0, -1.0, 0.0, 1.0, 87.0]) / 1.4826, {}, why="median 3, deviations 2 1 0 1 87 have median 1"),
            Case((np.array([3.0, 3.0, 3.0, 5.0]),), np.zeros(4), {}, why="no spread"),
            _EMPTY,
        ),
        stage=2,
    ),
    Block(
        name="deviation_clipping",
        title="Clipping to Deviations",
        takes=(X,),
        gives=(series(("clipped", "limited", "bounded", "tamed"), "signal held within {limit} standard deviations"),),
        params=(Param("limit", (2.5, 3.0, 3.5, 4.0, 5.0)),),
        actions=("mean and population standard deviation of the record", "hold samples within {limit} deviations of the mean"),
        target="Limit a signal to {limit} standard deviations around its mean.",
        remark="clipping: samples beyond mean plus or minus {limit} population standard deviations are set to that limit; empty stays empty",
        functions=("deviation_clipping", "deviation_clipping_minmax", "deviation_clipping_loop"),
        en=(
            "(clip|limit|cap) (it|the signal|the samples|the values) (to|at) {limit} standard deviations (around|from|on both sides of) the mean",
            "(clip|limit|cap) (it|everything) beyond {limit} sigma",
        ),
        zh=("(把信号|将样本)(限制|裁剪)在均值两侧 {limit} 倍标准差(以内|之内)", "超过 {limit} 倍标准差的(截断|限幅)"),
        wrong=(("deviation left out", "LIMIT * np.std(x)", "LIMIT"), ("upper side only", "np.mean(x) - reach", "np.min(x)")),
        cases=(
            Case((np.array([0.0, 4.0, 0.0, 4.0]),), np.array([1.0, 3.0, 1.0, 3.0]), {"limit": 0.5}, why="mean 2, deviation 2"),
            Case((np.array([0.0, 0.0, 0.0, 8.0]),), np.array([0.0, 0.0, 0.0, 2.0 + np.sqrt(12.0)]), {"limit": 1.0}, why="variance 12"),
            _EMPTY,
        ),
        stage=2,
    ),
    Block(
        name="hampel_filter",
        title="Hampel Filter",
        takes=(X,),
        gives=(series(("clean", "despiked", "outlier_free", "repaired"), "signal with outliers replaced by local medians"),),
        params=(Param("width", (5, 7, 9, 11)), Param("limit", (2.5, 3.0, 3.5, 4.0))),
        when=lambda p, c: p["width"] < 0.05 * samples(c),
        actions=("median and median absolute deviation of {width} samples around each sample", "replace it by the median beyond {limit} robust deviations"),
        target="Replace samples more than {limit} robust deviations off the median of {width} samples around them by that median.",
        remark="Hampel filter: over {width} samples centred on each, a sample further from their median than {limit} times 1.4826 times their median absolute deviation becomes that median; beyond the ends the first and last sample repeat; empty stays empty",
        functions=("hampel_filter", "hampel_filter_loop", "hampel_filter_ndimage"),
        en=(
            "(remove|replace|repair) (outliers|spikes) (by|with) a Hampel filter (over|of) {width} samples and (limit|threshold) {limit}",
            "(apply|use|run) a Hampel filter (of|over|with a window of) {width} samples with (limit|threshold) {limit}",
            "(apply|use) a Hampel filter of width {width} at {limit} [robust] sigmas",
        ),
        zh=("用 {width} 点、{limit} 倍阈值的 Hampel 滤波(去除|替换|修复)(异常值|尖峰)", "(做|使用) Hampel 滤波(,|:)窗口 {width} 点,阈值 {limit}"),
        wrong=(
            ("scale left out", "LIMIT * (1.4826 * spread)", "LIMIT * spread"),
            ("good samples replaced", "middle, x)", "x, middle)"),
        ),
        cases=(
            Case((np.array([1.0, 2.0, 3.0, 40.0, 5.0, 6.0, 7.0]),), np.array([1.0, 2.0, 3.0, 5.0, 5.0, 6.0, 7.0]), {"width": 5, "limit": 3.0}, why="window 2 3 40 5 6: median 5, deviations 3 2 35 0 1, of median 2"),
            Case((np.array([0.0, 1.0, 2.0, 6.5, 4.0, 5.0, 6.0]),), np.array([0.0, 1.0, 2.0, 6.5, 4.0, 6.0, 6.0]), {"width": 5, "limit": 1.0}, why="6.5 is off by 2.5 with limit 2.97, 5 by 1 with limit 0.74"),
            Case((np.array([]),), np.array([]), {"width": 5, "limit": 3.0}),
        ),
        stage=2,
    ),
    Block(
        name="outlier_bridging",
        title="Outlier Bridging",
        takes=(X,),
        gives=(series(("bridged", "clean", "repaired", "outlier_free"), "signal with outliers bridged by straight lines"),),
        params=(Param("limit", (3.0, 4.0, 5.0, 6.0, 8.0)),),
        actions=("outliers lie beyond {limit} robust deviations from the median of the record", "bridge them by straight lines between good neighbours"),
        target="Replace samples beyond {limit} robust deviations from the median by straight lines between their good neighbours.",
        remark="outlier bridging: samples further from the median of the record than {limit} times 1.4826 times the median absolute deviation are interpolated linearly between the nearest good samples, at the ends the nearest good one is held; empty stays empty",
        functions=("outlier_bridging", "outlier_bridging_pandas", "outlier_bridging_loop"),
        en=(
            "(bridge|interpolate|interpolate over) (outliers|samples) (beyond|more than) {limit} robust [standard] deviations (from|off) the median [linearly]",
            "replace (samples|values) further than {limit} scaled MADs from the median by (linear interpolation|straight lines)",
        ),
        zh=("(把|将)偏离中位数超过 {limit} 倍稳健标准差的(样本|异常值)(线性插值|用直线连接)", "超过 {limit} 倍 MAD 的异常值用线性插值(替换|填补)"),
        wrong=(
            ("scale left out", "LIMIT * (1.4826 * np.median(off))", "LIMIT * np.median(off)"),
            ("good ones replaced", "off <= LIMIT", "off > LIMIT"),
        ),
        cases=(
            Case((np.array([1.0, 2.0, 90.0, 4.0, 5.0]),), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), {"limit": 3.0}, why="median 4, deviations 3 2 86 0 1, of median 2"),
            Case((np.array([90.0, 1.0, 2.0, 3.0, 4.0]),), np.array([1.0, 1.0, 2.0, 3.0, 4.0]), {"limit": 3.0}, why="nearest held at the end"),
            Case((np.array([0.0, 1.0, 2.0, 3.0, 8.0]),), np.array([0.0, 1.0, 2.0, 3.0, 8.0]), {"limit": 5.0}, why="6 off, the limit is 7.4"),
            Case((np.array([]),), np.array([]), {"limit": 3.0}),
        ),
        stage=1,
    ),
    Block(
        name="gap_interpolation",
        title="Gap Interpolation",
        takes=(X,),
        gives=(series(("filled", "complete", "gap_free", "bridged"), "signal with lost samples interpolated"),),
        actions=("find samples that are no finite numbers", "interpolate them linearly, hold the nearest at the ends"),
        target="Interpolate lost samples of a signal linearly.",
        remark="gap interpolation: samples that are not finite are interpolated linearly between the nearest finite ones, at the ends the nearest is held; without any finite sample all are 0; empty stays empty",
        functions=("gap_interpolation", "gap_interpolation_pandas", "gap_interpolation_loop"),
        en=(
            "(fill|bridge|close|interpolate) (gaps|missing samples|lost samples|NaN samples|the gaps) (by linear interpolation|linearly|with straight lines)",
            "(interpolate|bridge) (not-a-number|missing) samples linearly",
        ),
        zh=("(用|通过)线性插值(填补|补全)(缺失样本|空缺|NaN)", "(线性插值|补齐)(丢失的样本|缺失值)"),
        wrong=(
            ("gaps become zero", "np.interp(np.arange(len(x)), good, x[good]) if", "np.nan_to_num(x) if"),
            ("places lost", "np.arange(len(x)), good, x[good]", "np.arange(len(x)), np.arange(len(good)), x[good]"),
        ),
        cases=(
            Case((np.array([1.0, np.nan, np.nan, 7.0, 8.0]),), np.array([1.0, 3.0, 5.0, 7.0, 8.0]), {}, why="by hand"),
            Case((np.array([np.nan, 2.0, np.nan]),), np.array([2.0, 2.0, 2.0]), {}, why="held at the ends"),
            Case((np.array([np.nan]),), np.array([0.0]), {}, why="nothing known"),
        ),
        stage=1,
    ),
)  # fmt: skip
