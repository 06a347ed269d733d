"""Blocks that compute a power spectrum, and those that read one.

Covers: periodogram, Welch, shares of bands, tones. Does not cover: spectra over time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tailorbird.core.block import Block, Case, Context, Param, Port
from tailorbird.domains.iot.blocks.ports import FREQS, FS, POWER, X, samples

_GIVEN = (
    Port("power", "power", "1", ("power", "psd", "spectrum", "density"), "power per hertz at each frequency"),
    Port("freqs", "freqs", "Hz", ("freqs", "frequencies", "f", "hertz"), "frequencies of the spectrum"),
)
_P = np.array([0.0, 1.0, 5.0, 2.0, 2.0])
_F = np.array([0.0, 2.0, 4.0, 6.0, 8.0])
_NONE = np.array([])
_LOWS = (0.001, 0.04, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 150.0, 300.0)
_HIGHS = (0.004, 0.15, 0.4, 1.5, 3.0, 8.0, 15.0, 30.0, 100.0, 250.0, 500.0, 1500.0)
_BAND = (Param("low", _LOWS, "Hz"), Param("high", _HIGHS, "Hz"))
_TONAL = frozenset({"power", "audio", "vibration", "cardiac", "breathing", "motion"})


def _inside(params: dict[str, Any], context: Context) -> bool:
    """Whether a band is wide enough and lies below half the rate."""
    low, high = float(params["low"]), float(params["high"])
    return 1.5 * low <= high < 0.5 * context.rate and high - low > 0.03 * context.rate


BLOCKS = (
    Block(
        name="periodogram",
        title="Periodogram",
        takes=(X, FS),
        gives=_GIVEN,
        actions=("subtract the mean", "one-sided power density of the whole record", "0 at 0 Hz"),
        target="Compute the power spectrum of the whole record by a periodogram.",
        remark="periodogram: samples less their mean, squared magnitude of the discrete Fourier transform over rate times length, doubled except at half the rate, 0 at 0 Hz; empty stays empty",
        functions=("periodogram", "periodogram_fft", "periodogram_full"),
        en=(
            "(take|compute|form|work out|estimate) (the|its) (periodogram|power spectrum by a periodogram|power spectral density by a periodogram) [over the whole record] [with the mean removed]",
            "(transform|turn) (it|the signal|the record) into a [one-sided] periodogram",
        ),
        zh=("(计算|求|得到)(周期图|周期图功率谱)", "对(整段|整条)信号(做周期图|求周期图功率谱|用周期图法估计功率谱)"),
        wrong=(("the constant stays", "power[:1] = 0.0", "power[:1] = 1.0"), ("integrated lines", "density", "spectrum")),
        cases=(
            Case((np.array([3.0, 1.0, -1.0, 1.0]), 4.0), (np.array([0.0, 2.0, 0.0]), np.array([0.0, 1.0, 2.0])), {}, why="cosine of amplitude 2 has power 2 in lines 1 Hz apart"),
            Case((np.array([1.0, -1.0, 1.0, -1.0]), 2.0), (np.array([0.0, 0.0, 2.0]), np.array([0.0, 0.5, 1.0])), {}, why="power 1 at half the rate, lines 0.5 Hz apart"),
            Case((_NONE, 2.0), (_NONE, _NONE), {}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="welch_spectrum",
        title="Welch Spectrum",
        takes=(X, FS),
        gives=_GIVEN,
        params=(Param("segment", (64, 128, 200, 256, 400, 512)),),
        when=lambda p, c: 3 * p["segment"] <= samples(c),
        actions=("segments of {segment} samples that overlap by half, less their mean, Hann window", "mean of their periodograms"),
        target="Estimate the power spectrum by Welch's method with segments of {segment} samples.",
        remark="Welch (1967): segments of {segment} samples, of the whole record where it is shorter, half overlapping, each less its mean, periodic Hann window, mean of their one-sided power densities; empty stays empty",
        functions=("welch_spectrum", "welch_spectrum_segments", "welch_spectrum_loop"),
        en=(
            "(estimate|compute|work out) (the|its) (power spectrum|PSD|power spectral density) (by Welch's method|with Welch) (with|from|using) segments of {segment} samples",
            "(average|take the mean of) Hann-windowed periodograms of half-overlapping segments of {segment} samples",
            "(run|apply|use) Welch's method (on|with) segments of {segment} samples",
        ),
        zh=("用 Welch 方法(估计|计算|求)功率谱,每段 {segment} 点", "(以|按) {segment} 点分段(做|用) Welch 谱(估计|)"),
        wrong=(("another window", "hann", "boxcar"), ("twice as long", "min(SEGMENT, len(x))", "min(2 * SEGMENT, len(x))")),
        cases=(
            Case((np.array([3.0, 1.0, -1.0, 1.0, 3.0, 1.0, -1.0, 1.0]), 4.0), (np.array([2.0 / 3.0, 4.0 / 3.0, 2.0 / 3.0]), np.array([0.0, 1.0, 2.0])), {"segment": 4}, why="2 0 -2 0 under Hann weights 0 0.5 1 0.5 has the transform -2 2 -2, weights square to 1.5"),
            Case((_NONE, 2.0), (_NONE, _NONE), {"segment": 64}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="band_power",
        title="Band Power",
        takes=(POWER, FREQS),
        gives=(Port("band", "number", "1", ("band_power", "power_in_band", "band"), "power from {low} to {high} Hz"),),
        params=_BAND,
        when=_inside,
        actions=("sum of the density over the lines from {low} Hz to below {high} Hz, times their spacing",),
        target="Compute the power between {low} and {high} Hz.",
        remark="band power: sum of the density over lines with {low} <= f < {high} Hz times the spacing of lines; 0.0 with fewer than 2 lines",
        functions=("band_power", "band_power_slice", "band_power_loop"),
        en=(
            "(compute|sum|integrate|work out|add up) the power (between {low} and {high} Hz|from {low} to {high} Hz|in the band {low}-{high} Hz) [of the spectrum]",
            "(integrate|add up) the spectrum (from {low} to {high} Hz|between {low} and {high} Hz)",
        ),
        zh=("(计算|求|统计) {low} 到 {high} Hz 的(功率|频带功率)", "在 {low}-{high} Hz (频带|范围)内对功率谱(积分|求和)"),
        aim=("the [spectral] (power|band power) (between {low} and {high} Hz|from {low} to {high} Hz)", "how much power lies between {low} and {high} Hz"),
        aim_zh=("{low} 到 {high} Hz 的(功率|频带功率|总功率)",),
        wrong=(("spacing left out", "np.sum(power[inside]) * width", "np.sum(power[inside])"), ("upper edge counted", "freqs < HIGH", "freqs <= HIGH")),
        cases=(
            Case((_P, _F), 14.0, {"low": 3.0, "high": 8.0}, why="(5 + 2) times 2"),
            Case((_NONE, _NONE), 0.0, {"low": 1.0, "high": 3.0}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="band_share",
        title="Band Share",
        takes=(POWER, FREQS),
        gives=(Port("share", "number", "1", ("band_share", "relative_power", "share"), "share of the power that lies from {low} to {high} Hz"),),
        params=_BAND,
        when=_inside,
        actions=("sum of the density from {low} Hz to below {high} Hz", "divide by the sum above 0 Hz"),
        target="Compute the share of power between {low} and {high} Hz.",
        remark="band share: sum of the density over lines with {low} <= f < {high} Hz over the sum of all lines above 0 Hz; 0.0 without power",
        functions=("band_share", "band_share_slice", "band_share_loop"),
        en=(
            "(compute|work out|determine) the (share|fraction|proportion) of [the] power (between {low} and {high} Hz|from {low} to {high} Hz|in the band {low}-{high} Hz)",
            "(compute|work out|determine) the relative power (between {low} and {high} Hz|from {low} to {high} Hz)",
            "(divide|relate) the power between {low} and {high} Hz (by|to) the total above 0 Hz",
        ),
        zh=("(计算|求) {low} 到 {high} Hz (占总功率的比例|的功率占比|的相对功率)", "(计算|求)频带 {low}-{high} Hz 的(相对功率|功率占比)"),
        aim=("the (share|fraction|proportion) of power (between {low} and {high} Hz|from {low} to {high} Hz)", "the relative power of the band from {low} to {high} Hz"),
        aim_zh=("{low} 到 {high} Hz 的(功率占比|相对功率|功率比例)",),
        wrong=(("power of the band itself", " / total) if", ") if"), ("upper edge counted", "freqs < HIGH", "freqs <= HIGH")),
        cases=(
            Case((_P, _F), 0.7, {"low": 3.0, "high": 8.0}, why="7 of 10"),
            Case((np.zeros(3), np.arange(3.0)), 0.0, {"low": 1.0, "high": 3.0}, why="no power"),
            Case((_NONE, _NONE), 0.0, {"low": 1.0, "high": 3.0}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="dominant_frequency",
        title="Dominant Frequency",
        takes=(POWER, FREQS),
        gives=(Port("dominant", "number", "Hz", ("dominant_frequency", "main_frequency", "peak_frequency"), "frequency of the strongest line"),),
        actions=("strongest line above 0 Hz",),
        target="Find the frequency of the strongest line above 0 Hz.",
        remark="dominant frequency: frequency in Hz of the line of largest power above 0 Hz, the lowest of equals; 0.0 with fewer than 2 lines",
        functions=("dominant_frequency", "dominant_frequency_max", "dominant_frequency_loop"),
        en=(
            "(find|locate|pick|determine|look for) the (dominant frequency|frequency of the strongest line|strongest frequency|frequency with most power) [of the spectrum]",
        ),
        zh=("(找出|求|确定)(主频|最强频率|功率最大的频率)", "(取|确定)谱峰(频率|所在频率)"),
        aim=("the (dominant|strongest|main) frequency [in Hz]", "the frequency (with the most power|of the strongest line)"),
        aim_zh=("(主频|最强的频率|功率最大的频率)",),
        wrong=(("index for frequency", "freqs[1:][np.argmax(power[1:])]", "np.argmax(power[1:])"), ("the weakest", "np.argmax", "np.argmin")),
        cases=(
            Case((_P, _F), 4.0, {}, why="5 is the largest"),
            Case((np.array([9.0, 1.0, 2.0]), np.array([0.0, 0.5, 1.0])), 1.0, {}, why="0 Hz does not count"),
            Case((_NONE, _NONE), 0.0, {}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="spectral_centroid",
        title="Spectral Centroid",
        takes=(POWER, FREQS),
        gives=(Port("centroid", "number", "Hz", ("centroid", "spectral_centroid", "mean_frequency"), "mean frequency weighted by power"),),
        actions=("mean of the frequencies weighted by power",),
        target="Compute the mean frequency weighted by power.",
        remark="spectral centroid: sum of f times power over the sum of power, in Hz; 0.0 without power",
        functions=("spectral_centroid", "spectral_centroid_average", "spectral_centroid_loop"),
        en=(
            "(compute|find|work out|determine|take) (the|its) (spectral centroid|power-weighted mean frequency|centre of gravity of the spectrum|centroid of the spectrum)",
            "average the frequencies (weighted by|with weights given by) [their] power",
            "(weigh|weight) each frequency by its power and take the mean",
        ),
        zh=("(计算|求|确定)(谱质心|频谱质心|功率加权平均频率)", "(按功率|以功率为权)(对频率求平均|求平均频率)"),
        aim=("the (spectral centroid|mean frequency weighted by power|centroid of the spectrum) [in Hz]",),
        aim_zh=("(谱质心|频谱质心|功率加权平均频率)",),
        wrong=(("weights left out", "np.sum(freqs * power) / total", "np.mean(freqs)"), ("not normalised", "np.sum(freqs * power) / total", "np.sum(freqs * power)")),
        cases=(
            Case((_P, _F), 5.0, {}, why="(2 + 20 + 12 + 16) / 10"),
            Case((np.zeros(3), np.arange(3.0)), 0.0, {}, why="no power"),
            Case((_NONE, _NONE), 0.0, {}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="spectral_edge",
        title="Spectral Edge",
        takes=(POWER, FREQS),
        gives=(Port("edge", "number", "Hz", ("edge_frequency", "spectral_edge", "rolloff"), "frequency below which {share} of the power lies"),),
        params=(Param("share", (0.5, 0.75, 0.8, 0.85, 0.9, 0.95)),),
        actions=("add up power from 0 Hz on", "first frequency where {share} of the total is reached"),
        target="Find the frequency up to which a share of {share} of the power lies.",
        remark="spectral edge: lowest frequency in Hz at which the power summed from 0 Hz on reaches {share} of the total; 0.0 without lines",
        functions=("spectral_edge", "spectral_edge_search", "spectral_edge_loop"),
        en=(
            "(find|compute|determine|work out) the (frequency up to which a share of {share} of the power lies|spectral edge frequency at a share of {share}|roll-off frequency for a share of {share})",
            "(find|compute|determine|work out) the {share} (spectral edge|roll-off) frequency",
            "(find|look for) the (lowest|first) frequency where the summed power reaches {share} of the total",
            "(find|determine) where the cumulative power reaches a share of {share}",
        ),
        zh=("(求|计算|确定)累积功率达到 {share} 的(频率|谱边缘频率)", "(求|计算)比例为 {share} 的(谱边缘频率|滚降频率)"),
        aim=("the (spectral edge|roll-off) frequency [in Hz] [at {share}]", "the frequency up to which {share} of the power lies"),
        aim_zh=("(谱边缘频率|滚降频率|累积功率达到 {share} 的频率)",),
        wrong=(("share of the largest", "SHARE * sums[-1]", "SHARE * max(power)"), ("one line late", "freqs[reached[0]]", "freqs[min(reached[0] + 1, len(freqs) - 1)]")),
        cases=(
            Case((_P, _F), 6.0, {"share": 0.75}, why="0 1 6 8 10"),
            Case((_P, _F), 4.0, {"share": 0.5}, why="0 1 6 8 10"),
            Case((_NONE, _NONE), 0.0, {"share": 0.5}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="spectral_entropy",
        title="Spectral Entropy",
        takes=(POWER, FREQS),
        gives=(Port("entropy", "number", "1", ("entropy", "spectral_entropy", "disorder"), "spectral entropy from 0 to 1"),),
        actions=("shares of power of the lines above 0 Hz", "their entropy over the logarithm of their number"),
        target="Compute the normalised entropy of the spectrum.",
        remark="spectral entropy: - sum of q ln q over ln of the number of lines, q the share of power of each line above 0 Hz; 0.0 with fewer than 2 such lines or without power",
        functions=("spectral_entropy", "spectral_entropy_stats", "spectral_entropy_loop"),
        en=(
            "(compute|work out|determine|take|measure) (the|its) [normalised] (spectral entropy|entropy of the spectrum|entropy of the power distribution) [from 0 to 1]",
        ),
        zh=("(计算|求|测量)(归一化|)(谱熵|频谱熵)", "(求|计算)功率分布的(归一化熵|熵)"),
        aim=("the [normalised] (spectral entropy|entropy of the spectrum|disorder of the spectrum)",),
        aim_zh=("(归一化谱熵|谱熵|频谱熵)",),
        wrong=(("not normalised", " / np.log(len(lines))", ""), ("sign", "float(-np.sum", "float(np.sum")),
        cases=(
            Case((np.array([7.0, 2.0, 2.0, 2.0, 2.0]), _F), 1.0, {}, why="four equal lines"),
            Case((np.array([0.0, 1.0, 1.0, 0.0, 0.0]), _F), 0.5, {}, why="ln 2 over ln 4"),
            Case((_NONE, _NONE), 0.0, {}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="spectral_flatness",
        title="Spectral Flatness",
        takes=(POWER, FREQS),
        gives=(Port("flatness", "number", "1", ("flatness", "spectral_flatness", "whiteness"), "geometric over arithmetic mean of power"),),
        actions=("geometric mean over arithmetic mean of the lines above 0 Hz",),
        target="Compute the spectral flatness.",
        remark="spectral flatness: geometric mean over arithmetic mean of the power of lines above 0 Hz, each at least 1e-300; 0.0 without such lines",
        functions=("spectral_flatness", "spectral_flatness_stats", "spectral_flatness_loop"),
        en=(
            "(compute|work out|determine|take|measure) (the|its) (spectral flatness|flatness of the spectrum|Wiener entropy|ratio of geometric to arithmetic mean power)",
            "divide the geometric (by the arithmetic mean of the power|mean of the power by its arithmetic mean)",
            "(relate|compare) the geometric mean of the power (to|with) its arithmetic mean",
        ),
        zh=("(计算|求|测量)(谱平坦度|频谱平坦度|维纳熵)", "求功率的几何平均(与|除以)算术平均(之比|)"),
        aim=("(the|its) (spectral flatness|flatness of the spectrum|Wiener entropy)",),
        aim_zh=("(谱平坦度|频谱平坦度|维纳熵)",),
        wrong=(("median for mean", "/ np.mean(lines)", "/ np.max(lines)"), ("arithmetic twice", "np.exp(np.mean(np.log(lines)))", "np.mean(lines)")),
        cases=(
            Case((np.array([0.0, 1.0, 4.0]), np.arange(3.0)), 0.8, {}, why="2 over 2.5"),
            Case((_NONE, _NONE), 0.0, {}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="octave_shares",
        title="Octave Shares",
        takes=(POWER, FREQS),
        gives=(Port("shares", "table", "1", ("octaves", "octave_shares", "band_shares"), "shares of power of four octaves from {base} Hz on"),),
        params=(Param("base", (0.0005, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 25.0, 50.0, 125.0), "Hz"),),
        when=lambda p, c: 8.5 * p["base"] < 0.5 * c.rate < 64 * p["base"] and p["base"] * c.seconds > 4,
        actions=("four octaves from {base} Hz on", "share of power of each in the total above 0 Hz"),
        target="Compute the shares of power of four octaves from {base} Hz on.",
        remark="octave shares: for k = 1 to 4 the power of lines with {base} * 2^(k-1) <= f < {base} * 2^k Hz over that of all lines above 0 Hz, under the keys octave_1 to octave_4; 0.0 without power",
        functions=("octave_shares", "octave_shares_histogram", "octave_shares_loop"),
        en=(
            "(compute|work out|determine|find) the (shares|fractions|proportions) of power (of|in) (four octaves from {base} Hz on|the four octaves above {base} Hz)",
            "split the spectrum into four octaves (from {base} Hz on|starting at {base} Hz) and (take|compute) their shares of the power",
        ),
        zh=("(计算|求)从 {base} Hz 开始的四个倍频程(各自的|的)功率占比", "把频谱从 {base} Hz 起分为四个倍频程并(求|计算)(功率占比|各自的比例)"),
        aim=("the (shares|fractions|proportions) of power (of|in) four octaves [from {base} Hz on]", "how the power spreads over four octaves from {base} Hz on"),
        aim_zh=("四个倍频程的(功率占比|功率比例|相对功率)",),
        wrong=(("decades", "BASE * 2.0", "BASE * 10.0"), ("not relative", "float(part / total)", "float(part)")),
        cases=(
            Case((_P, _F), {"octave_1": 0.1, "octave_2": 0.7, "octave_3": 0.2, "octave_4": 0.0}, {"base": 2.0}, why="2 to 4, 4 to 8, 8 to 16, 16 to 32 Hz"),
            Case((_NONE, _NONE), {"octave_1": 0.0, "octave_2": 0.0, "octave_3": 0.0, "octave_4": 0.0}, {"base": 2.0}, why="nothing there"),
        ),
        stage=5,
    ),
    Block(
        name="harmonic_ratio",
        title="Harmonic Ratio",
        takes=(POWER, FREQS),
        gives=(Port("distortion", "number", "1", ("harmonic_ratio", "distortion", "thd"), "harmonics up to {harmonics} relative to the strongest line"),),
        params=(Param("harmonics", (2, 3, 4, 5, 7)),),
        actions=("strongest line above 0 Hz as the fundamental", "root of the power of its multiples up to {harmonics} over its own"),
        target="Compute the ratio of the harmonics up to number {harmonics} to the strongest line.",
        remark="harmonic ratio: with k the number of the strongest line above 0 Hz, the root of the sum of the power of lines 2k to {harmonics} k over that of line k; lines beyond the spectrum do not count; 0.0 without power or with fewer than 2 lines",
        functions=("harmonic_ratio", "harmonic_ratio_loop", "harmonic_ratio_stride"),
        en=(
            "(compute|work out|determine|find) the (ratio of the harmonics up to number {harmonics} to the fundamental|harmonic ratio up to harmonic {harmonics}|harmonic distortion with harmonics up to {harmonics})",
            "(relate|compare) the harmonics (up to number|up to order) {harmonics} (to|with) the strongest line",
            "(compute|determine|work out) the distortion (from|by) harmonics (2 to {harmonics}|up to number {harmonics})",
        ),
        zh=("(计算|求) {harmonics} 次以内谐波(与基波之比|相对基波的比值)", "(计算|求)(谐波比|谐波失真)(计到 {harmonics} 次)"),
        aim=("the (harmonic ratio|harmonic distortion|ratio of harmonics to the fundamental) [up to harmonic {harmonics}]",),
        aim_zh=("(谐波比|谐波失真|谐波与基波之比)",),
        wrong=(("ratio of power", "np.sqrt(np.sum(power[places]) / power[first])", "np.sum(power[places]) / power[first]"), ("one harmonic too few", "HARMONICS + 1", "HARMONICS")),
        cases=(
            Case((np.array([0.0, 4.0, 1.0, 3.0, 1.0, 2.0]), np.arange(6.0)), 1.0, {"harmonics": 3}, why="(1 + 3) / 4"),
            Case((np.array([0.0, 0.0, 4.0, 0.0, 1.0, 0.0, 7.0]) * [1, 1, 1, 1, 1, 1, 0.5], np.arange(7.0)), np.sqrt(4.5 / 4.0), {"harmonics": 5}, why="line 2, its multiples 4 and 6"),
            Case((_NONE, _NONE), 0.0, {"harmonics": 3}, why="nothing there"),
        ),
        suits=_TONAL,
        stage=5,
    ),
    Block(
        name="strongest_tones",
        title="Strongest Tones",
        takes=(POWER, FREQS),
        gives=(Port("tones", "numbers", "Hz", ("tones", "strongest", "peak_frequencies"), "frequencies of the {count} strongest peaks"),),
        params=(Param("count", (2, 3, 4, 5)),),
        actions=("lines higher than both neighbours", "the {count} strongest, strongest first"),
        target="Find the frequencies of the {count} strongest peaks of the spectrum.",
        remark="strongest tones: frequencies in Hz of the {count} strongest lines that stand above both neighbours, strongest first, all where there are fewer; [] without any",
        functions=("strongest_tones", "strongest_tones_loop", "strongest_tones_mask"),
        en=(
            "(find|list|pick|look for) the {count} (strongest|largest|highest) (peaks|tones|local maxima) (of|in) the spectrum [, strongest first]",
            "(find|list) the frequencies of the {count} strongest spectral peaks",
        ),
        zh=("(找出|列出|求)最强的 {count} 个(谱峰|频率|峰值频率)", "(按|从)强到弱(列出|给出) {count} 个谱峰频率"),
        aim=("the (frequencies of the|frequencies in Hz of the) {count} (strongest|highest) (peaks|tones)",),
        aim_zh=("最强的 {count} 个(频率|谱峰|峰值频率)",),
        wrong=(("weakest first", "[::-1][:COUNT]", "[:COUNT]"), ("one too many", "[:COUNT]", "[: COUNT + 1]")),
        cases=(
            Case((np.array([0.0, 3.0, 1.0, 5.0, 0.0, 4.0, 2.0]), np.arange(7.0)), [3.0, 5.0], {"count": 2}, why="peaks 3 5 4"),
            Case((_NONE, _NONE), [], {"count": 2}, why="nothing there"),
        ),
        suits=_TONAL,
        stage=5,
    ),
    Block(
        name="noise_floor",
        title="Noise Floor",
        takes=(POWER, FREQS),
        gives=(Port("floor", "number", "1", ("noise_floor", "floor", "background"), "median power density above 0 Hz"),),
        actions=("median of the power density above 0 Hz",),
        target="Estimate the noise floor as the median power density above 0 Hz.",
        remark="noise floor: median of the power density of lines above 0 Hz; 0.0 without such lines",
        functions=("noise_floor", "noise_floor_percentile", "noise_floor_sorted"),
        en=(
            "(estimate|compute|determine|take|work out) the (noise floor as the median power density|median of the power density above 0 Hz|median power density)",
            "(estimate|determine) the (noise floor|background) (of the spectrum as its median|by the median of the spectrum|from the median power density)",
        ),
        zh=("(用|以)功率谱(中位数|的中值)(估计|作为)噪声底", "(估计|计算)(噪声底|本底噪声)(功率谱中位数)"),
        aim=("the (noise floor|median power density|spectral background) [above 0 Hz]",),
        aim_zh=("(噪声底|本底噪声|功率谱中位数)",),
        wrong=(("mean", "np.median", "np.mean"), ("0 Hz counted", "power[freqs > 0]", "power[freqs >= 0]")),
        cases=(
            Case((_P, _F), 2.0, {}, why="1 2 2 5"),
            Case((np.array([9.0, 1.0, 6.0]), np.arange(3.0)), 3.5, {}, why="middle of 1 and 6"),
            Case((_NONE, _NONE), 0.0, {}, why="nothing there"),
        ),
        stage=5,
    ),
)  # fmt: skip
