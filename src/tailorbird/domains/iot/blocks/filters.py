"""Blocks that keep or remove a part of a series: bands, noise, a baseline.

Covers: filters without delay, smoothing. Does not cover: outliers and scaling (`cleaning.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Context, Param
from tailorbird.domains.iot.blocks.ports import FS, X, samples, series

_SINE = np.sin(2 * np.pi * 10.0 * np.arange(4000) / 200.0)
"""10 Hz at 200 samples per second."""

_BUMP = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])

_QUALITY = float(np.pi / (4.0 * np.arctan(0.1)))
"""Of a notch at a quarter of the rate, such that the tangent of half its width is 0.1."""

_EDGE = np.sin(2.0 * np.arctan(np.exp(np.arcsinh(0.1))) * np.arange(6000))
"""A tone at the upper edge of that notch."""

_CUTOFFS = (0.001, 0.002, 0.1, 0.5, 1.0, 2.0, 5.0, 8.0, 15.0, 40.0, 150.0, 600.0)


def _cutoff(params: dict[str, float], context: Context) -> bool:
    """Whether a cutoff lies well inside what the rate and length of a record carry."""
    return 0.01 * context.rate < params["cutoff"] < 0.4 * context.rate and params["cutoff"] > 2.5 / context.seconds


BLOCKS = (
    Block(
        name="band_pass_filter",
        title="Band-Pass Filter",
        takes=(X, FS),
        gives=(series(("filtered", "band", "clean", "passed"), "{low} to {high} Hz of the signal"),),
        params=(
            Param("low", (0.5, 0.7, 1.0, 2.0, 4.0, 5.0, 8.0, 10.0, 20.0, 40.0, 100.0, 300.0), "Hz"),
            Param("high", (3.0, 4.0, 8.0, 12.0, 15.0, 20.0, 25.0, 40.0, 45.0, 80.0, 200.0, 1000.0, 3000.0), "Hz"),
            Param("order", (2, 3, 4)),
        ),
        when=lambda p, c: 2 * p["low"] <= p["high"] < 0.42 * c.rate and p["low"] > max(2.5 / c.seconds, 0.004 * c.rate),
        actions=("Butterworth band-pass of order {order}, {low} to {high} Hz", "run forwards and backwards, so that nothing is delayed"),
        target="Keep the band from {low} to {high} Hz of a signal without delay by a Butterworth filter of order {order}.",
        remark="band-pass: Butterworth of order {order} from {low} to {high} Hz as second-order sections, forwards and then backwards, each pass starting in the steady state of its first sample, no padding; empty stays empty",
        functions=("band_pass_filter", "band_pass_filter_twice"),
        en=(
            "(band-pass|bandpass|filter) (it|the signal|the samples) from {low} to {high} Hz [without delay] (with|by) a Butterworth [filter] of order {order}",
            "keep [only] (the band|what lies) between {low} and {high} Hz (with an order {order} Butterworth|by a Butterworth of order {order})",
            "(apply|use|run) a zero-phase order {order} Butterworth band-pass ({low}-{high} Hz|from {low} to {high} Hz)",
        ),
        zh=(
            "用 {order} 阶(零相位|无延迟)(巴特沃斯|)带通滤波(保留|取出) {low} 到 {high} Hz",
            "(只保留|保留) {low} 至 {high} Hz 的(频段|成分),用 {order} 阶零相位巴特沃斯带通",
        ),
        wrong=(
            ("one way only, so the result is delayed", "signal.sosfiltfilt(sos, x, padtype=None)", "signal.sosfilt(sos, x)"),
            ("the rate is left out", "(LOW, HIGH), btype=\"bandpass\", fs=fs", "(LOW / fs, HIGH / fs), btype=\"bandpass\""),
            ("the band is removed", "bandpass", "bandstop"),
        ),
        cases=(
            Case((np.full(200, 7.0), 100.0), np.zeros(200), {"low": 5.0, "high": 15.0, "order": 2}, 1e-6, why="a constant does not pass"),
            Case((_SINE, 200.0), _SINE, {"low": 5.0, "high": 20.0, "order": 2}, 0.01, (1000, 3000), "the geometric middle of the band passes with gain 1"),
            Case((_SINE, 200.0), 0.5 * _SINE, {"low": 10.0, "high": 40.0, "order": 3}, 1e-6, (1000, 3000), "at an edge each pass takes a factor of the root of 2"),
        ),
        stage=2,
    ),
    Block(
        name="low_pass_filter",
        title="Low-Pass Filter",
        takes=(X, FS),
        gives=(series(("smooth", "low", "lowpassed", "slow_part"), "what lies below {cutoff} Hz"),),
        params=(Param("cutoff", _CUTOFFS, "Hz"), Param("order", (1, 2, 3, 4))),
        when=_cutoff,
        actions=("Butterworth low-pass of order {order} at {cutoff} Hz", "run forwards and backwards, so that nothing is delayed"),
        target="Keep what lies below {cutoff} Hz of a signal without delay by a Butterworth filter of order {order}.",
        remark="low-pass: Butterworth of order {order} at {cutoff} Hz as second-order sections, forwards and then backwards, each pass starting in the steady state of its first sample, no padding; empty stays empty",
        functions=("low_pass_filter", "low_pass_filter_twice", "low_pass_filter_shifted"),
        en=(
            "(low-pass|lowpass) (it|the signal|the samples) at {cutoff} Hz (with|by) a Butterworth [filter] of order {order} [without delay]",
            "(remove|cut|drop) (everything|all|what lies) above {cutoff} Hz with a zero-phase Butterworth low-pass of order {order}",
            "(apply|use|run) a zero-phase order {order} [Butterworth] low-pass (at|with cutoff) {cutoff} Hz",
        ),
        zh=("用 {order} 阶(零相位|无延迟)(巴特沃斯|)低通(滤波|滤波器),截止 {cutoff} Hz", "(去掉|滤除) {cutoff} Hz 以上的成分,用 {order} 阶零相位巴特沃斯低通"),
        wrong=(
            ("high-pass", "lowpass", "highpass"),
            ("one way only", "signal.sosfiltfilt(sos, x, padtype=None)", "signal.sosfilt(sos, x)"),
            ("the cutoff counts for half the rate", "fs=fs", "fs=2 * fs"),
        ),
        cases=(
            Case((np.full(300, 20.0), 200.0), np.full(300, 20.0), {"cutoff": 10.0, "order": 2}, 1e-6, why="a constant passes"),
            Case((_SINE, 200.0), 0.5 * _SINE, {"cutoff": 10.0, "order": 3}, 1e-6, (1000, 3000), "at the cutoff each pass takes a factor of the root of 2"),
            Case((np.array([]), 200.0), np.array([]), {"cutoff": 10.0, "order": 2}),
        ),
        stage=2,
    ),
    Block(
        name="high_pass_filter",
        title="High-Pass Filter",
        takes=(X, FS),
        gives=(series(("fast_part", "high", "highpassed", "flat"), "what lies above {cutoff} Hz"),),
        params=(Param("cutoff", (0.0005, 0.001, 0.05, 0.1, 0.3, 0.5, 1.0, 5.0, 10.0, 20.0, 60.0, 300.0), "Hz"), Param("order", (1, 2, 3, 4))),
        when=_cutoff,
        actions=("Butterworth high-pass of order {order} at {cutoff} Hz", "run forwards and backwards, so that nothing is delayed"),
        target="Keep what lies above {cutoff} Hz of a signal without delay by a Butterworth filter of order {order}.",
        remark="high-pass: Butterworth of order {order} at {cutoff} Hz as second-order sections, forwards and then backwards, each pass starting in the steady state of its first sample, no padding; empty stays empty",
        functions=("high_pass_filter", "high_pass_filter_twice", "high_pass_filter_shifted"),
        en=(
            "(high-pass|highpass) (it|the signal|the samples) at {cutoff} Hz (with|by) a Butterworth [filter] of order {order} [without delay]",
            "(remove|cut|drop) (everything|the drift|what lies) below {cutoff} Hz with a zero-phase Butterworth high-pass of order {order}",
            "(apply|use|run) a zero-phase order {order} [Butterworth] high-pass (at|with cutoff) {cutoff} Hz",
        ),
        zh=("用 {order} 阶(零相位|无延迟)(巴特沃斯|)高通(滤波|滤波器),截止 {cutoff} Hz", "(去掉|滤除) {cutoff} Hz 以下的成分,用 {order} 阶零相位巴特沃斯高通"),
        wrong=(
            ("low-pass", "highpass", "lowpass"),
            ("one way only", "signal.sosfiltfilt(sos, x, padtype=None)", "signal.sosfilt(sos, x)"),
            ("order one too high", "ORDER", "ORDER + 1"),
            ("padding at the ends", "padtype=None", "padtype=\"constant\", padlen=5"),
        ),
        cases=(
            Case((np.full(300, 20.0), 200.0), np.zeros(300), {"cutoff": 10.0, "order": 2}, 1e-6, why="a constant does not pass"),
            Case((_SINE, 200.0), 0.5 * _SINE, {"cutoff": 10.0, "order": 3}, 1e-6, (1000, 3000), "at the cutoff each pass takes a factor of the root of 2"),
            Case((np.array([0.0, 1.0]), 4.0), np.array([0.0, 0.0]) + np.array([-0.25, 0.0]), {"cutoff": 1.0, "order": 1}, 1e-9, why="H(z) = (1 - 1/z) / 2, worked out by hand"),
        ),
        stage=2,
    ),
    Block(
        name="notch_filter",
        title="Notch Filter",
        takes=(X, FS),
        gives=(series(("notched", "without_hum", "hum_free", "clean"), "the signal without {frequency} Hz"),),
        params=(Param("frequency", (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 60.0, 100.0, 150.0, 400.0), "Hz"), Param("quality", (5.0, 10.0, 20.0, 30.0))),
        when=lambda p, c: 0.05 * c.rate < p["frequency"] < 0.45 * c.rate and c.seconds * p["frequency"] > 20.0,
        actions=("second-order notch at {frequency} Hz with quality factor {quality}", "run forwards and backwards"),
        target="Remove {frequency} Hz from a signal without delay by a notch of quality factor {quality}.",
        remark="notch: second-order IIR notch at {frequency} Hz with quality factor {quality} (width at -3 dB is the frequency divided by it), forwards and then backwards, each pass starting in the steady state of its first sample, no padding; empty stays empty",
        functions=("notch_filter", "notch_filter_twice", "notch_filter_sections"),
        en=(
            "(notch out|remove|suppress|take out) (the hum|the tone|the line|what lies) at {frequency} Hz (with quality factor {quality}|with Q {quality}|by a notch of Q {quality})",
            "(apply|use|run) a [zero-phase] notch [filter] at {frequency} Hz with (quality factor|Q|a quality factor of) {quality}",
        ),
        zh=("用品质因数 {quality} 的(零相位|无延迟|)陷波器(去掉|滤除|抑制) {frequency} Hz", "(对|在) {frequency} Hz 处(做|加)陷波,Q 为 {quality}"),
        wrong=(
            ("keeps the tone and removes the rest", "iirnotch", "iirpeak"),
            ("one way only", "signal.filtfilt(b, a, x, padtype=None)", "signal.lfilter(b, a, x)"),
            ("twice the width", "QUALITY", "QUALITY / 2"),
        ),
        cases=(
            Case((_SINE, 200.0), np.zeros(4000), {"frequency": 10.0, "quality": 5.0}, 1e-6, (1500, 2500), "the tone vanishes away from the ends"),
            Case((np.full(300, 20.0), 200.0), np.full(300, 20.0), {"frequency": 50.0, "quality": 10.0}, 1e-6, why="a constant passes"),
            Case((_EDGE, 1.0), 0.5 * _EDGE, {"frequency": 0.25, "quality": _QUALITY}, 1e-6, (2500, 3500), "at the edge of the notch each pass takes a factor of the root of 2"),
        ),
        stage=2,
    ),
    Block(
        name="centred_moving_average",
        title="Centred Moving Average",
        takes=(X,),
        gives=(series(("smooth", "smoothed", "averaged"), "mean over {width} samples around each sample"),),
        params=(Param("width", (3, 5, 7, 9, 11, 15, 21)),),
        when=lambda p, c: p["width"] < 0.1 * samples(c),
        actions=("mean of {width} samples around each sample", "repeat the first and last sample at the ends"),
        target="Smooth a signal by the mean of {width} samples around each sample.",
        remark="moving average: mean of {width} samples centred on each sample; beyond the ends the first and last sample repeat; empty stays empty",
        functions=("centred_moving_average", "centred_moving_average_ndimage", "centred_moving_average_sums"),
        en=(
            "(smooth|average) (it|the signal|the readings) (over|with a centred window of) {width} samples",
            "(take|compute|form) a [centred] (moving|running|rolling) (average|mean) (of|over) {width} samples",
        ),
        zh=("(用|取) {width} 点(滑动平均|移动平均|中心滑动平均)(平滑|)", "对信号做 {width} 点(居中|)平均"),
        wrong=(
            ("sum for mean", "np.ones(WIDTH) / WIDTH", "np.ones(WIDTH)"),
            ("zeros at the ends", "np.full(WIDTH // 2, x[0])", "np.zeros(WIDTH // 2)"),
        ),
        cases=(
            Case((np.array([1.0, 2.0, 6.0]),), np.array([4.0 / 3.0, 3.0, 14.0 / 3.0]), {"width": 3}, why="by hand"),
            Case((np.array([]),), np.array([]), {"width": 3}),
        ),
        stage=2,
    ),
    Block(
        name="trailing_mean",
        title="Trailing Mean",
        takes=(X,),
        gives=(series(("trailing", "recent_mean", "running_mean", "averaged"), "mean of the last {width} samples"),),
        params=(Param("width", (3, 4, 5, 8, 10, 16, 20, 30)),),
        when=lambda p, c: p["width"] < 0.1 * samples(c),
        actions=("mean of each sample and up to {width} - 1 before it",),
        target="Replace each sample by the mean of the last {width} samples.",
        remark="trailing mean: mean of a sample and the {width} - 1 before it, at the beginning of those there are; empty stays empty",
        functions=("trailing_mean", "trailing_mean_pandas", "trailing_mean_queue"),
        en=(
            "(smooth|average) (it|the signal|the readings) over the (last|latest|most recent) {width} samples [at each sample]",
            "(take|compute|form|use) a (trailing|causal|backward-looking) (moving average|mean|average) (of|over) {width} samples",
        ),
        zh=("(用|取)最近 {width} 个样本的(平均值|均值)(平滑|代替每个样本)", "做 {width} 点的(后向|因果)(滑动平均|移动平均)"),
        wrong=(
            ("one sample too few", "ends - WIDTH", "ends - WIDTH + 1"),
            ("always divided by the width", "/ (ends - starts)", "/ WIDTH"),
        ),
        cases=(
            Case((np.array([3.0, 5.0, 1.0, 6.0]),), np.array([3.0, 4.0, 3.0, 4.0]), {"width": 3}, why="by hand"),
            Case((np.array([]),), np.array([]), {"width": 4}),
        ),
        stage=2,
    ),
    Block(
        name="median_filter",
        title="Median Filter",
        takes=(X,),
        gives=(series(("despiked", "medians", "clean", "middle"), "median of {width} samples around each sample"),),
        params=(Param("width", (3, 5, 7, 9, 11, 15)),),
        when=lambda p, c: p["width"] < 0.05 * samples(c),
        actions=("median of {width} samples around each sample", "repeat the first and last sample at the ends"),
        target="Replace each sample by the median of {width} samples around it.",
        remark="median filter: median of {width} samples centred on each sample; beyond the ends the first and last sample repeat; empty stays empty",
        functions=("median_filter", "median_filter_windows", "median_filter_loop"),
        en=(
            "(despike|clean|smooth) (it|the signal|the readings) with a [running] median [filter] (of|over) {width} samples",
            "(apply|use|run) a {width}-(sample|point) [centred] median filter",
            "take the [running] median of {width} samples around each (sample|reading)",
        ),
        zh=("(用|做) {width} 点中值滤波(去尖峰|去毛刺|)", "取每个样本周围 {width} 点的(中位数|中值)"),
        wrong=(
            ("zeros beyond the ends", "mode=\"nearest\"", "mode=\"constant\""),
            ("mean for median", "ndimage.median_filter(x, size=WIDTH, mode", "ndimage.uniform_filter1d(x, size=WIDTH, mode"),
        ),
        cases=(
            Case((np.array([5.0, 9.0, 2.0, 3.0, 8.0]),), np.array([5.0, 5.0, 3.0, 3.0, 8.0]), {"width": 3}, why="by hand"),
            Case((np.array([1.0, 4.0]),), np.array([1.0, 4.0]), {"width": 5}, why="ends repeat"),
            Case((np.array([]),), np.array([]), {"width": 3}),
        ),
        stage=2,
    ),
    Block(
        name="exponential_smoothing",
        title="Exponential Smoothing",
        takes=(X,),
        gives=(series(("smooth", "smoothed", "ema", "blended"), "exponentially smoothed signal"),),
        params=(Param("alpha", (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)),),
        actions=("start at the first sample", "share {alpha} of each new sample, the rest of what was before"),
        target="Smooth a signal exponentially with weight {alpha} for each new sample.",
        remark="exponential smoothing: the first value is the first sample, then {alpha} times the sample plus (1 - {alpha}) times the value before; empty stays empty",
        functions=("exponential_smoothing", "exponential_smoothing_pandas", "exponential_smoothing_accumulate", "exponential_smoothing_recursion"),
        en=(
            "(smooth|filter) (it|the signal|the readings) exponentially with (alpha {alpha}|a weight of {alpha}|smoothing factor {alpha})",
            "(apply|use|run|compute) (exponential smoothing|an exponential moving average|a first-order smoothing) with alpha [=] {alpha}",
        ),
        zh=("(用|做)平滑系数 {alpha} 的(指数平滑|指数滑动平均)", "(对信号|对读数)做指数平滑,(系数|alpha) 取 {alpha}"),
        wrong=(
            ("weights swapped", "ALPHA * value + (1.0 - ALPHA) * result[i - 1]", "(1.0 - ALPHA) * value + ALPHA * result[i - 1]"),
            ("starts at zero", "value if i == 0", "0.0 if i == 0"),
        ),
        cases=(
            Case((np.array([8.0, 0.0, 0.0, 4.0]),), np.array([8.0, 6.0, 4.5, 4.375]), {"alpha": 0.25}, why="by hand"),
            Case((np.array([]),), np.array([]), {"alpha": 0.1}),
        ),
        stage=2,
    ),
    Block(
        name="savitzky_golay_filter",
        title="Savitzky-Golay Filter",
        takes=(X,),
        gives=(series(("smooth", "fitted", "polished", "smoothed"), "local polynomial fit of degree {degree}"),),
        params=(Param("width", (5, 7, 9, 11, 15, 21)), Param("degree", (2, 3))),
        when=lambda p, c: p["width"] < 0.1 * samples(c),
        actions=("polynomial of degree {degree} fitted to {width} samples around each sample", "its value in the middle"),
        target="Smooth a signal by polynomials of degree {degree} over {width} samples.",
        remark="Savitzky-Golay: value in the middle of the least-squares polynomial of degree {degree} over {width} samples; beyond the ends the first and last sample repeat; empty stays empty",
        functions=("savitzky_golay_filter", "savitzky_golay_filter_weights", "savitzky_golay_filter_fit"),
        en=(
            "(smooth|filter) (it|the signal|the samples) with a Savitzky-Golay filter of {width} samples and (degree {degree}|polynomial order {degree})",
            "(apply|use|run) a Savitzky-Golay [smoothing] filter (of width {width} and degree {degree}|over {width} samples with polynomials of degree {degree}|with window {width} and order {degree})",
            "(fit|run) local polynomials of degree {degree} over {width} samples [to smooth it]",
        ),
        zh=("(用|做)窗长 {width}、{degree} 阶的(Savitzky-Golay|SG) (平滑|滤波)", "(以|按) {width} 点窗口拟合 {degree} 次多项式(来平滑|平滑信号)"),
        wrong=(
            ("straight lines", "DEGREE", "1"),
            ("zeros at the ends", "mode=\"nearest\"", "mode=\"constant\""),
        ),
        cases=(
            Case((_BUMP,), np.array([0, 0, 0, -3, 12, 17, 12, -3, 0, 0, 0]) / 35.0, {"width": 5, "degree": 2}, why="weights -3 12 17 12 -3 over 35 (Savitzky and Golay 1964)"),
            Case((np.full(4, 2.5),), np.full(4, 2.5), {"width": 7, "degree": 3}, why="a constant stays, shorter than the window too"),
        ),
        stage=2,
    ),
    Block(
        name="baseline_removal",
        title="Baseline Removal",
        takes=(X,),
        gives=(series(("levelled", "flat", "above_baseline", "corrected"), "signal less its running median"),),
        params=(Param("width", (31, 51, 75, 101, 151)),),
        when=lambda p, c: p["width"] < 0.2 * samples(c),
        actions=("running median of {width} samples as the baseline", "subtract it"),
        target="Subtract the running median of {width} samples from a signal.",
        remark="baseline removal: the sample less the median of {width} samples centred on it; beyond the ends the first and last sample repeat; empty stays empty",
        functions=("baseline_removal", "baseline_removal_windows", "baseline_removal_rank"),
        en=(
            "(remove|subtract|take off) (the baseline|the slow level|the wandering baseline) (given by|found as|estimated by) a running median of {width} samples",
            "(level|flatten|straighten) (it|the signal) by subtracting the (medians|running median) over {width} samples",
        ),
        zh=("(减去|去掉) {width} 点滑动中值(得到的|估计的|作为)基线", "用 {width} 点中值(滤波|)估计基线并(减去|扣除)"),
        wrong=(
            ("the baseline is kept", "return x - ndimage", "return ndimage"),
            ("mean for median", "ndimage.median_filter(x, size=WIDTH, mode", "ndimage.uniform_filter1d(x, size=WIDTH, mode"),
        ),
        cases=(
            Case((np.array([1.0, 1.0, 4.0, 1.0, 1.0, 1.0]),), np.array([0.0, 0.0, 3.0, 0.0, 0.0, 0.0]), {"width": 3}, why="a spike stays, the level goes"),
            Case((np.array([0.0, 1.0, 2.0]),), np.array([0.0, 0.0, 0.0]), {"width": 5}, why="ends repeat"),
            Case((np.array([]),), np.array([]), {"width": 31}),
        ),
        stage=2,
    ),
)  # fmt: skip
