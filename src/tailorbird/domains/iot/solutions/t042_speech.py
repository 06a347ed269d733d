"""Right and wrong programs of T042, one function per step. Read as text, never imported."""

import wave

import numpy as np
from scipy import ndimage, signal


def load_room_audio(path: str) -> tuple[np.ndarray, int]:
    """Read a mono 16-bit WAV recording of a room.

    Args:
        path: WAV file.

    Returns:
        Samples from -1 to 1, shape (N,), and the sampling rate in Hz.
    """
    with wave.open(path, "rb") as file:
        fs = file.getframerate()
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype="<i2").astype(float) / 32768.0, fs


def frame_levels(audio: np.ndarray, fs: int) -> np.ndarray:
    """Measure the level of the speech band every 10 ms.

    Args:
        audio: samples, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Power between 250 and 3600 Hz in frames of 20 ms in dB, shape (F,) with F = N / (0.01 fs), rounded down.
    """
    hop = fs // 100
    count = audio.size // hop
    if count == 0:
        return np.zeros(0)
    sos = signal.butter(6, (250.0, 3600.0), btype="bandpass", fs=fs, output="sos")
    power = signal.sosfiltfilt(sos, audio) ** 2
    smooth = ndimage.uniform_filter1d(power, 2 * hop, mode="nearest")
    centres = hop // 2 + hop * np.arange(count)
    return 10.0 * np.log10(smooth[centres] + 1e-12)


def mark_speech_frames(levels: np.ndarray) -> np.ndarray:
    """Decide for every frame whether somebody speaks.

    Args:
        levels: level of the speech band every 10 ms in dB, shape (F,); the first 0.3 s are noise.

    Returns:
        True where somebody speaks, shape (F,).
    """
    if levels.size == 0:
        return np.zeros(0, dtype=bool)
    floor = np.median(levels[:25])
    active = levels > floor + 5.0
    padded = np.pad(active, 20)
    active = ndimage.binary_closing(padded, np.ones(20))[20:-20]
    return ndimage.binary_opening(active, np.ones(15))


def speech_intervals(active: np.ndarray) -> list[list[float]]:
    """Turn marked frames into start and end times.

    Args:
        active: True where somebody speaks, every 10 ms, shape (F,).

    Returns:
        Start and end of each run of marked frames in s.
    """
    edges = np.diff(np.concatenate([[0], active.astype(int), [0]]))
    starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    return (0.01 * np.stack([starts, stops], axis=1)).tolist()


def frame_levels_spectra(audio: np.ndarray, fs: int) -> np.ndarray:
    """Sum the bins from 250 to 3600 Hz of short-time spectra under a Hann window."""
    hop = fs // 100
    count = audio.size // hop
    if count == 0:
        return np.zeros(0)
    size = 3 * hop
    padded = np.pad(audio, hop, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    f = np.fft.rfftfreq(size, 1.0 / fs)
    band = spectra[:, (f >= 250.0) & (f <= 3600.0)].sum(axis=1)
    return 10.0 * np.log10(band + 1e-12)


def mark_speech_frames_spread(levels: np.ndarray) -> np.ndarray:
    """Smooth by a median and put the threshold four deviations of the opening noise, at least 4 dB, above it."""
    if levels.size == 0:
        return np.zeros(0, dtype=bool)
    smooth = ndimage.median_filter(levels, 3)
    noise = smooth[:28]
    active = smooth > noise.mean() + max(4.0, 4.0 * noise.std())
    grown = ndimage.binary_dilation(np.pad(active, 12), np.ones(21))
    active = ndimage.binary_erosion(grown, np.ones(21))[12:-12]
    labels, count = ndimage.label(active)
    for k in range(1, count + 1):
        if np.sum(labels == k) < 15:
            active[labels == k] = False
    return active


def speech_intervals_loop(active: np.ndarray) -> list[list[float]]:
    """Walk over the frames and note where speech starts and stops."""
    found = []
    start = None
    for k, on in enumerate([*active.tolist(), False]):
        if on and start is None:
            start = k
        elif not on and start is not None:
            found.append([start / 100.0, k / 100.0])
            start = None
    return found


def mark_speech_frames_machine(levels: np.ndarray) -> np.ndarray:
    """Enter speech after three loud frames, leave it after twenty soft ones, and forget what is too short."""
    active = np.zeros(levels.size, dtype=bool)
    if levels.size == 0:
        return active
    ordered = np.sort(levels[:25])
    limit = float(ordered[12]) + 4.8
    loud, soft, start, last = 0, 0, -1, 0
    for k, level in enumerate(levels.tolist()):
        if level > limit:
            loud, soft, last = loud + 1, 0, k
            if loud == 3 and start < 0:
                start = k - 2
        else:
            loud, soft = 0, soft + 1
            if start >= 0 and soft >= 20:
                active[start : last + 1] = last + 1 - start >= 15
                start = -1
    if start >= 0 and last + 1 - start >= 15:
        active[start : last + 1] = True
    return active


def mark_speech_frames_always(levels: np.ndarray) -> np.ndarray:
    """Claim that somebody speaks all the time."""
    return np.ones(levels.size, dtype=bool)


def mark_speech_frames_fixed(levels: np.ndarray) -> np.ndarray:
    """Compare with -40 dB whatever the recording."""
    active = ndimage.binary_closing(np.pad(levels > -40.0, 20), np.ones(20))[20:-20]
    return ndimage.binary_opening(active, np.ones(15))


def frame_levels_hum(audio: np.ndarray, fs: int) -> np.ndarray:
    """Measure the level of everything, hum included."""
    hop = fs // 100
    count = audio.size // hop
    frames = audio[: count * hop].reshape(count, hop)
    return 10.0 * np.log10(np.mean(frames**2, axis=1) + 1e-12)


def mark_speech_frames_loudest(levels: np.ndarray) -> np.ndarray:
    """Take the frames within 3 dB of the loudest one."""
    if levels.size == 0:
        return np.zeros(0, dtype=bool)
    return levels > levels.max() - 3.0
