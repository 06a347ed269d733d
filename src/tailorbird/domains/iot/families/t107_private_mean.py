"""T107 private mean: an average published with differential privacy, many times over, judged by its distribution.

One answer holds thousands of releases of the same query, so that spread, shape, centre and independence of the noise
can be tested. The limits leave a right program a chance below one in 10,000 to fail. Covers: the Laplace mechanism for
a bounded mean with a known number of values. Does not cover: budgets over several queries, attacks on floating point.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import relative

COUNT = {"easy": (200, 500), "nominal": (300, 2000), "hard": (500, 3000), "edge": (1, 6)}
"""Fewest and most values."""


def generate(seed: int, level: Level) -> Instance:
    """Hundreds to thousands of values, some beyond their bounds; edge: no value at all, or fewer than six."""
    draw = make.rng(seed, "T107", level)
    kind = str(draw.choice(["empty", "few"])) if level == "edge" else ""
    count = 0 if kind == "empty" else int(draw.integers(*COUNT[level]))
    low = round(float(draw.uniform(1, 20)) * float(draw.choice([-1, 1, 1])), 1)
    width = round(float(draw.uniform(4, 60)), 1)
    high = round(low + width, 1)
    values = low + width * draw.beta(4, 5, count) * 0.8
    beyond = 0 if level == "easy" else int(draw.integers(12, 25))
    if count > beyond:
        values[:beyond] = high + width * draw.uniform(0.8, 3.0, beyond)
        values = draw.permutation(values)
    query = {
        "values": np.round(values, 3).tolist(),
        "low": low,
        "high": high,
        "epsilon": float(draw.choice([0.3, 0.4, 0.5, 0.7, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5])),
        "releases": int(draw.integers(3000, 4000)),
    }
    return _instance(query)


def _instance(query: Mapping[str, Any]) -> Instance:
    values = [min(max(value, query["low"]), query["high"]) for value in query["values"]]
    truth: dict[str, Any] = {"mean": None, "scale": None, "releases": 0}
    if values:
        scale = (query["high"] - query["low"]) / (len(values) * query["epsilon"])
        truth = {"mean": math.fsum(values) / len(values), "scale": scale, "releases": query["releases"]}
    return Instance({"meters.json": make.json_bytes(dict(query))}, truth, "meters.json")


def _distance(noise: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Kolmogorov and Smirnov's distance from the Laplace law of scale 1, times the root of the number."""
    ordered = np.sort(noise)
    law = np.where(ordered < 0, 0.5 * np.exp(np.minimum(ordered, 0)), 1 - 0.5 * np.exp(-np.maximum(ordered, 0)))
    places = np.arange(ordered.size + 1) / ordered.size
    gap = max(float(np.max(places[1:] - law)), float(np.max(law - places[:-1])))
    return gap * math.sqrt(ordered.size)


def _linked(noise: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Correlation of the ranks of neighbours, times the root of the number; infinite where all are equal."""
    ranks = np.argsort(np.argsort(noise, kind="stable"), kind="stable").astype(float)
    if np.ptp(noise) == 0:
        return math.inf
    centred = ranks - ranks.mean()
    return abs(float(centred[1:] @ centred[:-1]) / float(centred @ centred)) * math.sqrt(noise.size)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Error of the stated scale, of the spread of the releases, and how far shape and order are from Laplace noise."""
    names = ("scale_error", "spread_error", "shape", "order")
    released, scale = output["released"], output["scale"]
    if truth["mean"] is None or scale is None or len(released) != truth["releases"]:
        right = truth["mean"] is None and scale is None and not released
        return dict.fromkeys(names, 0.0 if right else math.inf)
    capped: Sequence[float] = [min(max(float(value), -1e12), 1e12) for value in released]
    noise = (np.asarray(capped) - truth["mean"]) / truth["scale"]
    return {
        "scale_error": relative(truth["scale"], scale),
        "spread_error": abs(float(np.mean(np.abs(noise))) - 1.0),
        "shape": _distance(noise),
        "order": _linked(noise),
    }


def _other_unit(instance: Instance, seed: int) -> Instance:
    query = json.loads(instance.visible["meters.json"])
    draw = make.rng(seed, "unit")
    factor, shift = float(draw.uniform(0.1, 30)), float(draw.uniform(-50, 50))
    query |= {name: query[name] * factor + shift for name in ("low", "high")}
    query["values"] = [value * factor + shift for value in query["values"]]
    return _instance(query)


def _twice(instance: Instance, seed: int) -> Instance:
    query = json.loads(instance.visible["meters.json"])
    query["values"] = query["values"] + query["values"][::-1]
    return _instance(query)


VALUES = Slot("values", "ndarray[float64, (N)]", "kWh", "private values", "task1")
LOW = Slot("low", "float", "kWh", "lower bound of a value", "task1")
HIGH = Slot("high", "float", "kWh", "upper bound of a value", "task1")

FAMILY = Family(
    id="T107",
    title="Private mean",
    domain="L",
    version=1,
    wordings=(
        Wording("Publish the average with ε = 1.", "goal"),
        Wording("Clip the readings, take their mean and add Laplace noise of scale range / (n ε), fresh for every release.", "operation"),
        Wording("meter values + bounds → differentially private mean", "terse"),
        Wording("I want to announce our street's mean consumption without giving away anybody's own. Simulate the announcement many times.", "goal"),
        Wording("Apply the Laplace mechanism to the bounded mean in meters.json as often as the file asks.", "operation"),
        Wording("Release the average so that no single household can be recognised in it, and tell me how strong the noise is.", "goal"),
        Wording("ε-private average, repeated", "terse"),
        Wording("Nobody may conclude from the published mean what one neighbour used; blur it just enough and show me the blurred values.", "goal", held=True),
        Wording("Compute the sensitivity of a clipped average and perturb it with double-exponential noise independently per publication.", "operation", held=True),
        Wording("noisy mean, privacy budget given", "terse", held=True),
        Wording("以 ε = 1 发布平均值。", "goal", "zh"),
        Wording("把数值截断到界限内求平均，再加尺度为 范围/(nε) 的拉普拉斯噪声，每次发布重新取噪声。", "operation", "zh"),
        Wording("想公布小区平均用电量，但不能泄露任何一户，请给出加噪后的结果。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`meters.json`: object with `values` (one per household, kWh), `low` and `high` (bounds of a value, kWh), `epsilon` (privacy budget of one release; 1 in the wish is an example), "
            "`releases` (how often to publish)",
        ),
        outputs=(
            Slot("released", "list[float]", "kWh", "released means, as many as asked for; empty without values"),
            Slot("scale", "float or none", "kWh", "scale of the Laplace noise; null without values"),
        ),
        remarks=(
            "values outside the bounds are clipped to them before the mean is taken",
            "the number of values is public; two data sets are neighbours when one value differs, so the mean moves by at most (high - low) / n",
            "each release is the mean plus Laplace noise with density exp(-|x| / scale) / (2 scale), drawn anew and independently",
            "every release spends `epsilon` of its own; released values are not rounded or clipped",
            "random numbers come from `random` or `numpy.random`, which are seeded before the call; do not seed them again",
            "judged over all releases: scale within 0.1 %, mean distance from the true mean within 10 % of the scale, and tests of shape and of independence",
            "example: 100 values between 0 and 10 with epsilon 0.5 need a scale of 0.2",
        ),
    ),
    stages=(
        Stage(
            "Load Private Query",
            ("read values, bounds, privacy budget and number of releases",),
            "Read private values and how their mean may be published.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("values", "ndarray[float64, (N)]", "kWh", "private values"),
                Slot("low", "float", "kWh", "lower bound of a value"),
                Slot("high", "float", "kWh", "upper bound of a value"),
                Slot("epsilon", "float", "1", "privacy budget of one release"),
                Slot("releases", "int", "1", "number of releases"),
            ),
        ),
        Stage(
            "Clipped Mean",
            ("clip the values to their bounds", "take the mean, none without values"),
            "Take the mean of values held within their bounds.",
            (VALUES, LOW, HIGH),
            (Slot("mean", "float or none", "kWh", "mean of the clipped values"),),
        ),
        Stage(
            "Laplace Scale",
            ("sensitivity of the mean: range of the bounds over the number of values", "divide by the privacy budget"),
            "Compute the scale of the noise that hides one value.",
            (VALUES, LOW, HIGH, Slot("epsilon", "float", "1", "privacy budget of one release", "task1")),
            (Slot("scale", "float or none", "kWh", "scale of the Laplace noise"),),
        ),
        Stage(
            "Release Noisy Means",
            ("draw Laplace noise for each release", "add it to the mean"),
            "Publish the mean again and again, each time with fresh noise.",
            (
                Slot("mean", "float or none", "kWh", "mean of the clipped values", "task2"),
                Slot("scale", "float or none", "kWh", "scale of the Laplace noise", "task3"),
                Slot("releases", "int", "1", "number of releases", "task1"),
            ),
            (Slot("released", "list[float]", "kWh", "released means"),),
        ),
    ),
    solutions="t107_private_mean",
    generate=generate,
    measure=measure,
    bars=(
        Bar("scale_error", 1e-3, "most"),  # exact but for rounding; best wrong 0.015 (range of the data)
        Bar("spread_error", 0.1, "most"),  # deviation of a right one is 1 / sqrt(3000) = 0.018, so 5.5 of them; same noise up to 1
        Bar("shape", 2.5, "most"),  # a right one exceeds it with a chance of 2 exp(-2 * 2.5^2) = 7e-6; normal noise 2.8 to 4
        Bar("order", 4.7, "most"),  # about normal, chance 3e-6; sorted releases have the root of their number
    ),
    alternates=(
        Variant("inverse", "inverse of the distribution function", swap={"release_noisy_means": "release_noisy_means_inverse"}),
        Variant("difference", "difference of two exponential numbers", swap={"release_noisy_means": "release_noisy_means_difference", "clipped_mean": "clipped_mean_loop"}),
        Variant("signed", "exponential magnitudes with random signs", swap={"release_noisy_means": "release_noisy_means_signed"}),
    ),
    mutants=(
        Variant("no_noise", "the true mean is published", edits=(("release_noisy_means", "np.random.laplace(0.0, scale, releases)", "np.zeros(releases)"),), naive=True),
        Variant("not_clipped", "values beyond the bounds count in full", swap={"clipped_mean": "clipped_mean_open"}, levels=("nominal", "hard")),
        Variant("whole_range", "the sensitivity of a sum is taken for that of a mean", edits=(("laplace_scale", "(high - low) / len(values)", "high - low"),), levels=("easy", "nominal", "hard")),
        Variant("same_noise", "one draw of noise for all releases", edits=(("release_noisy_means", "np.random.laplace(0.0, scale, releases)", "np.full(releases, np.random.laplace(0.0, scale))"),)),
        Variant("data_range", "the range of the data instead of the bounds, which gives it away", swap={"laplace_scale": "laplace_scale_data"}),
        Variant("normal_noise", "normal noise of the same deviation", edits=(("release_noisy_means", "np.random.laplace(0.0, scale, releases)", "np.random.normal(0.0, 1.4142 * scale, releases)"),)),
        Variant("times_epsilon", "multiplied by epsilon instead of divided", edits=(("laplace_scale", "sensitivity / epsilon", "sensitivity * epsilon"),)),
        Variant("sorted", "the releases are sorted", edits=(("release_noisy_means", "(mean + noise).tolist()", "np.sort(mean + noise).tolist()"),)),
    ),
    notes=(
        "Differential privacy promises that one person's value changes the chance of any published result by a factor of at "
        "most exp(epsilon). For a number this is reached by Laplace noise of scale sensitivity / epsilon, where sensitivity is "
        "how far one value can move the result. A mean of n values between low and high moves by (high - low) / n when one value "
        "is exchanged and n is known; a sum moves by the whole range. Bounds must not be taken from the data, and values beyond "
        "them have to be clipped, or one outlier breaks the promise. Laplace noise of scale b has mean magnitude b and standard "
        "deviation b sqrt(2). Each release spends its budget: k releases cost k epsilon, and averaging them undoes the "
        "protection, which is why repeating a query is done here only to test the noise. Plain floating-point noise leaks a "
        "little in its last bits (Mironov 2012)."
    ),
    relations=(Relation("other_unit", _other_unit), Relation("twice", _twice)),
    sources=(
        "Dwork, McSherry, Nissim, Smith 2006, Calibrating noise to sensitivity in private data analysis",
        "Mironov 2012, On significance of the least significant bits for differential privacy",
    ),
)  # fmt: skip
