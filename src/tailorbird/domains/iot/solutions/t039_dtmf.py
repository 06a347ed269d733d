"""Right and wrong programs of T039, one function per step. Read as text, never imported."""

import wave

import numpy as np
from scipy import ndimage, signal


def load_keypad_audio(path: str) -> tuple[np.ndarray, int]:
    """Read a mono 16-bit WAV file of keypad tones.

    Args:
        path: WAV file.

    Returns:
        Samples from -1 to 1, shape (N,), and the sampling rate in Hz.
    """
    with wave.open(path, "rb") as file:
        fs = file.getframerate()
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype="<i2").astype(float) / 32768.0, fs


def keypad_tone_powers(audio: np.ndarray, fs: int) -> tuple[np.ndarray, np.ndarray]:
    """Measure the power of the eight keypad tones and of the whole keypad band every 4 ms.

    Frames of 24 ms under a Hann window; a tone of amplitude A alone has the power A^2 / 2 in both results.

    Args:
        audio: samples, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Powers of 697, 770, 852, 941, 1209, 1336, 1477 and 1633 Hz, shape (F, 8), and power between 600 and 1800 Hz,
        shape (F,).
    """
    tones = np.array([697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0])
    size, hop = round(0.024 * fs), round(0.004 * fs)
    sos = signal.butter(4, (600.0, 1800.0), btype="bandpass", fs=fs, output="sos")
    clean = signal.sosfiltfilt(sos, np.pad(audio, size))
    frames = np.lib.stride_tricks.sliding_window_view(clean, size)[::hop]
    bell = np.hanning(size)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(size) / fs, tones)) * bell[:, None]
    powers = 2.0 * np.abs(frames @ waves) ** 2 / bell.sum() ** 2
    return powers, (frames**2 @ bell) / bell.sum()


def mark_key_presses(powers: np.ndarray, band_power: np.ndarray) -> list[list[int]]:
    """Find the stretches of frames in which one row tone and one column tone stand out.

    Args:
        powers: powers of the eight tones every 4 ms, shape (F, 8).
        band_power: power of the keypad band, shape (F,).

    Returns:
        First frame and frame after the last of each press, in order.
    """
    pair = powers[:, :4].max(axis=1) + powers[:, 4:].max(axis=1)
    share = pair / np.maximum(band_power, 1e-15)
    weaker = np.minimum(powers[:, :4].max(axis=1), powers[:, 4:].max(axis=1)) / np.maximum(band_power, 1e-15)
    pressed = (share > 0.45) & (weaker > 0.08) & (pair > 0.2 * np.percentile(pair, 95))
    pressed = ndimage.binary_closing(np.pad(pressed, 4), np.ones(4))[4:-4]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], pressed.astype(int), [0]])))
    return [[int(a), int(b)] for a, b in zip(edges[::2], edges[1::2]) if b - a >= 8]


def read_keys(powers: np.ndarray, presses: list[list[int]]) -> str:
    """Name the key of each press by its strongest row tone and strongest column tone.

    Args:
        powers: powers of the eight tones, shape (F, 8).
        presses: first frame and frame after the last of each press.

    Returns:
        One character per press.
    """
    keys = ""
    for start, stop in presses:
        total = powers[start:stop].sum(axis=0)
        keys += "123A456B789C*0#D"[4 * int(np.argmax(total[:4])) + int(np.argmax(total[4:]))]
    return keys


def keypad_tone_powers_mixing(audio: np.ndarray, fs: int) -> tuple[np.ndarray, np.ndarray]:
    """Shift each tone down to 0 Hz and average over 24 ms."""
    tones = (697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0)
    size, hop = round(0.012 * fs), round(0.004 * fs)
    sos = signal.butter(3, (620.0, 1750.0), btype="bandpass", fs=fs, output="sos")
    clean = signal.sosfiltfilt(sos, np.pad(audio, size))
    times = np.arange(clean.size) / fs
    columns = []
    for tone in tones:
        mixed = clean * np.exp(-2j * np.pi * tone * times)
        for _ in range(2):
            mixed = ndimage.uniform_filter1d(mixed.real, size) + 1j * ndimage.uniform_filter1d(mixed.imag, size)
        columns.append(2.0 * np.abs(mixed[::hop]) ** 2)
    band = clean**2
    for _ in range(2):
        band = ndimage.uniform_filter1d(band, size)
    return np.stack(columns, axis=1), np.maximum(band[::hop], 1e-15)


def keypad_tone_powers_spectrum(audio: np.ndarray, fs: int) -> tuple[np.ndarray, np.ndarray]:
    """Take zero-padded spectra of 24 ms and the largest bin within 1.5 % of each tone."""
    tones = (697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0)
    size, hop = round(0.024 * fs), round(0.004 * fs)
    bell = np.hanning(size)
    padded = np.pad(audio, size)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    length = 8 * size
    f = np.fft.rfftfreq(length, 1.0 / fs)
    keep = (f > 600.0) & (f < 1800.0)
    spectrum = np.abs(np.fft.rfft(frames * bell, length)[:, keep]) ** 2
    f = f[keep]
    powers = [spectrum[:, np.abs(f / tone - 1.0) < 0.015].max(axis=1) for tone in tones]
    band = 2.0 * spectrum.sum(axis=1) / length / np.sum(bell**2)
    return 2.0 * np.stack(powers, axis=1) / bell.sum() ** 2, band


def mark_key_presses_level(powers: np.ndarray, band_power: np.ndarray) -> list[list[int]]:
    """Cut at a share of the loudest pair, then drop stretches in which the pair does not rule the band."""
    rows, columns = powers[:, :4].max(axis=1), powers[:, 4:].max(axis=1)
    level = ndimage.median_filter(np.sqrt(rows * columns), 3)
    loud = level > 0.3 * np.sort(level)[int(0.97 * (level.size - 1))]
    presses, start = [], -1
    for k, on in enumerate([*loud.tolist(), False]):
        if on and start < 0:
            start = k
        if not on and start >= 0:
            inside = slice(start, k)
            rule = np.mean((rows[inside] + columns[inside]) / np.maximum(band_power[inside], 1e-15))
            if k - start >= 8 and rule > 0.5:
                presses.append([start, k])
            start = -1
    return presses


def mark_key_presses_whole(powers: np.ndarray, band_power: np.ndarray) -> list[list[int]]:
    """Take the recording for one press."""
    return [[0, len(powers)]]


def mark_key_presses_frames(powers: np.ndarray, band_power: np.ndarray) -> list[list[int]]:
    """Take every frame with a strong pair for a press of its own."""
    pair = powers[:, :4].max(axis=1) + powers[:, 4:].max(axis=1)
    strong = (pair > 0.45 * band_power) & (pair > 0.2 * np.percentile(pair, 95))
    return [[int(k), int(k) + 1] for k in np.flatnonzero(strong)]


def read_keys_merged(powers: np.ndarray, presses: list[list[int]]) -> str:
    """Write a key only when it differs from the one before."""
    keys = ""
    for start, stop in presses:
        total = powers[start:stop].sum(axis=0)
        key = "123A456B789C*0#D"[4 * int(np.argmax(total[:4])) + int(np.argmax(total[4:]))]
        keys += key if not keys.endswith(key) else ""
    return keys


def read_keys_twelve(powers: np.ndarray, presses: list[list[int]]) -> str:
    """Know the twelve keys of a telephone alone."""
    keys = ""
    for start, stop in presses:
        total = powers[start:stop].sum(axis=0)
        keys += "123456789*0#"[3 * int(np.argmax(total[:4])) + int(np.argmax(total[4:7]))]
    return keys
