"""Blocks that change the sampling rate or keep a part of a record.

Covers: uniform series, and irregular readings brought to a grid. Does not cover: features of windows (`windows.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param
from tailorbird.domains.iot.blocks.ports import FS, READINGS, STAMPS, X, new_rate, samples, series, whole

_FACTOR = Param("factor", (2, 3, 4, 5, 8, 10))
_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0)
_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 600.0, 3600.0)

BLOCKS = (
    Block(
        name="block_averaging",
        title="Block Averaging",
        takes=(X, FS),
        gives=(series(("averaged", "reduced", "blocks", "coarse"), "mean of every {factor} samples"), new_rate()),
        params=(_FACTOR,),
        when=lambda p, c: samples(c) / p["factor"] >= 300,
        rate_after=lambda p, c: c.rate / p["factor"],
        actions=("mean of each {factor} samples in a row", "divide the rate by {factor}"),
        target="Replace every {factor} samples by their mean, which divides the sampling rate by {factor}.",
        remark="block averaging: mean of each {factor} consecutive samples, an incomplete block at the end is left out, the rate is divided by {factor}; empty stays empty",
        functions=("block_averaging", "block_averaging_loop", "block_averaging_pandas"),
        en=(
            "(reduce|lower|bring down) the [sampling] rate by [a factor of] {factor} (by block means|by averaging blocks|averaging as you go)",
            "(average|replace) (every|each) {factor} samples (into one|by their mean) [to reduce the rate]",
            "(decimate|downsample) (it|the signal) by {factor} with block (means|averages)",
        ),
        zh=("(每|把每) {factor} 个样本(取平均|求均值),(降低采样率|采样率相应降低)", "用块平均(降采样|抽取) {factor} 倍"),
        wrong=(("the rate stays", "fs / FACTOR", "fs"), ("sum for mean", "mean(axis=1)", "sum(axis=1)")),
        cases=(
            Case((np.array([1.0, 3.0, 5.0, 9.0, 100.0]), 10.0), (np.array([2.0, 7.0]), 5.0), {"factor": 2}, why="by hand, the last is left out"),
            Case((np.array([1.0]), 12.0), (np.array([]), 4.0), {"factor": 3}, why="no whole block"),
        ),
        stage=1,
    ),
    Block(
        name="thinning",
        title="Sample Thinning",
        takes=(X, FS),
        gives=(series(("thinned", "sparse", "reduced", "kept"), "one of every {factor} samples"), new_rate()),
        params=(_FACTOR,),
        when=lambda p, c: samples(c) / p["factor"] >= 300,
        rate_after=lambda p, c: c.rate / p["factor"],
        actions=("keep the first of every {factor} samples", "divide the rate by {factor}"),
        target="Keep the first of every {factor} samples, which divides the sampling rate by {factor}.",
        remark="thinning: samples 0, {factor}, 2 times {factor} and so on, the rate is divided by {factor}; nothing is filtered; empty stays empty",
        functions=("thinning", "thinning_loop", "thinning_take"),
        en=(
            "(keep|take|use) [only] (one of every|one in|the first of every) {factor} samples [without filtering]",
            "(thin|thin out|subsample) (it|the signal|the record) by [a factor of] {factor} [without filtering]",
        ),
        zh=("(只保留|保留|取)每 {factor} 个样本中的第一个", "(不滤波直接|直接)(抽取|抽样) {factor} 倍", "每隔 {factor} 点取一个(样本|点)"),
        wrong=(("the rate stays", "fs / FACTOR", "fs"), ("starts late", "x[::FACTOR]", "x[1::FACTOR]")),
        cases=(
            Case((np.array([1.0, 3.0, 5.0, 9.0, 7.0]), 10.0), (np.array([1.0, 5.0, 7.0]), 5.0), {"factor": 2}, why="by hand"),
            Case((np.array([]), 12.0), (np.array([]), 4.0), {"factor": 3}, why="empty stays empty"),
        ),
        stage=1,
    ),
    Block(
        name="edge_trimming",
        title="Edge Trimming",
        takes=(X, FS),
        gives=(series(("trimmed", "core", "kept", "inner"), "signal without its first {start} s and last {end} s"),),
        params=(Param("start", _SECONDS, "s"), Param("end", _SECONDS, "s")),
        when=lambda p, c: whole(p["start"], c) and whole(p["end"], c) and p["start"] + p["end"] < 0.3 * c.seconds,
        actions=("drop the first {start} s", "drop the last {end} s"),
        target="Drop the first {start} s and the last {end} s of a signal.",
        remark="edge trimming: the first round({start} * rate) and the last round({end} * rate) samples are dropped; a shorter record gives an empty one",
        functions=("edge_trimming", "edge_trimming_mask", "edge_trimming_loop"),
        en=(
            "(drop|cut off|discard|throw away|skip) the first {start} s and the last {end} s [of (it|the signal|the record)]",
            "(trim|shorten) (it|the signal|the record) by {start} s at the (start|beginning) and {end} s at the end",
        ),
        zh=("(去掉|丢弃|裁掉)(开头|前) {start} 秒和(末尾|最后) {end} 秒",),
        wrong=(("nothing dropped at the end", "len(x) - round(END * fs)", "len(x)"), ("samples for seconds", "round(START * fs)", "round(START)")),
        cases=(
            Case((np.arange(10.0), 2.0), np.arange(4.0, 8.0), {"start": 2.0, "end": 1.0}, why="4 and 2 samples"),
            Case((np.arange(3.0), 2.0), np.array([]), {"start": 1.0, "end": 1.0}, why="nothing is left"),
        ),
        stage=1,
    ),
    Block(
        name="leading_section",
        title="Leading Section",
        takes=(X, FS),
        gives=(series(("head", "section", "opening", "kept"), "first {seconds} s of the signal"),),
        params=(Param("seconds", (0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 300.0, 900.0, 7200.0, 36000.0), "s"),),
        when=lambda p, c: whole(p["seconds"], c) and 0.3 * c.seconds < p["seconds"] < 0.9 * c.seconds,
        actions=("keep the first {seconds} s",),
        target="Keep only the first {seconds} s of a signal.",
        remark="leading section: the first round({seconds} * rate) samples, all where there are fewer",
        functions=("leading_section", "leading_section_mask", "leading_section_loop"),
        en=(
            "(keep|use|take|look at|work on) (only|just) the first {seconds} s [of (it|the signal|the record)]",
            "(cut|shorten|truncate) (it|the signal|the record) (to|after) (its|the) first {seconds} s",
        ),
        zh=("(只用|只取|只保留|仅分析)(前|开头) {seconds} 秒", "截取(最前面的|开头的) {seconds} 秒"),
        wrong=(("the last part", "x[: round(SECONDS * fs)]", "x[-round(SECONDS * fs) :]"), ("samples for seconds", "round(SECONDS * fs)", "round(SECONDS)")),
        cases=(
            Case((np.arange(10.0), 2.0), np.arange(6.0), {"seconds": 3.0}, why="6 samples"),
            Case((np.arange(3.0), 2.0), np.arange(3.0), {"seconds": 9.0}, why="a short record stays"),
        ),
        stage=1,
    ),
    Block(
        name="linear_resampling",
        title="Linear Resampling",
        takes=(X, FS),
        gives=(series(("resampled", "regular", "converted", "at_rate"), "signal at {target} Hz"), new_rate()),
        params=(Param("target", (0.01, 0.02, 0.25, 1.0, 4.0, 10.0, 20.0, 40.0, 80.0, 160.0, 500.0, 1600.0), "Hz"),),
        when=lambda p, c: 0.4 * c.rate <= p["target"] <= 2.0 * c.rate and 300 <= p["target"] * c.seconds <= 8000,
        rate_after=lambda p, c: float(p["target"]),
        actions=("moments at {target} Hz from the first sample on", "linear interpolation"),
        target="Resample a signal to {target} Hz by linear interpolation.",
        remark="linear resampling: values at k / {target} s from the first sample on, up to the last sample, interpolated linearly between its neighbours; the rate becomes {target} Hz; empty stays empty",
        functions=("linear_resampling", "linear_resampling_spline", "linear_resampling_loop"),
        en=(
            "(resample|convert|bring|interpolate) (it|the signal|the samples|the record) to {target} Hz (by linear interpolation|linearly|with straight lines between samples)",
            "(change|set) the sampling rate to {target} Hz by linear interpolation",
        ),
        zh=("(用|通过)线性插值(重采样|转换|变换)到 {target} Hz", "(把采样率|将采样率)(改为|变为) {target} Hz,线性插值"),
        wrong=(
            ("the rate stays", "float(TARGET)", "float(fs)"),
            ("ratio upside down", "np.arange(count) * fs / TARGET", "np.arange(count) * TARGET / fs"),
        ),
        cases=(
            Case((np.array([0.0, 2.0, 4.0, 8.0]), 1.0), (np.array([0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0]), 2.0), {"target": 2.0}, why="by hand"),
            Case((np.array([0.0, 3.0, 6.0, 9.0]), 3.0), (np.array([0.0, 4.5, 9.0]), 2.0), {"target": 2.0}, why="by hand"),
            Case((np.array([]), 1.0), (np.array([]), 2.0), {"target": 2.0}, why="empty stays empty"),
        ),
        stage=1,
    ),
    Block(
        name="uniform_grid",
        title="Interpolation onto Uniform Grid",
        takes=(READINGS, STAMPS),
        gives=(series(("regular", "uniform", "gridded", "even"), "readings interpolated every {step} s"), new_rate("samples per second of the grid")),
        params=(Param("step", _STEPS, "s"),),
        when=lambda p, c: 0.4 <= p["step"] * c.rate <= 2.5,
        rate_after=lambda p, c: 1.0 / float(p["step"]),
        actions=("a grid of moments every {step} s from the first reading on", "linear interpolation between readings"),
        target="Interpolate irregular readings linearly onto a grid of {step} s.",
        remark="uniform grid: values every {step} s from the first stamp up to the last, interpolated linearly between the readings around; the rate is 1 / {step}; empty stays empty",
        functions=("uniform_grid", "uniform_grid_segments", "uniform_grid_loop"),
        en=(
            "(interpolate|resample|bring|put) (it|them|the readings) (linearly onto|by linear interpolation onto|linearly to) (a grid of|a uniform step of|steps of) {step} s",
            "(interpolate|evaluate) the readings linearly every {step} s",
        ),
        zh=("(用|通过)线性插值(把读数|将读数)(放到|重采样到) {step} 秒的均匀网格", "每 {step} 秒线性插值(一个值|一次)"),
        wrong=(("the rate upside down", "x, 1.0 / STEP", "x, 1.0 * STEP"), ("starts at zero", "(t[0] if count else 0.0) + STEP", "STEP")),
        cases=(
            Case((np.array([1.0, 5.0, 6.0]), np.array([10.0, 14.0, 15.0])), (np.array([1.0, 3.0, 5.0]), 0.5), {"step": 2.0}, why="by hand"),
            Case((np.array([1.0]), np.array([3.0])), (np.array([1.0]), 0.25), {"step": 4.0}, why="one reading"),
            Case((np.array([]), np.array([])), (np.array([]), 0.25), {"step": 4.0}, why="empty stays empty"),
        ),
        stage=1,
    ),
    Block(
        name="held_grid",
        title="Latest Reading on Grid",
        takes=(READINGS, STAMPS),
        gives=(series(("held", "steps", "latest", "stepwise"), "latest reading every {step} s"), new_rate("samples per second of the grid")),
        params=(Param("step", _STEPS, "s"),),
        when=lambda p, c: 0.4 <= p["step"] * c.rate <= 2.5,
        rate_after=lambda p, c: 1.0 / float(p["step"]),
        actions=("a grid of moments every {step} s from the first reading on", "the latest reading at each moment"),
        target="Hold the latest of irregular readings on a grid of {step} s.",
        remark="held grid: every {step} s from the first stamp up to the last, the latest reading not more than 1 us later; the rate is 1 / {step}; empty stays empty",
        functions=("held_grid", "held_grid_pandas", "held_grid_loop"),
        en=(
            "(hold|carry forward|repeat) the (latest|last|most recent) reading (on a grid of|every|in steps of) {step} s",
            "(sample-and-hold|forward-fill) (it|them|the readings) (on a grid of|every|in steps of) {step} s",
        ),
        zh=("每 {step} 秒(保持|沿用)(最近|最新)的读数", "(按|以) {step} 秒网格(前向填充|保持)读数"),
        wrong=(("the next reading", "side=\"right\") - 1", "side=\"right\") - 0"), ("the rate upside down", "1.0 / STEP", "1.0 * STEP")),
        cases=(
            Case((np.array([1.0, 5.0, 6.0]), np.array([10.0, 13.0, 15.0])), (np.array([1.0, 1.0, 5.0]), 0.5), {"step": 2.0}, why="by hand"),
            Case((np.array([2.0, 3.0]), np.array([0.0, 4.0])), (np.array([2.0, 3.0]), 0.25), {"step": 4.0}, why="a reading on the grid counts"),
            Case((np.array([]), np.array([])), (np.array([]), 0.25), {"step": 4.0}, why="empty stays empty"),
        ),
        stage=1,
    ),
    Block(
        name="grid_means",
        title="Means of Time Cells",
        takes=(READINGS, STAMPS),
        gives=(series(("cells", "means", "binned", "averaged"), "mean reading of each {step} s"), new_rate("cells per second")),
        params=(Param("step", _STEPS, "s"),),
        when=lambda p, c: 1.5 <= p["step"] * c.rate <= 10.0 and c.seconds / p["step"] >= 60,
        rate_after=lambda p, c: 1.0 / float(p["step"]),
        actions=("cells of {step} s from the first reading on", "mean of the readings of each cell, empty cells repeat the one before"),
        target="Average irregular readings in cells of {step} s.",
        remark="means of time cells: reading at t belongs to cell floor((t - first) / {step}), 1e-6 of a cell tolerated; mean of each cell, an empty one repeats the cell before; the rate is 1 / {step}; empty stays empty",
        functions=("grid_means", "grid_means_pandas", "grid_means_loop"),
        en=(
            "(average|bin|aggregate) (it|them|the readings) (in cells of|in bins of|over every) {step} s [by their mean] [from the first one on]",
            "(take|form|compute) the mean (reading|value) (of|in) each {step} s (cell|interval|bin)",
        ),
        zh=("(按|每) {step} 秒(分箱|分段)(取平均|求均值)", "(把读数|将读数)以 {step} 秒为一格(求平均|取均值)"),
        wrong=(("sum for mean", "sums[filled] / counts[filled]", "sums[filled]"), ("cells counted from time zero", "(t - t[0]) / STEP", "t / STEP")),
        cases=(
            Case((np.array([1.0, 3.0, 8.0, 9.0]), np.array([10.0, 11.0, 17.0, 19.0])), (np.array([2.0, 2.0, 2.0, 8.0, 9.0]), 0.5), {"step": 2.0}, why="two empty cells"),
            Case((np.array([]), np.array([])), (np.array([]), 0.25), {"step": 4.0}, why="empty stays empty"),
        ),
        stage=1,
    ),
)  # fmt: skip
