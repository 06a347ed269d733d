"""Inputs and outputs that many blocks share, and when parameters in seconds or hertz make sense."""

from __future__ import annotations

from tailorbird.core.block import Context, Port

X = Port("x", "series")
FS = Port("fs", "rate", "Hz")
READINGS = Port("x", "values")
STAMPS = Port("t", "stamps", "s")
EVENTS = Port("events", "events", "sample")
MASK = Port("mask", "mask")
POWER = Port("power", "power")
FREQS = Port("freqs", "freqs", "Hz")


def series(names: tuple[str, ...], meaning: str, unit: str = "=x") -> Port:
    """An output that is a uniformly sampled series."""
    return Port("y", "series", unit, names, meaning)


def new_rate(meaning: str = "samples per second from here on") -> Port:
    """An output that replaces the sampling rate."""
    return Port("rate_out", "rate", "Hz", ("new_rate", "fs_out", "rate_after", "fs_new"), meaning)


def whole(seconds: float, context: Context, least: int = 1) -> bool:
    """Whether a duration is close to a whole number of samples, so that rounding is the same everywhere."""
    samples = seconds * context.rate
    return round(samples) >= least and abs(samples - round(samples)) < 0.2


def windows(seconds: float, context: Context, least: int = 4, count: int = 8) -> bool:
    """Whether windows of a duration hold enough samples, and a record enough windows."""
    return whole(seconds, context, least) and context.seconds / seconds >= count


def samples(context: Context) -> float:
    """Samples of the series where a block is to be placed."""
    return context.rate * context.seconds
