"""Functions of spectral blocks. Read as text, never imported. Upper-case names are parameters."""

import math

import numpy as np
from scipy import fft, signal, stats


def periodogram(x, fs):
    freqs, power = signal.periodogram(x, fs, detrend="constant", scaling="density")
    power[:1] = 0.0
    return power, freqs


def periodogram_fft(x, fs):
    n = len(x)
    if n == 0:
        return np.zeros(0), np.zeros(0)
    power = np.abs(np.fft.rfft(x - np.mean(x))) ** 2 / (fs * n)
    # one-sided: every line but 0 Hz and half the rate stands for two
    power[1 : (n + 1) // 2] *= 2.0
    power[0] = 0.0
    return power, np.fft.rfftfreq(n, 1.0 / fs)


def periodogram_full(x, fs):
    n = len(x)
    lines = n // 2 + 1 if n else 0
    spectrum = fft.fft(x - np.mean(x)) if n else np.zeros(0)
    power = (spectrum.real**2 + spectrum.imag**2) / (fs * max(n, 1))
    one_sided = power[:lines].copy()
    one_sided[1 : n - lines + 1] += power[lines:][::-1]
    one_sided[:1] = 0.0
    return one_sided, np.fft.rfftfreq(n, 1.0 / fs) if n else np.zeros(0)


def welch_spectrum(x, fs):
    if len(x) == 0:
        return np.zeros(0), np.zeros(0)
    freqs, power = signal.welch(x, fs, window="hann", nperseg=min(SEGMENT, len(x)))
    return power, freqs


def welch_spectrum_segments(x, fs):
    if len(x) == 0:
        return np.zeros(0), np.zeros(0)
    size = min(SEGMENT, len(x))
    window = signal.get_window("hann", size)
    # segments overlap by half
    parts = np.lib.stride_tricks.sliding_window_view(x, size)[:: size - size // 2]
    parts = (parts - parts.mean(axis=1, keepdims=True)) * window
    power = np.mean(np.abs(np.fft.rfft(parts, axis=1)) ** 2, axis=0) / (fs * np.sum(window**2))
    power[1 : (size + 1) // 2] *= 2.0
    return power, np.fft.rfftfreq(size, 1.0 / fs)


def welch_spectrum_loop(x, fs):
    size = min(SEGMENT, len(x))
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / max(size, 1)) if size > 1 else np.ones(size)
    total, count = np.zeros(size // 2 + 1 if size else 0), 0
    for start in range(0, len(x) - size + 1 if size else 0, max(size - size // 2, 1)):
        part = x[start : start + size]
        total += np.abs(np.fft.rfft((part - part.mean()) * window)) ** 2
        count += 1
    power = total / (max(count, 1) * fs * max(np.sum(window**2), 1e-300))
    power[1 : (size + 1) // 2] *= 2.0
    return power, np.fft.rfftfreq(size, 1.0 / fs) if size else np.zeros(0)


def band_power(power, freqs):
    inside = (freqs >= LOW) & (freqs < HIGH)
    width = freqs[1] - freqs[0] if len(freqs) > 1 else 0.0
    return float(np.sum(power[inside]) * width)


def band_power_slice(power, freqs):
    first, last = np.searchsorted(freqs, (LOW, HIGH), side="left")
    width = freqs[1] - freqs[0] if len(freqs) > 1 else 0.0
    return float(power[first:last].sum() * width)


def band_power_loop(power, freqs):
    total = 0.0
    width = freqs[1] - freqs[0] if len(freqs) > 1 else 0.0
    for density, frequency in zip(power, freqs):
        if LOW <= frequency < HIGH:
            total += density * width
    return float(total)


def band_share(power, freqs):
    inside = (freqs >= LOW) & (freqs < HIGH)
    total = np.sum(power[freqs > 0])
    return float(np.sum(power[inside & (freqs > 0)]) / total) if total > 0 else 0.0


def band_share_slice(power, freqs):
    # the line at 0 Hz is the level, not part of the total
    lines = power * (freqs > 0)
    first, last = np.searchsorted(freqs, [LOW, HIGH])
    total = lines.sum()
    return float(lines[first:last].sum() / total) if total > 0 else 0.0


def band_share_loop(power, freqs):
    pairs = [(p, f) for p, f in zip(power, freqs) if f > 0]
    total = math.fsum(p for p, _ in pairs)
    inside = math.fsum(p for p, f in pairs if LOW <= f < HIGH)
    return float(inside / total) if total > 0 else 0.0


def dominant_frequency(power, freqs):
    return float(freqs[1:][np.argmax(power[1:])]) if len(power) > 1 else 0.0


def dominant_frequency_max(power, freqs):
    lines = [(p, f) for p, f in zip(power, freqs) if f > 0]
    return float(max(lines, key=lambda line: line[0])[1]) if lines else 0.0


def dominant_frequency_loop(power, freqs):
    best, strongest = 0.0, -1.0
    for k in range(1, len(freqs)):
        if power[k] > strongest:
            best, strongest = float(freqs[k]), power[k]
    return best


def spectral_centroid(power, freqs):
    total = np.sum(power)
    return float(np.sum(freqs * power) / total) if total > 0 else 0.0


def spectral_centroid_average(power, freqs):
    if len(power) == 0 or not np.any(power > 0):
        return 0.0
    return float(np.average(freqs, weights=power))


def spectral_centroid_loop(power, freqs):
    weight = moment = 0.0
    for p, f in zip(power, freqs):
        weight += p
        moment += p * f
    return float(moment / weight) if weight > 0 else 0.0


def spectral_edge(power, freqs):
    sums = np.cumsum(power)
    reached = np.flatnonzero(sums >= SHARE * sums[-1]) if len(sums) else np.zeros(0, dtype=int)
    return float(freqs[reached[0]]) if len(reached) else 0.0


def spectral_edge_search(power, freqs):
    if len(power) == 0:
        return 0.0
    sums = np.cumsum(power)
    return float(freqs[np.searchsorted(sums, SHARE * sums[-1], side="left")])


def spectral_edge_loop(power, freqs):
    total = sum(power)
    edge, so_far = 0.0, 0.0
    for p, f in zip(power, freqs):
        so_far += p
        if so_far >= SHARE * total:
            edge = float(f)
            break
    return edge


def spectral_entropy(power, freqs):
    lines = power[freqs > 0]
    share = lines[lines > 0] / np.sum(lines) if np.sum(lines) > 0 else np.zeros(0)
    return float(-np.sum(share * np.log(share)) / np.log(len(lines))) if len(lines) > 1 else 0.0


def spectral_entropy_stats(power, freqs):
    lines = power[freqs > 0]
    if len(lines) < 2 or lines.sum() <= 0:
        return 0.0
    return float(stats.entropy(lines, base=len(lines)))


def spectral_entropy_loop(power, freqs):
    lines = [p for p, f in zip(power, freqs) if f > 0]
    total = math.fsum(lines)
    entropy = 0.0
    for p in lines:
        if p > 0:
            entropy -= p / total * math.log(p / total)
    # 1 for white noise, 0 for a single line
    return float(entropy / math.log(len(lines))) if len(lines) > 1 else 0.0


def spectral_flatness(power, freqs):
    lines = np.maximum(power[freqs > 0], 1e-300)
    return float(np.exp(np.mean(np.log(lines))) / np.mean(lines)) if len(lines) else 0.0


def spectral_flatness_stats(power, freqs):
    lines = np.clip(power[freqs > 0], 1e-300, None)
    if len(lines) == 0:
        return 0.0
    return float(stats.gmean(lines) / lines.mean())


def spectral_flatness_loop(power, freqs):
    lines = [max(p, 1e-300) for p, f in zip(power, freqs) if f > 0]
    n = max(len(lines), 1)
    geometric = math.exp(math.fsum(math.log(p) for p in lines) / n)
    return float(geometric / (math.fsum(lines) / n)) if lines else 0.0


def octave_shares(power, freqs):
    total = np.sum(power[freqs > 0])
    edges = BASE * 2.0 ** np.arange(5)
    sums = [np.sum(power[(freqs >= low) & (freqs < high)]) for low, high in zip(edges, edges[1:])]
    return {"octave_" + str(k + 1): float(part / total) if total > 0 else 0.0 for k, part in enumerate(sums)}


def octave_shares_histogram(power, freqs):
    total = power[freqs > 0].sum()
    places = np.searchsorted(freqs, [BASE * 2.0**k for k in range(5)])
    sums = [power[a:b].sum() for a, b in zip(places, places[1:])]
    return {"octave_" + str(k): float(sums[k - 1] / total) if total > 0 else 0.0 for k in (1, 2, 3, 4)}


def octave_shares_loop(power, freqs):
    total = math.fsum(p for p, f in zip(power, freqs) if f > 0)
    shares = {}
    low = BASE
    for k in range(1, 5):
        inside = math.fsum(p for p, f in zip(power, freqs) if low <= f < 2.0 * low)
        shares["octave_" + str(k)] = float(inside / total) if total > 0 else 0.0
        low = 2.0 * low
    return shares


def harmonic_ratio(power, freqs):
    first = int(np.argmax(power[1:])) + 1 if len(power) > 1 else 0
    places = first * np.arange(2, HARMONICS + 1)
    places = places[places < len(freqs)]
    return float(np.sqrt(np.sum(power[places]) / power[first])) if first and power[first] > 0 else 0.0


def harmonic_ratio_loop(power, freqs):
    if len(freqs) < 2 or max(power[1:]) <= 0:
        return 0.0
    first = max(range(1, len(power)), key=lambda k: power[k])
    above = 0.0
    for order in range(2, HARMONICS + 1):
        # harmonics beyond the last line do not count
        if order * first < len(power):
            above += power[order * first]
    return float(math.sqrt(above / power[first]))


def harmonic_ratio_stride(power, freqs):
    ratio = 0.0
    if len(freqs) > 1:
        first = 1 + int(np.argmax(power[1:]))
        lines = power[first::first][:HARMONICS]
        ratio = float(np.sqrt(lines[1:].sum() / lines[0])) if lines[0] > 0 else 0.0
    return ratio


def strongest_tones(power, freqs):
    peaks, _ = signal.find_peaks(power)
    best = peaks[np.argsort(power[peaks])[::-1][:COUNT]]
    return [float(f) for f in freqs[best]]


def strongest_tones_loop(power, freqs):
    inner = range(1, len(power) - 1)
    peaks = [k for k in inner if power[k - 1] < power[k] and power[k] > power[k + 1]]
    peaks.sort(key=lambda k: power[k], reverse=True)
    return [float(freqs[k]) for k in peaks[:COUNT]]


def strongest_tones_mask(power, freqs):
    # a line that stands above both its neighbours
    inner = (power[1:-1] > power[:-2]) & (power[1:-1] > power[2:])
    lines = sorted(zip(power[1:-1][inner], freqs[1:-1][inner]), reverse=True)
    return [float(f) for _, f in lines[:COUNT]]


def noise_floor(power, freqs):
    return float(np.median(power[freqs > 0])) if len(power) > 1 else 0.0


def noise_floor_percentile(power, freqs):
    lines = power[freqs > 0]
    return float(np.percentile(lines, 50.0)) if len(lines) else 0.0


def noise_floor_sorted(power, freqs):
    lines = sorted(p for p, f in zip(power, freqs) if f > 0)
    n = len(lines)
    return float((lines[(n - 1) // 2] + lines[n // 2]) / 2.0) if n else 0.0
