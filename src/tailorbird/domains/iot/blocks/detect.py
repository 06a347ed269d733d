"""Blocks that find something in a series: peaks, crossings, jumps, stretches, changes of level.

Levels are multiples of the spread of the record, so that they fit every quantity.
Covers: events, masks, spans, single moments. Does not cover: what is counted or measured of them (`timing.py`).
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Context, Param, Port
from tailorbird.domains.iot.blocks.ports import FS, MASK, X, whole

_GAPS = (0.001, 0.005, 0.02, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0, 60.0, 600.0)
_NONE = np.array([], dtype=np.int64)
_EMPTY = Case((np.array([]),), _NONE, {}, why="nothing there")
_OFF = np.array([], dtype=bool)


def _events(names: tuple[str, ...], meaning: str) -> Port:
    return Port("events", "events", "sample", names, meaning)


def _marks(names: tuple[str, ...], meaning: str) -> Port:
    return Port("mask", "mask", "1", names, meaning)


def _gap(params: dict[str, float], context: Context) -> bool:
    return whole(params["gap"], context, 2) and params["gap"] < 0.04 * context.seconds


def _lasting(params: dict[str, float], context: Context) -> bool:
    return whole(params["seconds"], context, 2) and params["seconds"] < 0.1 * context.seconds


BLOCKS = (
    Block(
        name="spaced_peaks",
        title="Peaks with Distance",
        takes=(X, FS),
        gives=(_events(("peaks", "beats", "maxima", "crests"), "samples where peaks lie, at least {gap} s apart"),),
        params=(Param("height", (0.0, 0.5, 1.0, 1.5, 2.0)), Param("gap", _GAPS, "s")),
        when=_gap,
        actions=("local maxima at least {height} standard deviations above the mean", "of two closer than {gap} s the higher one"),
        target="Find peaks at least {height} standard deviations above the mean and {gap} s apart.",
        remark="peaks with distance: local maxima (a flat summit counts in its middle) of at least mean + {height} population standard deviations; from the highest down (of equals the later first), those nearer than max(1, round({gap} * rate)) samples to a kept one are dropped; sample indices ascending, empty for none",
        functions=("spaced_peaks", "spaced_peaks_greedy"),
        en=(
            "(find|detect|locate|mark) (peaks|local maxima) at least {height} standard deviations above the mean [and] (at least {gap} s apart|with a minimum distance of {gap} s|no closer than {gap} s)",
            "(find|detect) (peaks|maxima) no closer than {gap} s [, higher ones first,] that rise {height} sigma above the mean",
            "(find|detect|pick) (peaks|maxima) above mean plus {height} standard deviations, {gap} s apart",
        ),
        zh=("(检测|找出|寻找)高于均值 {height} 倍标准差、(间隔|相距)至少 {gap} 秒的(峰值|峰)", "(按最小间隔|以最小间距) {gap} 秒找峰,门限为均值加 {height} 倍标准差"),
        wrong=(("no distance", ">= apart", ">= 1"), ("variance for deviation", "np.std(x)", "np.var(x)"), ("gap in samples", "round(GAP * fs)", "round(GAP)")),
        cases=(
            Case((np.array([0.0, 5.0, 0.0, 7.0, 0.0, 0.0, 0.0, 6.0, 0.0]), 2.0), np.array([3, 7]), {"height": 0.5, "gap": 1.5}, why="7 beats 5, 6 lies 4 samples off"),
            Case((np.array([0.0, 4.0, 4.0, 4.0, 0.0, 1.0, 0.0]), 1.0), np.array([2, 5]), {"height": -0.6, "gap": 1.0}, why="mean 13/7, deviation 1.81, a flat summit in its middle"),
            Case((np.array([0.0, 4.0, 4.0, 4.0, 0.0, 1.0, 0.0]), 1.0), np.array([2]), {"height": -0.3, "gap": 1.0}, why="level 1.31, with the variance 0.87"),
            Case((np.array([]), 1.0), _NONE, {"height": 1.0, "gap": 1.0}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="refractory_peaks",
        title="Peaks with Dead Time",
        takes=(X, FS),
        gives=(_events(("peaks", "hits", "beats", "events"), "samples where peaks lie, none within {gap} s after another"),),
        params=(Param("height", (0.5, 1.0, 1.5, 2.0)), Param("gap", _GAPS, "s")),
        when=_gap,
        actions=("local maxima at least {height} standard deviations above the mean", "after each, ignore others for {gap} s"),
        target="Find peaks at least {height} standard deviations above the mean and ignore others for {gap} s after each.",
        remark="peaks with dead time: local maxima (a flat summit counts in its middle) of at least mean + {height} population standard deviations; in order of time, one nearer than max(1, round({gap} * rate)) samples to the last kept one is ignored; sample indices ascending, empty for none",
        functions=("refractory_peaks", "refractory_peaks_scan", "refractory_peaks_search"),
        en=(
            "(find|detect|locate|mark) (peaks|local maxima) at least {height} standard deviations above the mean (with a dead time of {gap} s|and ignore others for {gap} s after each|with a refractory time of {gap} s)",
            "(find|detect|pick|mark) peaks above mean plus {height} sigma, (with a refractory period of {gap} s|then wait {gap} s before the next)",
        ),
        zh=("(检测|找出|寻找)高于均值 {height} 倍标准差的峰,(不应期|死区时间) {gap} 秒", "(检测|寻找)超过均值加 {height} 倍标准差的(峰值|峰),之后 {gap} 秒内忽略"),
        wrong=(("no dead time", ">= apart", ">= 1"), ("level too low", "HEIGHT * np.std(x)", "0.0 * np.std(x)")),
        cases=(
            Case((np.array([0.0, 5.0, 0.0, 7.0, 0.0, 0.0, 0.0, 6.0, 0.0]), 2.0), np.array([1, 7]), {"height": 0.5, "gap": 1.5}, why="7 comes too soon after 5"),
            Case((np.array([0.0, 9.0, 0.0, 3.0, 0.0, 9.0, 0.0]), 1.0), np.array([1, 5]), {"height": 0.5, "gap": 1.0}, why="level 4.9"),
            Case((np.array([]), 1.0), _NONE, {"height": 1.0, "gap": 1.0}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="prominent_peaks",
        title="Prominent Peaks",
        takes=(X,),
        gives=(_events(("peaks", "prominent", "crests", "summits"), "samples where prominent peaks lie"),),
        params=(Param("factor", (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)),),
        actions=("local maxima", "keep those of prominence {factor} standard deviations or more"),
        target="Find peaks that stand out by at least {factor} standard deviations.",
        remark="prominent peaks: local maxima (a flat summit counts in its middle) whose prominence (height above the higher of the lowest points on both sides before a higher sample or the end) is at least {factor} population standard deviations of the record; sample indices ascending, empty for none",
        functions=("prominent_peaks", "prominent_peaks_filter"),
        en=(
            "(find|detect|locate|mark) [the] (peaks|maxima) (with a prominence of at least|of prominence|whose prominence is at least|that stand out by at least) {factor} standard deviations",
            "(find|detect|pick) peaks more prominent than {factor} (sigma|standard deviations)",
        ),
        zh=("(检测|找出|寻找)(突出度|显著度)至少 {factor} 倍标准差的(峰值|峰)",),
        wrong=(("height for prominence", "prominence=", "height="), ("spread left out", "FACTOR * np.std(x)", "FACTOR")),
        cases=(
            Case((np.array([0.0, 4.0, 3.0, 5.0, 0.0, 4.0, 0.0]),), np.array([3, 5]), {"factor": 1.0}, why="prominences 1 5 4, deviation 2.03"),
            Case((np.array([0.0, 8.0, 0.0, 30.0, 0.0]),), np.array([3]), {"factor": 1.0}, why="prominences 8 and 30, deviation 11.6"),
            Case((np.array([]),), _NONE, {"factor": 1.0}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="outlying_peaks",
        title="Outlying Peaks",
        takes=(X,),
        gives=(_events(("peaks", "spikes", "outbursts", "hits"), "samples where peaks rise out of the usual spread"),),
        params=(Param("factor", (2.0, 2.5, 3.0, 4.0, 5.0)),),
        actions=("median and median absolute deviation", "local maxima at least {factor} robust deviations above the median"),
        target="Find peaks at least {factor} robust deviations above the median.",
        remark="outlying peaks: local maxima (a flat summit counts in its middle) of at least median + {factor} times 1.4826 times the median absolute deviation; sample indices ascending, empty for none",
        functions=("outlying_peaks", "outlying_peaks_filter", "outlying_peaks_scan"),
        en=(
            "(find|detect|locate|mark) (peaks|spikes|local maxima) (at least|no less than) {factor} (robust deviations|scaled MADs|times 1.4826 MAD) above the median",
            "(find|detect) peaks [that rise] above median plus {factor} scaled MADs",
        ),
        zh=("(检测|找出|寻找)高于中位数 {factor} 倍( MAD |稳健标准差)的(峰值|尖峰)",),
        wrong=(("mean for median", "middle = np.median(x)", "middle = np.mean(x)"), ("scale left out", "FACTOR * 1.4826 * ", "FACTOR * ")),
        cases=(
            Case((np.array([0.0, 1.0, 0.5, 9.0, 0.5, 2.2, 0.0]),), np.array([3]), {"factor": 3.0}, why="median 0.5, its deviations 0.5 0.5 0 8.5 0 1.7 0.5 have median 0.5"),
            Case((np.array([0.0, 1.0, 0.5, 9.0, 0.5, 2.2, 0.0]),), np.array([3, 5]), {"factor": 2.0}, why="level 1.98"),
            _EMPTY,
        ),
        stage=4,
    ),
    Block(
        name="upward_crossings",
        title="Upward Crossings",
        takes=(X,),
        gives=(_events(("crossings", "rises", "onsets", "triggers"), "samples where the signal rises above the level"),),
        params=(Param("factor", (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)),),
        actions=("level {factor} standard deviations above the mean", "samples above it after one that is not"),
        target="Find where a signal rises above {factor} standard deviations over its mean.",
        remark="upward crossings: sample indices i with x[i-1] <= level < x[i], level = mean + {factor} population standard deviations; ascending, empty for none",
        functions=("upward_crossings", "upward_crossings_diff", "upward_crossings_loop"),
        en=(
            "(find|detect|locate|mark) (where|each time|every sample where) it (rises above|crosses upward) {factor} standard deviations (above|over) the mean",
            "(find|detect|mark) [the] upward crossings of [the level] mean plus {factor} (standard deviations|sigma)",
        ),
        zh=("(检测|找出)(向上|上升)穿越均值加 {factor} 倍标准差的(时刻|位置)", "(标记|寻找)信号(升过|上穿)均值以上 {factor} 倍标准差处"),
        wrong=(("downwards", "above[1:] & ~above[:-1]", "~above[1:] & above[:-1]"), ("one sample early", "+ 1).astype", ").astype")),
        cases=(
            Case((np.array([0.0, 3.0, 4.0, 0.0, 3.0]),), np.array([1, 4]), {"factor": 0.0}, why="mean 2"),
            Case((np.array([0.0, 3.0, 9.0, 0.0, 3.0]),), np.array([2]), {"factor": 1.0}, why="mean 3, deviation 3.3"),
            _EMPTY,
        ),
        stage=4,
    ),
    Block(
        name="hysteresis_onsets",
        title="Onsets with Hysteresis",
        takes=(X,),
        gives=(_events(("onsets", "starts", "switch_ons", "activations"), "samples where the state switches on"),),
        params=(Param("low", (-0.5, 0.0, 0.25, 0.5)), Param("high", (0.75, 1.0, 1.5, 2.0))),
        actions=("on above mean + {high} standard deviations", "off below mean + {low} standard deviations", "samples where it switches on"),
        target="Find where a two-level switch with {high} and {low} standard deviations over the mean turns on.",
        remark="onsets with hysteresis: off at first; on at a sample above mean + {high} population standard deviations, off at one below mean + {low} of them; indices of samples that switch on, ascending, empty for none",
        functions=("hysteresis_onsets", "hysteresis_onsets_pandas", "hysteresis_onsets_marks"),
        en=(
            "(find|detect|locate|mark) onsets with hysteresis: on above mean plus {high} (sigma|standard deviations), off below mean plus {low} (sigma|standard deviations)",
            "(find|detect|mark) where a (Schmitt trigger|two-level switch) with levels {low} and {high} standard deviations (above|over) the mean (turns|switches) on",
        ),
        zh=("(检测|找出)带(滞回|迟滞)的(起点|触发点):高于均值加 {high} 倍标准差开启,低于均值加 {low} 倍标准差关闭",),
        wrong=(("levels swapped", "np.mean(x) + HIGH * np.std(x), np.mean(x) + LOW * np.std(x)", "np.mean(x) + LOW * np.std(x), np.mean(x) + HIGH * np.std(x)"), ("one level", "np.mean(x) + LOW * np.std(x)", "np.mean(x) + HIGH * np.std(x)")),
        cases=(
            Case((np.array([0.0, 9.0, 5.0, 9.0, 0.0, 9.0, 0.0, 0.0]),), np.array([1, 5]), {"low": 0.0, "high": 1.0}, why="mean 4, deviation 4.15: on above 8.15, off below 4"),
            Case((np.array([0.0, 5.0, 0.0, 9.0, 0.0, 0.0]),), np.array([3]), {"low": 0.0, "high": 1.0}, why="mean 2.33, deviation 3.5: 5 is not enough"),
            Case((np.array([]),), _NONE, {"low": 0.0, "high": 1.0}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="sudden_jumps",
        title="Sudden Jumps",
        takes=(X,),
        gives=(_events(("jumps", "steps", "breaks", "leaps"), "samples that lie far from the one before"),),
        params=(Param("factor", (3.0, 4.0, 5.0, 6.0, 8.0)),),
        actions=("absolute changes from sample to sample", "those above {factor} times 1.4826 times their median"),
        target="Find changes from sample to sample above {factor} robust deviations.",
        remark="sudden jumps: sample indices i with |x[i] - x[i-1]| above {factor} times 1.4826 times the median of all these changes; ascending, empty for none or fewer than 2 samples",
        functions=("sudden_jumps", "sudden_jumps_loop", "sudden_jumps_pandas"),
        en=(
            "(find|detect|locate|mark) (sudden|abrupt) (jumps|changes|steps) (above|of more than) {factor} times 1.4826 times the median step",
            "(find|detect) samples that (jump|change) by more than {factor} scaled median steps",
        ),
        zh=("(检测|找出|标记)(变化量|跳变)超过 {factor} 倍稳健标准差的(突变|跳变)(点|)",),
        wrong=(("only upward", "np.abs(np.diff(x))", "np.diff(x)"), ("one sample early", "+ 1).astype", ").astype")),
        cases=(
            Case((np.array([0.0, 1.0, 2.0, 12.0, 11.0, 1.0]),), np.array([3, 5]), {"factor": 4.0}, why="steps 1 1 10 1 10"),
            Case((np.array([0.0, 1.0, 2.0, 7.0, 8.0]),), _NONE, {"factor": 5.0}, why="step 5 against 7.4"),
            _EMPTY,
        ),
        stage=4,
    ),
    Block(
        name="high_samples",
        title="High Samples",
        takes=(X,),
        gives=(_marks(("high", "active", "above", "loud"), "whether each sample lies above mean + {factor} standard deviations"),),
        params=(Param("factor", (0.25, 0.5, 1.0, 1.5, 2.0)),),
        actions=("mark samples above mean + {factor} standard deviations",),
        target="Mark samples more than {factor} standard deviations above the mean.",
        remark="high samples: true where the sample is above mean + {factor} population standard deviations of the record; empty stays empty",
        functions=("high_samples", "high_samples_scores", "high_samples_loop"),
        en=(
            "(mark|flag|label) [all|the] (samples|values) (above mean plus|higher than the mean plus) {factor} (standard deviations|sigma)",
            "(mark|flag) where it (lies|is) more than {factor} (standard deviations|sigma) above (its|the) mean",
        ),
        zh=("(标记|标出)高于均值 {factor} 倍标准差的(样本|采样点)", "(标出|标记)超过均值加 {factor} 倍标准差的(部分|样本)"),
        wrong=(("low ones", "x > np.mean(x)", "x < np.mean(x)"), ("variance for deviation", "np.std(x)", "np.var(x)")),
        cases=(
            Case((np.array([0.0, 4.0, 0.0, 4.0]),), np.array([False, True, False, True]), {"factor": 0.9}, why="mean 2, deviation 2, variance 4"),
            Case((np.array([]),), _OFF, {"factor": 1.0}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="hysteresis_state",
        title="State with Hysteresis",
        takes=(X,),
        gives=(_marks(("state", "on", "running", "engaged"), "whether the switch is on at each sample"),),
        params=(Param("low", (-0.5, -0.25, 0.0, 0.25)), Param("high", (0.5, 0.75, 1.0, 1.5))),
        actions=("on above mean + {high} standard deviations", "off below mean + {low} standard deviations", "in between the state stays"),
        target="Track the state of a switch that turns on above {high} and off below {low} standard deviations over the mean.",
        remark="state with hysteresis: off at first; on from a sample above mean + {high} population standard deviations, off from one below mean + {low} of them; in between it stays; empty stays empty",
        functions=("hysteresis_state", "hysteresis_state_pandas", "hysteresis_state_latest"),
        en=(
            "(track|derive|compute|mark) an on/off state with hysteresis: on above mean plus {high} (sigma|standard deviations), off below mean plus {low} (sigma|standard deviations)",
            "(run|apply|use) a (Schmitt trigger|two-level switch) with levels {low} and {high} standard deviations (above|over) the mean",
        ),
        zh=("(用|采用)(滞回|迟滞)判断开关状态:高于均值加 {high} 倍标准差为开,低于均值加 {low} 倍标准差为关", "(施密特触发|双门限)得到状态:上限均值加 {high} 倍标准差,下限均值加 {low} 倍标准差", "(按|用)双阈值(均值加 {low} 和 {high} 倍标准差)(求|得到)开关状态"),
        wrong=(("one level", "np.mean(x) + LOW * np.std(x)", "np.mean(x) + HIGH * np.std(x)"), ("never off", "state and not value < off", "state")),
        cases=(
            Case((np.array([0.0, 9.0, 5.0, 9.0, 0.0, 5.0, 4.0, 0.0]),), np.array([False, True, True, True, False, False, False, False]), {"low": 0.0, "high": 1.0}, why="mean 4, deviation 3.5: on above 7.5, off below 4"),
            Case((np.array([]),), _OFF, {"low": 0.0, "high": 1.0}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="short_run_removal",
        title="Short Run Removal",
        takes=(MASK,),
        gives=(_marks(("lasting", "confirmed", "cleaned", "solid"), "marks that last at least {least} samples"),),
        params=(Param("least", (2, 3, 4, 5, 8, 10)),),
        actions=("drop runs of marked samples shorter than {least}",),
        target="Drop runs of marked samples shorter than {least}.",
        remark="short run removal: runs of true of fewer than {least} samples become false; empty stays empty",
        functions=("short_run_removal", "short_run_removal_groups", "short_run_removal_label"),
        en=(
            "(drop|remove|ignore|discard) (runs|stretches|marks) (shorter than|of fewer than|lasting less than) {least} samples",
            "(keep|accept) only (runs|stretches|marks) of at least {least} samples",
        ),
        zh=("(去掉|忽略|丢弃)(短于|不足) {least} 个样本的(标记|连续段)",),
        wrong=(("one sample longer", ">= LEAST", "> LEAST"), ("long ones dropped", ">= LEAST", "< LEAST")),
        cases=(
            Case((np.array([1, 0, 1, 1, 0, 1, 1, 1], dtype=bool),), np.array([0, 0, 1, 1, 0, 1, 1, 1], dtype=bool), {"least": 2}, why="by hand"),
            Case((_OFF,), _OFF, {"least": 3}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="short_gap_filling",
        title="Short Gap Filling",
        takes=(MASK,),
        gives=(_marks(("joined", "bridged", "merged", "filled"), "marks with gaps of up to {most} samples filled"),),
        params=(Param("most", (1, 2, 3, 5, 8, 10)),),
        actions=("fill gaps of up to {most} samples between marked ones",),
        target="Fill gaps of up to {most} samples between marked samples.",
        remark="short gap filling: runs of false of at most {most} samples between two true ones become true, those at the ends stay; empty stays empty",
        functions=("short_gap_filling", "short_gap_filling_groups", "short_gap_filling_label"),
        en=(
            "(fill|bridge|close) (gaps|breaks|interruptions) of (up to|at most) {most} samples [between marks|between marked samples]",
            "(merge|join) (marks|runs|stretches) that are (no more than|at most) {most} samples apart",
        ),
        zh=("(填补|合并|连接)(不超过|至多) {most} 个样本的(间隙|中断)",),
        wrong=(("one sample less", "<= MOST", "< MOST"), ("only the start", "result[a:b] = True", "result[a] = True")),
        cases=(
            Case((np.array([0, 1, 0, 1, 0, 0, 1, 0], dtype=bool),), np.array([0, 1, 1, 1, 0, 0, 1, 0], dtype=bool), {"most": 1}, why="by hand"),
            Case((np.array([1, 0, 0, 1, 0], dtype=bool),), np.array([1, 1, 1, 1, 0], dtype=bool), {"most": 2}, why="the end stays"),
            Case((_OFF,), _OFF, {"most": 3}, why="empty stays empty"),
        ),
        stage=4,
    ),
    Block(
        name="mask_onsets",
        title="Starts of Marked Runs",
        takes=(MASK,),
        gives=(_events(("starts", "onsets", "beginnings", "run_starts"), "first sample of each marked run"),),
        actions=("first sample of each run of marked samples",),
        target="Find the first sample of each run of marked samples.",
        remark="starts of marked runs: sample indices that are true after a false one or at the very start; ascending, empty for none",
        functions=("mask_onsets", "mask_onsets_diff", "mask_onsets_loop"),
        en=(
            "(find|take|list|locate|mark) (the first sample|the start|the beginning|the onset) of (each|every) (marked run|marked stretch|run of marks)",
            "(find|take) where (the marks begin|each marked run starts)",
        ),
        zh=("(取|找出|求)每段(标记|连续标记)的(起点|第一个样本)",),
        wrong=(("last samples", "np.concatenate([[False], mask[:-1]])[: len(mask)]", "np.concatenate([mask[1:], [False]])[: len(mask)]"), ("every sample", "mask & ~np.concatenate([[False], mask[:-1]])[: len(mask)]", "mask")),
        cases=(
            Case((np.array([1, 0, 1, 1, 0, 1], dtype=bool),), np.array([0, 2, 5]), {}, why="by hand"),
            Case((_OFF,), _NONE, {}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="strong_spans",
        title="Spans above Level",
        takes=(X, FS),
        gives=(Port("spans", "spans", "s", ("bouts", "loud_spans", "strong_spans", "episodes"), "start and end of each stretch above the level"),),
        params=(Param("factor", (0.5, 1.0, 1.5, 2.0)), Param("seconds", (0.001, 0.01, 0.02, 0.1, 0.2, 0.5, 1.0, 2.0, 10.0, 60.0, 300.0, 1800.0), "s")),
        when=_lasting,
        actions=("level {factor} standard deviations above the mean", "runs above it of at least {seconds} s", "their start and end in s"),
        target="Find stretches of at least {seconds} s above {factor} standard deviations over the mean.",
        remark="spans above level: runs of samples above mean + {factor} population standard deviations of at least max(1, round({seconds} * rate)) samples; [first index / rate, (last index + 1) / rate] in s, in order; [] for none",
        functions=("strong_spans", "strong_spans_groups", "strong_spans_label"),
        en=(
            "(find|list|detect|look for) (stretches|spans|episodes) of at least {seconds} s (above mean plus {factor} standard deviations|more than {factor} sigma above the mean)",
            "(find|list) where it stays more than {factor} standard deviations above the mean for at least {seconds} s",
        ),
        zh=("(找出|检测|列出)高于均值 {factor} 倍标准差且持续至少 {seconds} 秒的(时段|区间|片段)",),
        aim=("the (spans|stretches|episodes) (above mean plus {factor} standard deviations|well above the mean) [as start and end in s]",),
        aim_zh=("(明显偏高的|高于门限的|超过阈值的)(时段|区间)",),
        wrong=(("short ones too", "if b - a >= shortest", "if b > a"), ("end one sample early", "float(b / fs)", "float((b - 1) / fs)")),
        cases=(
            Case((np.array([0.0, 9.0, 9.0, 0.0, 9.0, 0.0]), 2.0), [[0.5, 1.5]], {"factor": 0.5, "seconds": 1.0}, why="two samples last 1 s, one does not"),
            Case((np.array([0.0, 9.0, 9.0, 0.0, 9.0]), 2.0), [[0.5, 1.5], [2.0, 2.5]], {"factor": 0.5, "seconds": 0.5}, why="up to the end"),
            Case((np.array([]), 2.0), [], {"factor": 0.5, "seconds": 0.5}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="flat_spans",
        title="Flat Spans",
        takes=(X, FS),
        gives=(Port("spans", "spans", "s", ("flat_spans", "stuck", "still_spans", "frozen"), "start and end of each stretch that hardly changes"),),
        params=(Param("share", (0.01, 0.02, 0.05, 0.1)), Param("seconds", (0.002, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 2.0, 5.0, 90.0, 300.0, 900.0), "s")),
        when=lambda p, c: whole(p["seconds"], c, 3) and p["seconds"] < 0.05 * c.seconds,
        actions=("steps smaller than {share} standard deviations", "runs of them over at least {seconds} s"),
        target="Find stretches of at least {seconds} s in which every step is below {share} standard deviations.",
        remark="flat spans: runs of samples in which each differs from the one before by less than {share} population standard deviations of the record, of at least max(2, round({seconds} * rate)) samples; [first index / rate, (last index + 1) / rate] in s, in order; [] for none",
        functions=("flat_spans", "flat_spans_loop", "flat_spans_groups"),
        en=(
            "(find|list|detect|look for) (stretches|spans|episodes) of at least {seconds} s in which (every step stays|all steps stay|each step is) below {share} standard deviations",
            "(find|detect|list) flat (parts|stretches|spans) of {seconds} s or more, with steps below {share} (sigma|standard deviations)",
        ),
        zh=("(找出|检测|列出)相邻变化小于 {share} 倍标准差且持续至少 {seconds} 秒的(平坦段|卡滞段|停滞时段)",),
        aim=("the (spans|stretches|episodes) (in which the signal hardly changes|where the sensor seems stuck) [as start and end in s]",),
        aim_zh=("(几乎不变的|平坦的|疑似卡滞的)(时段|区间)",),
        wrong=(("steps for samples", "float((b + 1) / fs)", "float(b / fs)"), ("downward steps count as flat", "np.abs(np.diff(x))", "np.diff(x)")),
        cases=(
            Case((np.array([0.0, 5.0, 5.1, 5.2, 0.0, 9.0]), 2.0), [[0.5, 2.0]], {"share": 0.1, "seconds": 1.5}, why="deviation 3.2, two small steps"),
            Case((np.array([9.0, 7.0, 4.0, 1.0]), 1.0), [], {"share": 0.1, "seconds": 1.0}, why="all steps are large"),
            Case((np.array([]), 2.0), [], {"share": 0.1, "seconds": 0.5}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="level_change",
        title="Change of Level",
        takes=(X, FS),
        gives=(Port("moment", "number", "s", ("change_time", "change_point", "shift_time"), "moment at which the mean level changes"),),
        actions=("split into two parts with their own means", "the split with the least squared error"),
        target="Find the moment that splits a signal best into two levels.",
        remark="change of level: k / rate in s for the k from 1 to N - 1 that makes the squared error of two means, of x[:k] and x[k:], least, the first of equals; 0.0 with fewer than 2 samples",
        functions=("level_change", "level_change_errors", "level_change_loop"),
        en=(
            "(find|locate|determine|estimate|look for) the (change point|moment|split) (that best separates two levels|with the least squared error of two means|where the mean level changes)",
            "(split|divide) it into two levels by least squares",
        ),
        zh=("(求|找出|确定)(均值突变|水平变化|电平变化)的(时刻|变点)",),
        aim=("the (moment|time in s) (at which|when) the (mean level|level) changes", "the change point [of the level] in s"),
        aim_zh=("(均值变化的时刻|水平突变时刻|变点时间)",),
        wrong=(("index for time", "(np.argmax(gain) + 1) / fs", "(np.argmax(gain) + 1)"), ("one early", "np.argmax(gain) + 1", "np.argmax(gain)"), ("not weighted", "/ (places * (n - places))", "/ n")),
        cases=(
            Case((np.array([1.0, 1.0, 1.0, 5.0, 5.0]), 2.0), 1.5, {}, why="three samples, then another level"),
            Case((np.array([10.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 1.0), 1.0, {}, why="sums 8.25 8.5 8.75, squared over 7 12 15"),
            Case((np.array([]), 2.0), 0.0, {}, why="nothing there"),
        ),
        stage=4,
    ),
    Block(
        name="turning_point",
        title="CUSUM Turning Point",
        takes=(X, FS),
        gives=(Port("moment", "number", "s", ("turning_time", "cusum_time", "turn"), "moment at which the cumulative sum turns"),),
        actions=("cumulative sum of the deviations from the mean", "where it is furthest from zero"),
        target="Find the moment at which the cumulative sum of deviations from the mean is furthest from zero.",
        remark="CUSUM turning point: (i + 1) / rate in s for the i from 0 to N - 2 with the largest absolute sum of (x - mean) up to and with i, the first of equals; 0.0 with fewer than 2 samples",
        functions=("turning_point", "turning_point_loop", "turning_point_pandas"),
        en=(
            "(find|locate|determine|estimate|look for) the (turning point|extreme|furthest point) of the (CUSUM|cumulative sum of deviations from the mean|cumulative sum about the mean)",
            "(find|locate) where the CUSUM about the mean (turns|is furthest from zero)",
        ),
        zh=("(用|通过) CUSUM (求|确定)(变点|转折时刻)", "(求|找出)累积偏差(最大|离零最远)的时刻"),
        aim=("the (turning point|turning time|extreme) of the (CUSUM|cumulative sum) in s", "the moment the CUSUM turns"),
        aim_zh=("(CUSUM 转折时刻|累积和的转折点|CUSUM 变点时间)",),
        wrong=(("sign kept", "np.abs(np.cumsum(x - np.mean(x)))", "np.cumsum(x - np.mean(x))"), ("mean stays", "x - np.mean(x)", "x")),
        cases=(
            Case((np.array([1.0, 1.0, 1.0, 5.0, 5.0]), 2.0), 1.5, {}, why="sums -1.6 -3.2 -4.8 -2.4"),
            Case((np.array([5.0, 5.0, 1.0, 0.0, 1.0, 1.0]), 1.0), 2.0, {}, why="mean 13/6"),
            Case((np.array([]), 2.0), 0.0, {}, why="nothing there"),
        ),
        stage=4,
    ),
)  # fmt: skip
