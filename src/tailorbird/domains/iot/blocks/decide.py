"""Blocks that end in a decision: a label, a flag, a share of states.

Limits are relative to the record, to a rate or to a share, so that they fit every quantity.
Covers: series, events, marked samples, spectra. Does not cover: limits in the unit of a quantity.
"""

from __future__ import annotations

import numpy as np

from tailorbird.core.block import Block, Case, Param, Port
from tailorbird.domains.iot.blocks.ports import EVENTS, FREQS, FS, MASK, POWER, X, whole

_NONE = np.array([])
_SECONDS = Param("seconds", (0.002, 0.005, 0.02, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 60.0, 600.0, 1800.0), "s")
_FIND = "(decide|determine|check|find out|work out)"


def _flag(names: tuple[str, ...], meaning: str) -> tuple[Port, ...]:
    return (Port("flag", "flag", "1", names, meaning),)


def _label(names: tuple[str, ...], meaning: str) -> tuple[Port, ...]:
    return (Port("label", "label", "1", names, meaning),)


BLOCKS = (
    Block(
        name="recent_level_label", title="Recent Level Label", takes=(X, FS), gives=_label(("level", "verdict", "state"), "low, normal or high"),
        params=(_SECONDS, Param("factor", (0.5, 0.75, 1.0, 1.5))), when=lambda p, c: whole(p["seconds"], c, 3) and p["seconds"] < 0.2 * c.seconds,
        actions=("mean of the last {seconds} s less that of the record", "label it by {factor} standard deviations"), target="Label the level of the last {seconds} s as low, normal or high.",
        remark="recent level: mean of the last max(1, round({seconds} * rate)) samples less the mean of all; `high` above {factor} population standard deviations of the record, `low` below minus that, else `normal`; `normal` for an empty record",
        functions=("recent_level_label", "recent_level_label_loop", "recent_level_label_pandas"),
        en=(f"{_FIND} whether the (mean of the|mean over the|average of the) last {{seconds}} s is low, normal or high, (with a limit of {{factor}} standard deviations off the overall mean|by {{factor}} standard deviations of the record)",),
        zh=("(判断|确定)最后 {seconds} 秒的均值(偏低、正常还是偏高|是低、正常还是高)(,门限|,界限) {factor} 倍标准差",),
        aim=("whether the (recent|last) (level|mean) is low, normal or high", "the label (low, normal or high) of the recent (level|mean)"), aim_zh=("最近水平(偏低、正常还是偏高|的标签)", "最近均值的高低标签"),
        wrong=(("labels swapped", "\"high\" if score > reach else \"low\"", "\"low\" if score > reach else \"high\""), ("first for last", "x[max(len(x) - max(1, round(SECONDS * fs)), 0) :]", "x[: max(1, round(SECONDS * fs))]")),
        cases=(
            Case((np.array([0.0, 0.0, 0.0, 4.0]), 2.0), "high", {"seconds": 0.5, "factor": 1.0}, why="3 above the mean, deviation 1.73"),
            Case((np.array([4.0, 4.0, 4.0, 0.0]), 2.0), "low", {"seconds": 0.5, "factor": 1.0}, why="3 below the mean"),
            Case((np.array([0.0, 4.0, 0.0, 4.0]), 2.0), "normal", {"seconds": 1.0, "factor": 0.5}, why="at the mean"),
            Case((_NONE, 2.0), "normal", {"seconds": 1.0, "factor": 0.5}, why="empty record"),
        ),
        stage=6,
    ),
    Block(
        name="trend_label", title="Trend Label", takes=(X,), gives=_label(("trend", "direction", "tendency"), "rising, steady or falling"),
        params=(Param("factor", (0.5, 1.0, 1.5, 2.0)),),
        actions=("least-squares line", "label its change over the record by {factor} standard deviations"), target="Label the trend of a signal as rising, steady or falling.",
        remark="trend: change of the least-squares line from the first to the last sample; `rising` above {factor} population standard deviations of the record, `falling` below minus that, else `steady`; `steady` for fewer than 3 samples",
        functions=("trend_label", "trend_label_sums", "trend_label_loop"),
        en=(f"{_FIND} whether (it|the signal|the fitted line) is rising, steady or falling, (with a limit of {{factor}} standard deviations|by {{factor}} standard deviations over the record)",),
        zh=("(判断|确定|给出)(上升、平稳还是下降|趋势是 rising、steady 还是 falling)(,以 {factor} 倍标准差为界|,门限为 {factor} 倍标准差)",),
        aim=("whether (it is|the signal is|the level is) rising, steady or falling", "the (trend|direction|tendency) [as rising, steady or falling]"), aim_zh=("(趋势|变化方向|上升、平稳还是下降)",),
        wrong=(("labels swapped", "\"rising\" if rise > reach else \"falling\"", "\"falling\" if rise > reach else \"rising\""), ("slope per sample", " * (len(x) - 1)", "")),
        cases=(
            Case((np.arange(8.0),), "rising", {"factor": 2.0}, why="7 against 2 times 2.29"),
            Case((np.arange(8.0)[::-1].copy(),), "falling", {"factor": 2.0}, why="-7 against 2 times 2.29"),
            Case((np.array([0.0, 4.0, 4.0, 0.0]),), "steady", {"factor": 0.5}, why="level"),
            Case((_NONE,), "steady", {"factor": 0.5}, why="nothing there"),
        ),
        stage=6,
    ),
    Block(
        name="held_alarm", title="Alarm with Hold Time", takes=(X, FS), gives=_flag(("alarm", "raised", "triggered"), "whether it stays above the level long enough"),
        params=(_SECONDS, Param("factor", (0.5, 1.0, 1.5, 2.0))), when=lambda p, c: whole(p["seconds"], c, 3) and p["seconds"] < 0.2 * c.seconds,
        actions=("level {factor} standard deviations above the mean", "alarm where {seconds} s in a row lie above it"), target="Raise an alarm when a signal stays {factor} standard deviations above its mean for {seconds} s.",
        remark="alarm: true when at least max(1, round({seconds} * rate)) consecutive samples lie above mean + {factor} population standard deviations; false otherwise, for none too",
        functions=("held_alarm", "held_alarm_loop", "held_alarm_groups", "held_alarm_erosion"),
        en=("(raise|give|set) an alarm (if|when) it stays (more than|over) {factor} (standard deviations|sigma) above the mean for (at least {seconds} s|{seconds} s or longer)", f"{_FIND} whether it stays {{factor}} standard deviations above the mean for {{seconds}} s"),
        zh=("(若|如果)高于均值 {factor} 倍标准差持续(至少|达到) {seconds} 秒(则|就)(报警|告警)",),
        aim=("whether (an alarm is due|the alarm goes off|it stays high long enough for an alarm|the level is exceeded long enough)", "whether it stays (high|above the level) [for] long enough"), aim_zh=("(是否应报警|是否触发告警|是否持续超限)",),
        wrong=(("no hold time", "max(1, round(SECONDS * fs))", "1"), ("one longer", ">= max(", "> max(")),
        cases=(
            Case((np.array([0.0, 9.0, 9.0, 0.0]), 2.0), True, {"seconds": 1.0, "factor": 0.5}, why="two samples last 1 s"),
            Case((np.array([9.0, 0.0, 9.0, 0.0]), 2.0), False, {"seconds": 1.0, "factor": 0.5}, why="one sample at a time"),
            Case((_NONE, 2.0), False, {"seconds": 1.0, "factor": 0.5}, why="nothing there"),
        ),
        stage=6,
    ),
    Block(
        name="hysteresis_share", title="Share of On State", takes=(X,), gives=(Port("share", "number", "1", ("on_share", "duty", "state_share"), "share of samples in the on state"),),
        params=(Param("low", (-0.5, -0.25, 0.0, 0.25)), Param("high", (0.5, 0.75, 1.0, 1.5))),
        actions=("on above mean + {high} standard deviations, off below mean + {low}", "share of samples that are on"), target="Compute the share of samples in the on state of a switch with hysteresis.",
        remark="share of on state: off at first; on from a sample above mean + {high} population standard deviations, off from one below mean + {low} of them, in between it stays; number of on samples over all; 0.0 for none",
        functions=("hysteresis_share", "hysteresis_share_pandas", "hysteresis_share_latest"),
        en=("(compute|determine|find|work out) the (share|fraction) of (time|samples) on, with hysteresis: on above mean plus {high} (sigma|standard deviations), off below mean plus {low} (sigma|standard deviations)",),
        zh=("(计算|求)(带滞回的|滞回判断的)(开启|导通)(时间占比|比例):高于均值加 {high} 倍标准差为开,低于均值加 {low} 倍标准差为关",),
        aim=("the (share|fraction) of (time|samples) in the on state", "how much of the time it is (on|switched on)"), aim_zh=("(开启状态的占比|开启时间比例|处于开启状态的比例)",),
        wrong=(("one level", "np.mean(x) + LOW * np.std(x)", "np.mean(x) + HIGH * np.std(x)"), ("number for share", "count / max(len(x), 1)", "count")),
        cases=(
            Case((np.array([0.0, 9.0, 5.0, 9.0, 0.0, 5.0, 4.0, 0.0]),), 0.375, {"low": 0.0, "high": 1.0}, why="mean 4, deviation 3.5: samples 1 to 3"),
            Case((_NONE,), 0.0, {"low": 0.0, "high": 1.0}, why="nothing there"),
        ),
        stage=6,
    ),
    Block(
        name="spread_alarm", title="Alarm of Growing Spread", takes=(X,), gives=_flag(("wilder", "alarm", "unsettled"), "whether the second half scatters clearly more"),
        params=(Param("factor", (1.1, 1.25, 1.5, 2.0, 3.0)),),
        actions=("standard deviation of both halves", "compare with factor {factor}"), target="Decide whether the second half scatters more than {factor} times as much as the first.",
        remark="growing spread: true when the population standard deviation of x[N // 2:] is above {factor} times that of x[:N // 2]; false for fewer than 2 samples",
        functions=("spread_alarm", "spread_alarm_pandas", "spread_alarm_loop"),
        en=(f"{_FIND} whether the second half (scatters|varies|fluctuates) more than {{factor}} times as much as the first [half] [, by standard deviations]", "(compare|check) the standard deviations of both halves (with|against) a factor of {factor}"),
        zh=("(判断|检查)后半段的标准差是否(超过|大于)前半段的 {factor} 倍", "比较前后两半的(标准差|离散程度),(倍数|门限)为 {factor}"),
        aim=("whether (the spread|the scatter|the variation) (grows|increases|is larger in the second half)",), aim_zh=("(离散程度是否增大|后半段波动是否更大|波动是否加剧)",),
        wrong=(("halves swapped", "np.std(second) > FACTOR * np.std(first)", "np.std(first) > FACTOR * np.std(second)"), ("mean for spread", "np.std(second) > FACTOR * np.std(first)", "np.mean(second) > FACTOR * np.mean(first)")),
        cases=(
            Case((np.array([9.0, 10.0, 0.0, 2.0]),), True, {"factor": 1.5}, why="1 against 0.5"),
            Case((np.array([0.0, 2.0, 9.0, 10.0]),), False, {"factor": 1.5}, why="0.5 against 1"),
            Case((np.array([9.0, 10.0, 0.0, 2.0]),), False, {"factor": 3.0}, why="only twice"),
            Case((_NONE,), False, {"factor": 1.5}, why="nothing there"),
        ),
        stage=6,
    ),
    Block(
        name="impulsive_label", title="Label of Impulses", takes=(X,), gives=_label(("character", "impulsiveness", "kind_of_signal"), "impulsive or even"),
        params=(Param("limit", (3.0, 3.5, 4.0, 5.0, 6.0)),),
        actions=("largest distance from the mean in standard deviations", "impulsive above {limit}"), target="Label a signal impulsive when a sample lies more than {limit} standard deviations off the mean.",
        remark="impulses: `impulsive` when the largest |x - mean| is above {limit} population standard deviations, else `even`, also for none or without spread",
        functions=("impulsive_label", "impulsive_label_scores", "impulsive_label_loop"),
        en=("(label|call|classify) (it|the signal|the record) impulsive (if|when) (any|a|some) sample lies more than {limit} standard deviations off the mean, else even", f"{_FIND} whether it is impulsive (beyond {{limit}} sigma) or even", "(sort|judge) (it|the signal) as impulsive or even (by|with) a limit of {limit} standard deviations"),
        zh=("若有样本偏离均值超过 {limit} 倍标准差则(判为|标为)(冲击性 impulsive | impulsive ),否则(为|标为) even", "(判断|区分)是否有超过 {limit} 倍标准差的冲击"),
        aim=("whether (it|the signal|the record) is (impulsive or even|impulsive)", "the label impulsive or even"), aim_zh=("(是否为冲击性信号|信号是冲击性还是平稳|冲击性标签)",),
        wrong=(("labels swapped", "\"impulsive\" if ratio > LIMIT else \"even\"", "\"even\" if ratio > LIMIT else \"impulsive\""), ("mean stays", "np.abs(x - np.mean(x))", "np.abs(x)")),
        cases=(
            Case((np.concatenate([np.zeros(24), [10.0]]),), "impulsive", {"limit": 4.0}, why="9.6 over 1.96 is 4.9"),
            Case((np.array([100.0, 101.0]),), "even", {"limit": 3.0}, why="1 deviation off"),
            Case((_NONE,), "even", {"limit": 3.0}, why="nothing there"),
        ),
        suits=frozenset({"vibration", "audio", "biosignal", "motion", "power"}),
        stage=6,
    ),
    Block(
        name="rate_alarm", title="Alarm of Event Rate", takes=(EVENTS, FS), gives=_flag(("too_fast", "alarm", "rate_exceeded"), "whether there are more than {limit} events per minute"),
        params=(Param("limit", (0.05, 0.5, 2.5, 12.5, 20.5, 65.5, 90.5, 120.5, 600.5, 6000.5), "/min"),), when=lambda p, c: 3.0 <= p["limit"] * c.seconds / 60.0 <= 0.1 * c.rate * c.seconds,
        actions=("events per minute from first to last", "compare with {limit} per minute"), target="Decide whether there are more than {limit} events per minute.",
        remark="rate alarm: true when 60 * rate * (number - 1) is above {limit} times the samples from the first to the last event; false with fewer than 2 events",
        functions=("rate_alarm", "rate_alarm_intervals", "rate_alarm_loop"),
        en=(f"{_FIND} whether there are more than {{limit}} (events|of them) per minute [from the first to the last]", "(raise|set|give) an alarm (if|when) there are more than {limit} [events] per minute"),
        zh=("(判断|检查)每分钟(次数|事件数)是否超过 {limit}", "(每分钟超过|若每分钟多于) {limit} 次(则报警|就报警)"),
        aim=("whether there are (more than {limit} events per minute|too many events per minute)", "whether (the rate|the event rate) (exceeds|is above) (the limit|{limit} per minute)"), aim_zh=("(每分钟次数是否超限|频次是否过高|是否超过每分钟 {limit} 次)",),
        wrong=(("per second", "60.0 * fs", "fs"), ("events for intervals", "(len(events) - 1)", "len(events)"), ("below for above", ") > LIMIT", ") < LIMIT")),
        cases=(
            Case((np.array([2, 6, 9, 17]), 2.0), True, {"limit": 23.5}, why="24 per minute"),
            Case((np.array([2, 6, 9, 17]), 2.0), False, {"limit": 24.5}, why="24 per minute"),
            Case((np.array([3]), 2.0), False, {"limit": 0.5}, why="one event"),
        ),
        stage=6,
    ),
    Block(
        name="rhythm_label", title="Rhythm Label", takes=(EVENTS,), gives=_label(("rhythm", "regularity_label", "verdict"), "regular, irregular or unknown"),
        params=(Param("share", (0.03, 0.05, 0.1, 0.15, 0.25)),),
        actions=("standard deviation of the intervals over their mean", "irregular above {share}"), target="Label the rhythm of events as regular or irregular.",
        remark="rhythm: `irregular` when the population standard deviation of the intervals is above {share} times their mean, else `regular`; `unknown` with fewer than 3 events",
        functions=("rhythm_label", "rhythm_label_pandas", "rhythm_label_loop"),
        en=("(label|call|classify) the rhythm irregular (if|when) the intervals (vary|scatter) by more than {share} of their mean [as a standard deviation], else regular", f"{_FIND} whether the rhythm is regular or irregular (with a limit of {{share}} for standard deviation over mean of the intervals|by a coefficient of variation of {{share}})"),
        zh=("(判断|确定)节律(规则与否|是否规则),间隔(变异系数|标准差与均值之比)(门限|界限) {share}",),
        aim=("whether the (rhythm|beat|timing) is regular or irregular", "the rhythm label [regular or irregular]", "how to label the rhythm"), aim_zh=("(节律是否规则|节律标签|节奏规则还是不规则)",),
        wrong=(("labels swapped", "\"irregular\" if", "\"regular\" if not"), ("variance", "np.std(steps)", "np.std(steps) ** 0.5")),
        cases=(
            Case((np.array([0, 10, 20, 40]),), "irregular", {"share": 0.25}, why="deviation 4.7 over mean 13.3"),
            Case((np.array([0, 1000, 1960, 3000]),), "regular", {"share": 0.05}, why="deviation 33 over mean 1000"),
            Case((np.array([0, 10, 20, 31]),), "regular", {"share": 0.05}, why="deviation 0.47 over mean 10.3"),
            Case((np.array([0, 10]),), "unknown", {"share": 0.05}, why="one interval"),
        ),
        stage=6,
    ),
    Block(
        name="activity_label", title="Activity Label", takes=(MASK,), gives=_label(("activity", "usage", "presence"), "rarely, partly or mostly"),
        params=(Param("lower", (0.07, 0.13, 0.23)), Param("upper", (0.33, 0.51, 0.67))),
        actions=("share of marked samples", "rarely up to {lower}, partly up to {upper}, mostly above"), target="Label how much of the record is marked: rarely, partly or mostly.",
        remark="activity: `mostly` when the share of marked samples is above {upper}, else `partly` above {lower}, else `rarely`, also for none",
        functions=("activity_label", "activity_label_count", "activity_label_steps"),
        en=("(label|classify|call) (the share of marked samples|the marked share|the marked time) (rarely up to {lower}, partly up to {upper} and mostly above|mostly above {upper}, partly above {lower} and rarely otherwise)", f"{_FIND} whether it is marked rarely, partly or mostly, with limits (of|at) {{lower}} and {{upper}}"),
        zh=("(按|根据)标记占比(分为|标为) rarely、partly、mostly,(界限|门限)为 {lower} 和 {upper}",),
        aim=("whether it is (marked|active|on) rarely, partly or mostly", "the (activity|usage|presence) label"), aim_zh=("(活动程度标签|活跃程度|使用程度标签)",),
        wrong=(("limits swapped", "share > UPPER else \"partly\" if share > LOWER", "share > LOWER else \"partly\" if share > UPPER"), ("labels swapped", "\"mostly\" if", "\"rarely\" if")),
        cases=(
            Case((np.array([1, 1, 1, 0], dtype=bool),), "mostly", {"lower": 0.13, "upper": 0.51}, why="0.75"),
            Case((np.array([1, 0, 0, 0], dtype=bool),), "partly", {"lower": 0.13, "upper": 0.51}, why="0.25"),
            Case((np.array([], dtype=bool),), "rarely", {"lower": 0.13, "upper": 0.51}, why="nothing there"),
        ),
        stage=6,
    ),
    Block(
        name="band_dominates", title="Band Dominance", takes=(POWER, FREQS), gives=_flag(("dominates", "band_rules", "concentrated"), "whether {low} to {high} Hz holds more than {share} of the power"),
        params=(
            Param("low", (0.001, 0.04, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 150.0, 300.0), "Hz"),
            Param("high", (0.004, 0.15, 0.4, 1.5, 3.0, 8.0, 15.0, 30.0, 100.0, 250.0, 500.0, 1500.0), "Hz"),
            Param("share", (0.25, 0.5, 0.6, 0.75)),
        ),
        when=lambda p, c: 1.5 * p["low"] <= p["high"] < 0.5 * c.rate and p["high"] - p["low"] > 0.03 * c.rate,
        actions=("power from {low} Hz to below {high} Hz", "compare with {share} of the total above 0 Hz"), target="Decide whether {low} to {high} Hz holds more than {share} of the power.",
        remark="band dominance: true when the sum of density over lines with {low} <= f < {high} Hz is above {share} times the sum of all lines above 0 Hz; false without power",
        functions=("band_dominates", "band_dominates_slice", "band_dominates_loop"),
        en=(f"{_FIND} whether (the band from {{low}} to {{high}} Hz|{{low}} to {{high}} Hz|the band {{low}}-{{high}} Hz) (holds|contains) more than {{share}} of the power",),
        zh=("(判断|检查) {low} 到 {high} Hz (的功率是否超过|是否占)总功率的 {share} (以上|)",),
        aim=("whether (the band|{low} to {high} Hz|the band from {low} to {high} Hz) (dominates|holds most of the power)",), aim_zh=("(该频带是否占主导|{low} 到 {high} Hz 是否占主导|功率是否集中在该频带)",),
        wrong=(("below for above", ") > SHARE", ") < SHARE"), ("upper edge counted", "freqs < HIGH", "freqs <= HIGH")),
        cases=(
            Case((np.array([9.0, 1.0, 5.0, 2.0, 2.0]), np.array([0.0, 2.0, 4.0, 6.0, 8.0])), True, {"low": 3.0, "high": 7.0, "share": 0.6}, why="7 of 10"),
            Case((np.array([9.0, 1.0, 5.0, 2.0, 2.0]), np.array([0.0, 2.0, 4.0, 6.0, 8.0])), False, {"low": 3.0, "high": 6.0, "share": 0.6}, why="5 of 10"),
            Case((_NONE, _NONE), False, {"low": 3.0, "high": 6.0, "share": 0.6}, why="nothing there"),
        ),
        stage=6,
    ),
)  # fmt: skip
