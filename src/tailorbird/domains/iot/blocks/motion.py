"""Blocks on records of several channels sampled together: three axes of motion, three phases.

Covers: one series out of many channels, direction of gravity, activity, stillness, balance of channels.
Does not cover: what comes after one series is left (every other group), fusion of different sensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tailorbird.core.block import Block, Case, Context, Param, Port
from tailorbird.core.units import unit
from tailorbird.domains.iot.blocks.ports import FS, series, windows

_AXES = Port("x", "multi")
_ALL = frozenset({"multi3"})
_MOTION = frozenset({"motion"})
_GRAVITY = 0
"""Stage of blocks that need the mean vector: before all that may remove it."""

_NO = np.zeros((0, 3))
_A = np.array([[3.0, 0.0, 4.0], [1.0, -2.0, 2.0]])
_B = np.array([[1.0, 0.0, 5.0], [3.0, 8.0, 5.0]])
_LEAN = np.array([[3.0, 4.0, 4.0], [3.0, 4.0, 6.0]])
_STILL = np.array([[1.0], [9.0], [4.0], [4.0], [4.0], [4.0], [9.0], [1.0], [7.0]]) * np.array([[0.0, 0.6, 0.8]])
_DO = "(compute|work out|determine|find|take)"


def _result(names: tuple[str, ...], meaning: str, unit: str = "1", kind: str = "number") -> tuple[Port, ...]:
    return (Port("result", kind, unit, names, meaning),)


def _acceleration(params: Any, context: Context) -> bool:
    """Whether the channels carry gravity."""
    del params
    return unit(context.unit).dimension in ("acceleration", "nothing said")


BLOCKS = (
    Block(
        name="vector_magnitude", title="Vector Magnitude", takes=(_AXES,), gives=(series(("magnitude", "size", "norm", "strength"), "length of the vector of all channels"),),
        actions=("root of the sum of squares over the channels, sample by sample",), target="Compute the length of the vector of all channels at every sample.",
        remark="vector magnitude: at each sample the root of the sum of the squares of all channels; empty stays empty",
        functions=("vector_magnitude", "vector_magnitude_squares", "vector_magnitude_products", "vector_magnitude_loop"),
        en=(f"{_DO} the (vector magnitude|magnitude of the vector|Euclidean norm|length of the vector|resultant) [over all (channels|axes)]", "(combine|merge|join) the (channels|axes) (into|to) (their|the) (magnitude|Euclidean norm)"),
        zh=("(计算|求)(各通道的|三轴)(合成幅值|矢量模|欧几里得范数)", "把(三个通道|各轴)合成为(模长|幅值)"),
        wrong=(("sum of magnitudes", "np.linalg.norm(x, axis=1)", "np.abs(x).sum(axis=1)"), ("one channel left out", "np.linalg.norm(x, axis=1)", "np.linalg.norm(x[:, :2], axis=1)")),
        cases=(Case((_A,), np.array([5.0, 3.0]), {}, why="roots of 25 and 9"), Case((_NO,), np.array([]), {}, why="empty stays empty")),
        suits=_ALL, stage=1,
    ),
    Block(
        name="mean_vector_removal", title="Mean Vector Removal", takes=(_AXES,), gives=(Port("y", "multi", "=x", ("dynamic", "moving", "centred", "linear_part"), "channels without their means"),),
        actions=("mean of each channel as its constant part, such as gravity or an offset", "subtract it from that channel"), target="Subtract from every channel its mean.",
        remark="mean vector removal: each channel less its own mean over the record (gravity or an offset); empty stays empty",
        functions=("mean_vector_removal", "mean_vector_removal_detrend", "mean_vector_removal_pandas", "mean_vector_removal_loop"),
        en=("(subtract|remove|take off) the (mean|constant part|mean over the record) (of each channel|of every channel|channel by channel|of each axis|from each axis)", "(centre|zero-mean) (each|every) (channel|axis) [by its mean]"),
        zh=("(减去|去掉)(每个通道|各轴)的(均值|平均值|常量部分)", "(每个通道|各轴)(去均值|减去自身均值)"),
        wrong=(("one mean for all channels", "np.mean(x, axis=0)", "np.mean(x)"), ("median for mean", "np.mean", "np.median"), ("first sample for mean", "np.mean(x, axis=0)", "x[0]")),
        cases=(Case((_B,), np.array([[-1.0, -4.0, 0.0], [1.0, 4.0, 0.0]]), {}, why="means 2, 4 and 5"), Case((np.array([[0.0, 1.0], [0.0, 1.0], [6.0, 4.0]]),), np.array([[-2.0, -1.0], [-2.0, -1.0], [4.0, 2.0]]), {}, why="means 2 and 2"), Case((_NO,), _NO, {}, why="empty stays empty")),
        suits=_ALL, stage=1,
    ),
    Block(
        name="channel_selection", title="Channel Selection", takes=(_AXES,), gives=(series(("channel", "axis", "selected", "component"), "channel {channel} alone"),),
        params=(Param("channel", (1, 2, 3)),), actions=("keep channel {channel}, counted from 1, and drop the others",), target="Keep only channel {channel} of several.",
        remark="channel selection: the column number {channel}, the first is 1; empty stays empty",
        functions=("channel_selection", "channel_selection_take", "channel_selection_loop", "channel_selection_pandas"),
        en=("(keep|use|take|pick|work on) only (channel {channel}|column {channel}|axis {channel}|channel number {channel}) [of the three] [, counted from 1]",),
        zh=("(只取|只用|选取|保留)第 {channel} (个通道|通道|列|轴)",),
        wrong=(("counted from zero", "CHANNEL - 1", "CHANNEL % 3"), ("row for column", "x[:, CHANNEL - 1]", "x[CHANNEL - 1, :]")),
        cases=(Case((_A,), np.array([0.0, -2.0]), {"channel": 2}, why="by hand"), Case((_A,), np.array([4.0, 2.0]), {"channel": 3}, why="the last"), Case((_NO,), np.array([]), {"channel": 1}, why="empty stays empty")),
        suits=_ALL, stage=1,
    ),
    Block(
        name="tilt_course", title="Tilt over Time", takes=(_AXES,), gives=(series(("tilt", "inclination", "lean", "angle"), "angle between acceleration and third axis", "deg"),),
        when=_acceleration, actions=("angle between the acceleration and the third axis at every sample, in degrees",), target="Compute the angle between acceleration and the third axis at every sample.",
        remark="tilt over time: at each sample atan2(hypot(x1, x2), x3) in degrees, 0 along the third axis and 180 against it; empty stays empty",
        functions=("tilt_course", "tilt_course_complex", "tilt_course_loop"),
        en=("(compute|work out|determine|derive) the (tilt|tilt angle|inclination) (against|from|relative to) the (third axis|z axis) (at every sample|sample by sample|over time) [in degrees]", "(turn|convert) the (axes|acceleration) into (the|a) tilt angle from the third axis [in degrees]"),
        zh=("(计算|求)每个样本(相对|与)(第三轴| z 轴)的(倾角|夹角)(,单位度|)", "把加速度换算成(相对第三轴的|与 z 轴的)倾角"),
        wrong=(("radians", "np.degrees(np.arctan2(np.hypot(x[:, 0], x[:, 1]), x[:, 2]))", "np.arctan2(np.hypot(x[:, 0], x[:, 1]), x[:, 2])"), ("from the horizontal", "np.hypot(x[:, 0], x[:, 1]), x[:, 2]", "x[:, 2], np.hypot(x[:, 0], x[:, 1])"), ("one side only", "np.hypot(x[:, 0], x[:, 1])", "np.abs(x[:, 0])")),
        cases=(Case((np.array([[3.0, 4.0, 5.0], [0.0, 2.0, 0.0], [0.0, 0.0, -1.0], [0.0, 0.0, 7.0]]),), np.array([45.0, 90.0, 180.0, 0.0]), {}, why="sides of 5 and 5, level, upside down, along"), Case((_NO,), np.array([]), {}, why="empty stays empty")),
        suits=_MOTION, stage=_GRAVITY,
    ),
    Block(
        name="principal_axis_projection", title="Principal Axis Projection", takes=(_AXES,), gives=(series(("principal", "main_motion", "projected", "along"), "movement along the direction of largest variance"),),
        actions=("subtract the mean of each channel", "direction of largest variance, its largest component positive", "project onto it"), target="Project several channels onto the direction of their largest variance.",
        remark="principal axis: channels less their means, projected onto the unit eigenvector of their covariance with the largest eigenvalue, turned so that its component of largest magnitude is positive; empty stays empty",
        functions=("principal_axis_projection", "principal_axis_projection_svd", "principal_axis_projection_pandas"),
        en=("project (the axes|the channels|the centred axes|the record) onto (their|the) (principal axis|first principal component|direction of largest variance) [, its largest component positive]", "(take|keep|compute) the [first] principal component of the (axes|channels) [with its largest component positive]"),
        zh=("(把各轴|将三轴)投影到(主轴|第一主成分方向|方差最大的方向)", "(取|计算)各通道的第一主成分"),
        wrong=(("smallest variance", "[1][:, -1]", "[1][:, 0]"), ("mean stays", "x - x.mean(axis=0)", "x + 0.0"), ("other sign", "np.sign(axis[", "-np.sign(axis[")),
        cases=(
            Case((np.array([[0.0, 0.0, 2.0], [3.0, -4.0, 2.0]]),), np.array([2.5, -2.5]), {}, why="along (-0.6, 0.8, 0)"),
            Case((np.array([[5.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [-3.0, 0.0, 0.0]]),), np.array([4.0, 0.0, 0.0, -4.0]), {}, why="along the first channel"),
            Case((_NO,), np.array([]), {}, why="empty stays empty"),
        ),
        suits=_MOTION, stage=1,
    ),
    Block(
        name="jerk_magnitude", title="Jerk Magnitude", takes=(_AXES, FS), gives=(series(("jerk", "jolts", "abruptness", "change_rate"), "length of the change of the vector per second", "1"),),
        when=_acceleration, actions=("difference of consecutive samples times the rate, for every channel", "length of that vector"), target="Compute the length of the change of acceleration per second.",
        remark="jerk magnitude: Euclidean norm over the channels of (sample less the one before) times the rate, one value fewer than samples; empty for fewer than 2",
        functions=("jerk_magnitude", "jerk_magnitude_squares", "jerk_magnitude_loop"),
        en=(f"{_DO} the (magnitude of the jerk|jerk magnitude|norm of the jerk vector|size of the jerk|length of the change of acceleration per second) [from sample to sample]", "differentiate (the axes|all axes) (per second|in time) and take the (norm|magnitude)"),
        zh=("(计算|求)(加加速度|急动度)的(幅值|模)", "(对各轴逐点差分|对三轴求差分)乘以采样率(后取模|并求模长)"),
        wrong=(("per sample", " * fs", ""), ("change of the magnitude", "np.linalg.norm(np.diff(x, axis=0), axis=1)", "np.abs(np.diff(np.linalg.norm(x, axis=1)))")),
        cases=(Case((np.array([[1.0, 2.0, 3.0], [1.0, 5.0, 7.0], [1.0, 5.0, 7.0]]), 10.0), np.array([50.0, 0.0]), {}, why="5 in a tenth of a second"), Case((_NO, 10.0), np.array([]), {}, why="nothing there"), Case((_A[:1], 10.0), np.array([]), {}, why="one sample")),
        suits=_MOTION, stage=3,
    ),
    Block(
        name="still_spans", title="Still Spans", takes=(_AXES, FS), gives=_result(("still", "rest_spans", "pauses", "quiet_spans"), "spans in which the magnitude hardly varies", "s", "spans"),
        params=(Param("seconds", (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0), "s"), Param("share", (0.3, 0.5, 0.6, 0.7, 0.8))), when=lambda p, c: windows(p["seconds"], c, 4, 8),
        actions=("length of the vector at every sample", "standard deviation in windows of {seconds} s one after another", "still below {share} times that of the record; neighbouring windows are one span"), target="Find the spans in which the magnitude varies less than {share} times as much as in the record.",
        remark="still spans: windows of round({seconds} * rate) samples one after another, an incomplete one at the end is left out; still when the population standard deviation of the vector magnitude is below {share} times that of the whole record; neighbouring still windows joined, [start, end] in s, the end where the next window starts; [] for none",
        functions=("still_spans", "still_spans_loop", "still_spans_groups"),
        en=("(find|list|detect|mark|look for) (still spans|stretches of rest|spans of rest|still stretches|pauses): windows of {seconds} s whose magnitude (deviates|varies) less than {share} times as much as the record", "(find|list|detect) where the magnitude's standard deviation in windows of {seconds} s is below {share} of (the overall one|that of the record)"),
        zh=("(找出|列出|检测)(静止|不动)的时段:{seconds} 秒窗口内合成幅值的标准差低于全程的 {share} 倍", "(检测|列出)(静止段|停顿段),窗长 {seconds} 秒,门限为整段标准差的 {share} 倍"),
        aim=("the (still spans|stretches of rest|quiet spans) [as start and end in s]", "(when nothing moves|where it is still) [as start and end in s]"), aim_zh=("(静止时段|静止段的起止时间|停顿的时间段)",),
        wrong=(("moving spans", " < limit", " > limit"), ("samples for seconds", "float(a * width / fs), float(b * width / fs)", "float(a * width), float(b * width)"), ("sum of channels for magnitude", "np.linalg.norm(x, axis=1)", "np.sum(x, axis=1)")),
        cases=(
            Case((_STILL, 2.0), [[1.0, 3.0]], {"seconds": 1.0, "share": 0.5}, why="magnitudes 1 9 4 4 4 4 9 1, the last is left out"),
            Case((np.array([[0.0, 0.0, 5.0], [-3.0, -4.0, 0.0], [5.0, 0.0, 0.0], [9.0, 0.0, 0.0]]), 2.0), [[0.0, 1.0]], {"seconds": 1.0, "share": 0.7}, why="turns, but its length stays"),
            Case((_NO, 2.0), [], {"seconds": 1.0, "share": 0.5}, why="nothing there"),
        ),
        suits=_MOTION, stage=4,
    ),
    Block(
        name="mean_tilt", title="Tilt of Mean Gravity", takes=(_AXES,), gives=_result(("tilt", "mean_tilt", "inclination"), "angle between mean vector and third axis", "deg"),
        when=_acceleration, actions=("mean of each channel as the direction of gravity", "its angle from the third axis in degrees"), target="Compute the angle between mean acceleration and the third axis.",
        remark="mean tilt: angle in degrees between the vector of channel means and the third axis, 0 along it and 180 against it; 0.0 for none, or where that vector is not longer than 1e-6 times the root mean square of the vector magnitude",
        functions=("mean_tilt", "mean_tilt_cosine", "mean_tilt_loop"),
        en=(f"{_DO} the (tilt angle|tilt|inclination|angle) of (mean gravity|the mean acceleration|the mean vector) (against|from) the (third|z) axis [in degrees]",),
        zh=("(计算|求)平均(重力|加速度)(与第三轴|与 z 轴)的(倾角|夹角)(,单位度|)",),
        aim=("the (tilt|tilt angle|inclination) of the (sensor|device|mean acceleration) [in degrees]", "how far (the device|the sensor) is tilted from its third axis [in degrees]"), aim_zh=("(倾角|平均倾斜角|设备倾斜角度)",),
        wrong=(("radians", "np.degrees(np.arctan2(np.hypot(down[0], down[1]), down[2]))", "np.arctan2(np.hypot(down[0], down[1]), down[2])"), ("from the horizontal", "np.hypot(down[0], down[1]), down[2]", "down[2], np.hypot(down[0], down[1])"), ("first sample for mean", "np.mean(x, axis=0)", "x[0]")),
        cases=(Case((_LEAN,), 45.0, {}, why="sides of 5 and 5"), Case((np.array([[0.0, 0.0, -9.0], [0.0, 0.0, -7.0]]),), 180.0, {}, why="upside down"), Case((_NO,), 0.0, {}, why="nothing there"), Case((np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]]),), 0.0, {}, why="no mean direction")),
        suits=_MOTION, stage=_GRAVITY,
    ),
    Block(
        name="posture_label", title="Posture Label", takes=(_AXES,), gives=_result(("posture", "orientation", "pose"), "flat, tilted, upright or unknown", kind="label"),
        params=(Param("low", (10.0, 15.0, 20.0, 25.0, 30.0), "deg"), Param("high", (50.0, 55.0, 60.0, 65.0, 70.0, 75.0), "deg")), when=_acceleration,
        actions=("mean of each channel as the direction of gravity", "angle between it and the line of the third axis", "flat below {low} deg, upright above {high} deg, else tilted"), target="Label the posture by the angle between mean gravity and the third axis.",
        remark="posture: angle in degrees (0 to 90) between the vector of channel means and the line of the third axis, either way up; `flat` below {low}, `upright` above {high}, else `tilted`; `unknown` for none, or where that vector is not longer than 1e-6 times the root mean square of the vector magnitude",
        functions=("posture_label", "posture_label_cosine", "posture_label_slope"),
        en=("(label|classify|judge|decide) the (posture|orientation) (from|by) (mean gravity|the mean acceleration): flat below {low} deg off the (third axis|z axis), upright above {high} deg, else tilted", "(decide|determine|find out) whether the device lies flat (below {low} deg), stands upright (above {high} deg) or is tilted [, by mean gravity and its third axis]"),
        zh=("(根据|按)平均重力方向(判断|标注)姿态:与第三轴夹角小于 {low} 度为 flat,大于 {high} 度为 upright,否则为 tilted", "(判断|确定)设备是平放(低于 {low} 度)、竖直(高于 {high} 度)还是倾斜", "用平均重力与(第三轴| z 轴)的夹角(判断|给出)姿态,界限 {low} 度和 {high} 度"),
        aim=("the (posture|orientation) [of the device] [as flat, tilted or upright]", "whether (it|the device) is flat, tilted or upright"), aim_zh=("(设备的姿态|姿态标签|平放、倾斜还是竖直)",),
        wrong=(("labels swapped", "\"flat\" if angle < LOW else \"upright\" if", "\"upright\" if angle < LOW else \"flat\" if"), ("way up counts", "np.abs(down[2])", "down[2]"), ("from the horizontal", "np.hypot(down[0], down[1]), np.abs(down[2])", "np.abs(down[2]), np.hypot(down[0], down[1])")),
        cases=(
            Case((_LEAN,), "tilted", {"low": 30.0, "high": 60.0}, why="45 degrees"),
            Case((np.array([[0.0, 1.0, -9.0], [1.0, 0.0, -9.0]]),), "flat", {"low": 20.0, "high": 70.0}, why="4.5 degrees, upside down"),
            Case((np.array([[0.0, 9.0, 1.0], [0.0, 9.0, -0.5]]),), "upright", {"low": 20.0, "high": 70.0}, why="88.4 degrees"),
            Case((_NO,), "unknown", {"low": 20.0, "high": 70.0}, why="nothing there"),
        ),
        suits=_MOTION, stage=_GRAVITY,
    ),
    Block(
        name="channel_deviations", title="Deviation per Channel", takes=(_AXES,), gives=_result(("deviations", "channel_spread", "axis_activity"), "standard deviation of each channel", "=x", "table"),
        actions=("population standard deviation of each channel",), target="Compute the standard deviation of every channel.",
        remark="deviation per channel: population standard deviation of each channel under the keys channel_1, channel_2, channel_3; 0.0 each for none",
        functions=("channel_deviations", "channel_deviations_pandas", "channel_deviations_loop"),
        en=(f"{_DO} the [population] standard deviation (of each channel|of every channel|per channel|of each axis|per axis)", "(tabulate|list) (how much each channel scatters|the spread of each channel), as standard deviations"),
        zh=("(计算|求|列出)(每个通道|各通道|各轴|每个轴)的(标准差|总体标准差)",),
        aim=("the standard deviation (of each channel|per channel|of every axis)", "(a table of the standard deviations|the spread) of (all channels|the axes)"), aim_zh=("(各通道的标准差|每个轴的标准差|各轴的离散程度)",),
        wrong=(("sample deviation", "np.std(x, axis=0)", "np.std(x, axis=0, ddof=1)"), ("variance", "np.std", "np.var"), ("counted from zero", "start=1", "start=0")),
        cases=(Case((_B,), {"channel_1": 1.0, "channel_2": 4.0, "channel_3": 0.0}, {}, why="half the difference of two"), Case((_NO,), {"channel_1": 0.0, "channel_2": 0.0, "channel_3": 0.0}, {}, why="nothing there")),
        suits=_ALL,
    ),
    Block(
        name="liveliest_channel", title="Liveliest Channel", takes=(_AXES,), gives=_result(("liveliest", "main_channel", "most_active"), "channel of the largest variance", kind="label"),
        actions=("variance of each channel", "name the channel with the largest"), target="Name the channel with the largest variance.",
        remark="liveliest channel: channel_1, channel_2 or channel_3, the one of largest variance, the first among equals; `none` for no samples",
        functions=("liveliest_channel", "liveliest_channel_pandas", "liveliest_channel_loop"),
        en=("(name|find|determine|report|pick) the (channel|axis) (with the largest variance|of largest variance|that varies most|with the most movement by variance)",),
        zh=("(找出|指出|确定)(方差最大|变化最大|最活跃)的(通道|轴)",),
        aim=("the (channel|axis) (with the largest variance|that varies most)", "which (channel|axis) (varies most|is the most active)"), aim_zh=("(方差最大的通道|最活跃的轴|变化最大的通道)",),
        wrong=(("largest mean", "np.var", "np.mean"), ("calmest", "np.argmax", "np.argmin"), ("counted from zero", ") + 1", ")")),
        cases=(Case((_B,), "channel_2", {}, why="variances 1, 16 and 0"), Case((np.array([[0.0, 9.0, 8.0], [3.0, 9.0, 8.0]]),), "channel_1", {}, why="only the first varies"), Case((_NO,), "none", {}, why="nothing there")),
        suits=_ALL, stage=6,
    ),
    Block(
        name="signal_magnitude_area", title="Signal Magnitude Area", takes=(_AXES,), gives=_result(("sma", "activity", "magnitude_area"), "mean of the summed absolute channels", "=x"),
        actions=("sum of the absolute values of all channels at every sample", "mean over the record"), target="Compute the mean of the summed absolute values of all channels.",
        remark="signal magnitude area: mean over the samples of the sum of the absolute values of all channels; 0.0 for none",
        functions=("signal_magnitude_area", "signal_magnitude_area_means", "signal_magnitude_area_norm", "signal_magnitude_area_loop"),
        en=(f"{_DO} the (signal magnitude area|SMA|mean sum of absolute channels|mean absolute sum over the axes|mean over time of the summed absolute axes) [of the record]",),
        zh=("(计算|求)(信号幅值面积| SMA |各轴绝对值之和的均值)", "(求|计算)三轴绝对值之和对时间的平均"),
        aim=("the (signal magnitude area|SMA|mean summed magnitude of the axes) [of the record]",), aim_zh=("(信号幅值面积|SMA 值|活动强度 SMA)",),
        wrong=(("mean over channels too", "np.sum(np.abs(x)) / len(x)", "np.mean(np.abs(x))"), ("signs cancel", "np.abs(x)", "x"), ("sum over time", " / len(x)", "")),
        cases=(Case((_A,), 6.0, {}, why="7 and 5"), Case((_NO,), 0.0, {}, why="nothing there")),
        suits=_MOTION,
    ),
    Block(
        name="channel_correlation", title="Correlation of Two Channels", takes=(_AXES,), gives=_result(("correlation", "coupling", "axis_correlation"), "correlation of the first two channels"),
        actions=("Pearson correlation of the first and the second channel",), target="Compute the correlation of the first two channels.",
        remark="correlation: Pearson coefficient of the first and the second channel; 0.0 for fewer than 2 samples or where one of them is constant",
        functions=("channel_correlation", "channel_correlation_scipy", "channel_correlation_loop"),
        en=(f"{_DO} the (correlation|Pearson correlation|correlation coefficient) (of|between) (the first two channels|the first and second channel|the first two axes)",),
        zh=("(计算|求)(前两个通道|第一和第二通道|前两轴)的(相关系数|皮尔逊相关)",),
        aim=("the (correlation|Pearson correlation|correlation coefficient) of the first two (channels|axes)",), aim_zh=("(前两个通道的相关系数|前两轴的相关性|第一与第二通道的相关)",),
        wrong=(("other channels", "np.corrcoef(x[:, 0], x[:, 1])", "np.corrcoef(x[:, 0], x[:, 2])"), ("squared", "[0, 1])", "[0, 1] ** 2)")),
        cases=(
            Case((np.array([[1.0, 3.0, 0.0], [2.0, 1.0, 5.0], [3.0, 2.0, 1.0]]),), -0.5, {}, why="-1 over 2"),
            Case((np.array([[1.0, 2.0, 0.0], [1.0, 5.0, 1.0]]),), 0.0, {}, why="the first is constant"), Case((_NO,), 0.0, {}, why="nothing there"),
        ),
        suits=_ALL,
    ),
    Block(
        name="channel_imbalance", title="Imbalance of Channels", takes=(_AXES,), gives=_result(("imbalance", "unbalance", "asymmetry"), "largest deviation of a channel's RMS from the mean RMS, over that mean"),
        actions=("root mean square of each channel", "largest distance from their mean, over that mean"), target="Compute how far the RMS of a channel lies from the mean RMS, relative to it.",
        remark="imbalance: root mean square of each channel; the largest absolute difference to their mean, over that mean (a share, 0 when balanced); 0.0 for none or all zero",
        functions=("channel_imbalance", "channel_imbalance_norm", "channel_imbalance_loop"),
        en=(f"{_DO} the (imbalance of the channels|imbalance|unbalance of the phases|largest deviation of a channel's RMS from the mean RMS|phase imbalance), (relative to the mean RMS|as a share of the mean RMS)",),
        zh=("(计算|求)(各相|各通道)有效值的(不平衡度|不平衡比例)", "(求|计算)(各相|各通道)有效值与平均有效值的最大偏差占比"),
        aim=("the (imbalance|unbalance) of the (channels|phases) [as a share of the mean RMS]", "how unbalanced the (channels|phases) are"), aim_zh=("(不平衡度|三相不平衡度|各通道的不平衡程度)",),
        wrong=(("mean for RMS", "np.sqrt(np.mean(x**2, axis=0))", "np.abs(np.mean(x, axis=0))"), ("not relative", " / mean)", ")"), ("smallest deviation", "np.max(np.abs", "np.min(np.abs")),
        cases=(Case((np.array([[3.0, 4.0, 8.0], [-3.0, 4.0, -8.0]]),), 0.6, {}, why="3, 4 and 8: 3 over 5"), Case((np.array([[1.0, 2.0, 0.0], [-7.0, 2.0, 0.0]]),), 8.0 / 7.0, {}, why="5, 2 and 0: 8/3 over 7/3"), Case((_NO,), 0.0, {}, why="nothing there")),
        suits=frozenset({"multi3"}), when=lambda p, c: "motion" not in c.tags,
    ),
)  # fmt: skip
