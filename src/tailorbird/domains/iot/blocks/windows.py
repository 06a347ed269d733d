"""Blocks that describe a series window by window, which gives a slower series.

Windows follow each other without overlap; one that is not complete at the end is left out.
Covers: size, spread, activity. Does not cover: one number for the whole record (`measure.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tailorbird.core.block import Block, Case, Param
from tailorbird.domains.iot.blocks.ports import FS, X, new_rate, series, windows

_SECONDS = Param("seconds", (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, 1800.0), "s")
_RATE = new_rate("windows per second")
_X = np.array([3.0, -4.0, 1.0, 1.0, 9.0])
_P = {"seconds": 1.0}


def _case(result: list[float], why: str) -> tuple[Case, Case]:
    """Windows of two samples at 2 Hz, and a record shorter than a window."""
    return (
        Case((_X, 2.0), (np.array(result), 1.0), _P, why=why),
        Case((np.array([1.0]), 4.0), (np.array([]), 1.0), _P, why="no whole window"),
    )


def _block(name: str, title: str, names: tuple[str, ...], meaning: str, unit: str = "=x", **more: Any) -> Block:
    """A block over windows of {seconds} s."""
    return Block(
        name=name,
        title=title,
        takes=(X, FS),
        gives=(series(names, f"{meaning} of each {{seconds}} s", unit), _RATE),
        params=(_SECONDS,),
        when=lambda p, c: windows(p["seconds"], c, 4, 20),
        rate_after=lambda p, c: c.rate / max(1, round(p["seconds"] * c.rate)),
        stage=3,
        remark=f"windows of round({{seconds}} * rate) samples one after another, an incomplete one at the end is left out: {more.pop('rule')}; the rate becomes that of the windows; without a whole window empty",
        actions=("windows of {seconds} s one after another", more.pop("action")),
        target=f"Compute the {meaning} of each {{seconds}} s.",
        **more,
    )


BLOCKS = (
    _block(
        "window_rms", "Windowed RMS", ("rms", "effective", "strength", "rms_trace"), "root mean square",
        rule="root of the mean square of the samples", action="root mean square of each window",
        functions=("window_rms", "window_rms_loop", "window_rms_pandas"),
        en=(
            "(take|compute|form|work out) the (RMS|root mean square|effective value) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) (one RMS value|the RMS) per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(均方根|有效值|RMS)", "(按|以) {seconds} 秒分窗求(均方根|RMS)"),
        wrong=(("mean square", "np.sqrt(np.mean(blocks**2, axis=1))", "np.mean(blocks**2, axis=1)"), ("the rate stays", "fs / width", "fs")),
        cases=_case([np.sqrt(12.5), 1.0], "roots of 25 / 2 and 2 / 2"),
    ),
    _block(
        "window_mean", "Windowed Mean", ("means", "levels", "averages", "mean_trace"), "mean",
        rule="mean of the samples", action="mean of each window",
        functions=("window_mean", "window_mean_loop", "window_mean_sums"),
        en=(
            "(take|compute|form|work out) the (mean|average|mean value) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) (one mean|the mean) per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(均值|平均值)", "(按|以) {seconds} 秒分窗(求均值|取平均)"),
        wrong=(("median", ".mean(axis=1)", ".max(axis=1)"), ("the rate stays", "fs / width", "fs")),
        cases=_case([-0.5, 1.0], "by hand"),
    ),
    _block(
        "window_deviation", "Windowed Deviation", ("spreads", "variability", "stds", "unrest"), "standard deviation",
        rule="population standard deviation of the samples", action="population standard deviation of each window",
        functions=("window_deviation", "window_deviation_loop", "window_deviation_pandas"),
        en=(
            "(take|compute|form|work out) the (standard deviation|population standard deviation|population spread) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) the standard deviation per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(标准差|总体标准差)", "(按|以) {seconds} 秒分窗(求标准差|计算标准差)"),
        wrong=(("sample deviation", ".std(axis=1)", ".std(axis=1, ddof=1)"), ("the rate stays", "fs / width", "fs")),
        cases=_case([3.5, 0.0], "half the difference of two"),
    ),
    _block(
        "window_range", "Windowed Range", ("ranges", "swings", "peak_to_peak", "spans"), "range",
        rule="largest less smallest sample", action="largest less smallest sample of each window",
        functions=("window_range", "window_range_loop", "window_range_pandas"),
        en=(
            "(take|compute|form|work out) the (range|peak-to-peak value|max minus min) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) the peak-to-peak range per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(峰峰值|极差)", "(按|以) {seconds} 秒分窗求(峰峰值|最大最小之差)"),
        wrong=(("maximum alone", "np.ptp(", "np.max("), ("the rate stays", "fs / width", "fs")),
        cases=_case([7.0, 0.0], "by hand"),
    ),
    _block(
        "window_maximum", "Windowed Maximum", ("maxima", "tops", "highest", "peaks_trace"), "maximum",
        rule="largest sample", action="largest sample of each window",
        functions=("window_maximum", "window_maximum_reduceat", "window_maximum_loop"),
        en=(
            "(take|compute|keep|work out) the (maximum|largest sample|highest value) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) the maximum per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(最大值|最高值)", "(按|以) {seconds} 秒分窗(求最大值|取最大)"),
        wrong=(("minimum", ".max(axis=1)", ".min(axis=1)"), ("the rate stays", "fs / width", "fs")),
        cases=_case([3.0, 1.0], "by hand"),
    ),
    _block(
        "window_energy", "Windowed Energy", ("energies", "energy", "effort", "burst_energy"), "energy", "1",
        rule="sum of the squares of the samples over the rate", action="sum of squares over the rate",
        functions=("window_energy", "window_energy_products", "window_energy_loop"),
        en=(
            "(take|compute|form|work out) the (energy|signal energy|sum of squares over the rate) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s)",
            "(reduce|turn) (it|the signal) (to|into) the signal energy per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(能量|信号能量)", "(按|以) {seconds} 秒分窗(求能量|计算信号能量)"),
        wrong=(("mean for sum", "np.sum(", "np.mean("), ("rate left out", "axis=1) / fs", "axis=1)")),
        cases=_case([12.5, 1.0], "25 / 2 and 2 / 2"),
        suits=frozenset({"biosignal", "motion", "audio", "vibration", "power"}),
    ),
    _block(
        "window_crossings", "Windowed Crossing Rate", ("crossing_rate", "crossings", "busyness", "zcr"), "crossings of the mean level per second", "Hz",
        rule="changes between samples above and not above the mean of the whole record, times rate over samples of a window", action="changes of side of the mean of the record, per second",
        functions=("window_crossings", "window_crossings_loop", "window_crossings_diff"),
        en=(
            "(take|compute|form|count) the (mean-crossing rate|rate of crossings of the record's mean) (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|for each {seconds} s)",
            "(count|compute) (how often it crosses its mean per second|crossings of the mean level per second) (in windows of|for each) {seconds} s",
            "(reduce|turn) (it|the signal) (to|into) (mean-crossings per second|the crossing rate about the mean) for each {seconds} s",
        ),
        zh=("(求|计算|统计)每 {seconds} 秒(窗口|)(穿越均值的速率|过均值率)", "(按|以) {seconds} 秒分窗求(每秒穿越均值的次数|过均值率)"),
        wrong=(("per window", "changes * fs / width", "changes"), ("about zero", "(np.mean(x) if len(x) else 0.0)", "0.0")),
        cases=(
            Case((np.array([5.0, 9.0, 5.0, 9.0, 5.0, 5.0, 5.0, 5.0]), 4.0), (np.array([3.0, 0.0]), 1.0), _P, why="mean 6"),
            Case((np.array([0.0, 2.0, 0.0, 0.0]), 4.0), (np.array([2.0, 0.0]), 2.0), {"seconds": 0.5}, why="one change in half a second"),
            Case((np.array([1.0]), 4.0), (np.array([]), 1.0), _P, why="no whole window"),
        ),
        suits=frozenset({"biosignal", "motion", "audio", "vibration", "power", "flow"}),
    ),
    _block(
        "window_level", "Windowed Level", ("levels", "loudness", "level_db", "decibels"), "level in dB", "dB",
        rule="10 times the decadic logarithm of the mean square of the samples in their unit, at least -120", action="mean square of each window in dB, held at -120 dB",
        functions=("window_level", "window_level_loop", "window_level_rms"),
        en=(
            "(take|compute|form|work out) the level in dB (of each {seconds} s window|in windows of {seconds} s|every {seconds} s|per {seconds} s) [, not below -120 dB]",
            "(express|give) (the mean square|the power) (of each {seconds} s|every {seconds} s) in (decibels|dB) [, at least -120 dB]",
            "(reduce|turn) (it|the signal) (to|into) (a level in dB|decibel levels) per {seconds} s",
        ),
        zh=("(求|计算|取)每 {seconds} 秒(窗口|)的(分贝电平| dB 电平)", "(按|以) {seconds} 秒分窗求(分贝值|dB 电平)"),
        wrong=(("amplitude rule for power", "10.0 * np.log10", "20.0 * np.log10"), ("natural logarithm", "np.log10(", "np.log(")),
        cases=(
            Case((np.array([10.0, -10.0, 0.0, 0.0]), 2.0), (np.array([20.0, -120.0]), 1.0), _P, why="mean square 100, silence"),
            Case((np.array([1.0]), 4.0), (np.array([]), 1.0), _P, why="no whole window"),
        ),
        suits=frozenset({"audio", "vibration"}),
    ),
)  # fmt: skip
