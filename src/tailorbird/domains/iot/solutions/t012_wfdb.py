"""Right and wrong programs of T012, one function per step. Read as text, never imported."""

import base64
import json
import re
import struct

import numpy as np
from scipy import ndimage, signal


def unpack_record(path: str) -> tuple[list[str], np.ndarray]:
    """Read header lines and signal words of a packed WFDB record.

    Args:
        path: JSON object with header (text) and dat (base64 of 16-bit little-endian words).

    Returns:
        Header lines without comments, and the interleaved words, shape (K,), in units of the converter.
    """
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    lines = [line.strip() for line in record["header"].splitlines()]
    words = np.frombuffer(base64.b64decode(record["dat"]), dtype="<i2")
    return [line for line in lines if line and not line.startswith("#")], words.astype(np.int64)


def physical_ecg(header: list[str], words: np.ndarray) -> tuple[np.ndarray, float]:
    """Pick the ECG channel and convert it to millivolts.

    Args:
        header: header lines, the record line first, then one line per signal.
        words: interleaved samples of all signals in units of the converter, shape (K,).

    Returns:
        ECG in mV, shape (N,), and the sampling rate in Hz.
    """
    count, fs = int(header[0].split()[1]), float(header[0].split()[2])
    for channel, line in enumerate(header[1 : count + 1]):
        fields = line.split()
        if fields[8] == "ECG":
            gain, baseline = re.match(r"([\d.]+)(?:\((-?\d+)\))?", fields[2]).groups()
            zero = int(baseline) if baseline is not None else int(fields[4])
            return (words[channel::count] - zero) / float(gain), fs
    raise ValueError("no signal is described as ECG")


def detect_beat_samples(ecg: np.ndarray, fs: float) -> list[int]:
    """Find the samples of the R peaks of an ECG.

    Args:
        ecg: voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Sample numbers, ascending; empty when no peak rises 0.3 mV.
    """
    sos = signal.butter(2, (2.0, 30.0), btype="bandpass", fs=fs, output="sos")
    flat = signal.sosfiltfilt(sos, ecg)
    peaks, found = signal.find_peaks(flat, height=0.3, distance=round(0.3 * fs))
    if peaks.size:
        peaks = peaks[found["peak_heights"] > 0.5 * np.percentile(found["peak_heights"], 90)]
    return [int(peak) for peak in peaks]


def median_peak_voltage(ecg: np.ndarray, samples: list[int]) -> float | None:
    """Give the median voltage at the R peaks.

    Args:
        ecg: voltage in mV, shape (N,).
        samples: sample numbers of the R peaks.

    Returns:
        Voltage in mV; none without beats.
    """
    return float(np.median(ecg[samples])) if samples else None


def encode_annotations(samples: list[int]) -> str:
    """Write beats as an annotation file of the MIT format.

    Each annotation is a 16-bit little-endian word: type in the upper 6 bits (1 is N, a normal beat), samples since the
    annotation before in the lower 10. A longer wait is announced by SKIP (type 59) and its length in two words, the high
    one first. A word of zero ends the file.

    Args:
        samples: sample numbers of the beats, ascending.

    Returns:
        Base64 of the file's bytes.
    """
    out = bytearray()
    last = 0
    for sample in samples:
        wait = sample - last
        if wait > 1023:
            out += struct.pack("<HHH", 59 << 10, wait >> 16, wait & 0xFFFF)
            wait = 0
        out += struct.pack("<H", (1 << 10) | wait)
        last = sample
    out += struct.pack("<H", 0)
    return base64.b64encode(bytes(out)).decode("ascii")


def unpack_record_struct(path: str) -> tuple[list[str], np.ndarray]:
    """Decode the words with the struct module."""
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    raw = base64.b64decode(record["dat"])
    words = np.array(struct.unpack(f"<{len(raw) // 2}h", raw), dtype=np.int64)
    header = [line for line in record["header"].split("\n") if line.strip() and line[0] != "#"]
    return header, words


def physical_ecg_table(header: list[str], words: np.ndarray) -> tuple[np.ndarray, float]:
    """Reshape the words to a table with one column per signal, then take gain and zero from the field's parts."""
    _, count, fs, *_ = header[0].split()
    table = words.reshape(-1, int(count))
    names = [line.split(maxsplit=8)[8].strip() for line in header[1 : int(count) + 1]]
    column = names.index("ECG")
    fields = header[1 + column].split()
    scale = fields[2].split("/")[0]
    if "(" in scale:
        gain, zero = scale.rstrip(")").split("(")
    else:
        gain, zero = scale, fields[4]
    return (table[:, column].astype(float) - float(zero)) / float(gain), float(fs)


def detect_beat_samples_slope(ecg: np.ndarray, fs: float) -> list[int]:
    """Find lumps of steep slope and move to the largest voltage near each, if it rises enough above its surroundings."""
    smooth = ndimage.gaussian_filter1d(ecg, 0.006 * fs)
    energy = ndimage.uniform_filter1d((np.gradient(smooth) * fs) ** 2, round(0.08 * fs))
    lumps, _ = signal.find_peaks(energy, height=50.0, distance=round(0.3 * fs))
    reach, around = round(0.06 * fs), round(0.3 * fs)
    beats = []
    for lump in lumps:
        start = max(0, int(lump) - reach)
        top = start + int(np.argmax(smooth[start : lump + reach + 1]))
        if smooth[top] - np.median(smooth[max(0, top - around) : top + around]) > 0.3:
            beats.append(top)
    return beats


def detect_beat_samples_walker(ecg: np.ndarray, fs: float) -> list[int]:
    """Take the drift off with a moving average and walk along: the top of each rise above 0.35 mV is a beat."""
    flat = ndimage.gaussian_filter1d(ecg, 0.005 * fs)
    flat = flat - ndimage.uniform_filter1d(flat, round(0.5 * fs))
    limit = max(0.3, 0.5 * float(np.percentile(flat, 99.3)))
    beats: list[int] = []
    top = -1
    for index, value in enumerate(flat.tolist()):
        if value > limit:
            if top < 0 or value > flat[top]:
                top = index
        elif top >= 0:
            if not beats or top - beats[-1] > 0.3 * fs:
                beats.append(top)
            top = -1
    return beats


def encode_annotations_words(samples: list[int]) -> str:
    """Collect all words in a list and convert them to bytes at once."""
    words: list[int] = []
    for wait in np.diff(samples, prepend=0).tolist():
        if wait > 1023:
            words += [59 << 10, wait >> 16, wait & 0xFFFF, 1 << 10]
        else:
            words.append((1 << 10) + wait)
    return base64.b64encode(np.array([*words, 0], dtype="<u2").tobytes()).decode()


def physical_ecg_first(header: list[str], words: np.ndarray) -> tuple[np.ndarray, float]:
    """Take the first signal for the ECG, whatever it is."""
    _, count, fs, *_ = header[0].split()
    fields = header[1].split()
    gain, baseline = re.match(r"([\d.]+)(?:\((-?\d+)\))?", fields[2]).groups()
    zero = int(baseline) if baseline is not None else int(fields[4])
    return (words[:: int(count)] - zero) / float(gain), float(fs)


def detect_beat_samples_comb(ecg: np.ndarray, fs: float) -> list[int]:
    """Place a beat every 0.8 s."""
    return list(range(round(0.5 * fs), ecg.size, round(0.8 * fs)))


def encode_annotations_text(samples: list[int]) -> str:
    """Write the sample numbers as text."""
    text = " ".join(f"{sample} N" for sample in samples)
    return base64.b64encode(text.encode()).decode()


def encode_annotations_absolute(samples: list[int]) -> str:
    """Write sample numbers instead of intervals."""
    out = bytearray()
    for sample in samples:
        if sample > 1023:
            out += struct.pack("<HHH", 59 << 10, sample >> 16, sample & 0xFFFF)
        out += struct.pack("<H", (1 << 10) | (sample if sample <= 1023 else 0))
    out += struct.pack("<H", 0)
    return base64.b64encode(bytes(out)).decode("ascii")


def encode_annotations_no_skip(samples: list[int]) -> str:
    """Cut intervals off at 1023 samples."""
    out = bytearray()
    last = 0
    for sample in samples:
        out += struct.pack("<H", (1 << 10) | min(1023, sample - last))
        last = sample
    out += struct.pack("<H", 0)
    return base64.b64encode(bytes(out)).decode("ascii")
