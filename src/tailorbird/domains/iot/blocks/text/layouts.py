"""Functions that read sensor files. Read as text, never imported. Upper-case names are parameters."""

import csv
import json
import wave
from datetime import datetime as instant

import numpy as np
import pandas as pd


def series_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    t = np.array([float(row[TIME]) for row in rows])
    x = np.array([float(row[VALUE]) for row in rows])
    fs = (len(t) - 1) / (t[-1] - t[0])
    return x, float(fs)


def series_csv_pandas(path):
    table = pd.read_csv(path)
    t = table[TIME].to_numpy(dtype=float)
    x = table[VALUE].to_numpy(dtype=float)
    return x, float((t.size - 1) / (t[-1] - t[0]))


def series_csv_numpy(path):
    with open(path, encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        rows = np.loadtxt(file, delimiter=",", ndmin=2)
    t, x = rows[:, header.index(TIME)], rows[:, header.index(VALUE)]
    fs = (t.size - 1) / (t[-1] - t[0])
    return x, float(fs)


def series_semicolon(path):
    times, samples = [], []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            # decimal commas
            times.append(float(row[TIME].replace(",", ".")))
            samples.append(float(row[VALUE].replace(",", ".")))
    fs = (len(times) - 1) / (times[-1] - times[0])
    return np.array(samples), fs


def series_semicolon_pandas(path):
    table = pd.read_csv(path, sep=";", decimal=",")
    t = table[TIME].to_numpy(dtype=float)
    fs = (len(t) - 1) / (t[-1] - t[0])
    return table[VALUE].to_numpy(dtype=float), float(fs)


def series_milliseconds(path):
    with open(path, encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split("\t")
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    t = np.array([float(row[names.index(TIME)]) for row in rows]) / 1000.0
    x = np.array([float(row[names.index(VALUE)]) for row in rows])
    fs = (len(t) - 1) / (t[-1] - t[0])
    return x, float(fs)


def series_milliseconds_pandas(path):
    table = pd.read_csv(path, sep="\t")
    seconds = table[TIME].to_numpy(dtype=float) / 1000.0
    fs = (seconds.size - 1) / (seconds[-1] - seconds[0])
    return table[VALUE].to_numpy(dtype=float), float(fs)


def series_comment(path):
    with open(path, encoding="utf-8") as file:
        fs = float(file.readline().split("=")[1])
        file.readline()
        x = np.array([float(line) for line in file if line.strip()])
    return x, fs


def series_comment_numpy(path):
    with open(path, encoding="utf-8") as file:
        first = file.readline()
    _, _, rate = first.partition("=")
    x = np.loadtxt(path, skiprows=2, ndmin=1)
    return x, float(rate)


def series_json(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return np.array(data[VALUE], dtype=float), float(data[RATE])


def series_json_text(path):
    text = open(path, "rb").read().decode("utf-8")
    record = json.loads(text)
    x = np.fromiter((float(v) for v in record[VALUE]), dtype=float)
    return x, float(record[RATE])


def series_nested(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    fs = float(record["meta"][RATE])
    x = np.asarray(record["data"][VALUE], dtype=float)
    return x, fs


def series_nested_lists(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    meta, data = record["meta"], record["data"]
    return np.array([float(v) for v in data[VALUE]]), float(meta[RATE])


def series_interval(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    # the interval is in milliseconds
    fs = 1000.0 / float(data["interval_ms"])
    return np.array(data[VALUE], dtype=float), fs


def series_interval_seconds(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    step = record["interval_ms"] / 1000.0
    x = np.asarray(record[VALUE], dtype=np.float64)
    return x, 1.0 / step


def series_lines(path):
    times, samples = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                reading = json.loads(line)
                times.append(float(reading[TIME]))
                samples.append(float(reading[VALUE]))
    fs = (len(times) - 1) / (times[-1] - times[0])
    return np.array(samples), fs


def series_lines_pandas(path):
    table = pd.read_json(path, lines=True)
    t = table[TIME].to_numpy(dtype=float)
    return table[VALUE].to_numpy(dtype=float), float((len(t) - 1) / (t[-1] - t[0]))


def series_npz(path):
    with np.load(path) as arrays:
        x = arrays[VALUE].astype(float)
        fs = float(arrays[RATE])
    return x, fs


def series_npz_item(path):
    arrays = np.load(path, allow_pickle=False)
    return np.asarray(arrays[VALUE], dtype=float), arrays[RATE].item()


def series_wav(path):
    with wave.open(path, "rb") as file:
        fs = file.getframerate()
        data = file.readframes(file.getnframes())
    x = np.frombuffer(data, dtype="<i2") / 32768.0 * FULL_SCALE
    return x, float(fs)


def series_wav_bytes(path):
    with wave.open(path, "rb") as file:
        count = file.getnframes()
        raw = file.readframes(count)
        rate = file.getframerate()
    ints = [int.from_bytes(raw[2 * i : 2 * i + 2], "little", signed=True) for i in range(count)]
    x = np.array(ints, dtype=float) * (FULL_SCALE / 32768.0)
    return x, float(rate)


def series_senml(path):
    with open(path, encoding="utf-8") as file:
        pack = json.load(file)
    base = pack[0].get("bt", 0.0)
    t = np.array([base + record.get("t", 0.0) for record in pack])
    x = np.array([float(record["v"]) for record in pack])
    fs = (len(t) - 1) / (t[-1] - t[0])
    return x, float(fs)


def series_senml_loop(path):
    with open(path, encoding="utf-8") as file:
        records = json.load(file)
    start, times, samples = 0.0, [], []
    for record in records:
        start = record.get("bt", start)
        times.append(start + record.get("t", 0.0))
        samples.append(record["v"])
    fs = (len(times) - 1) / (times[-1] - times[0])
    return np.array(samples, dtype=float), fs


def series_iso(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    moments = [instant.fromisoformat(row[TIME]) for row in rows]
    span = (moments[-1] - moments[0]).total_seconds()
    x = np.array([float(row[VALUE]) for row in rows])
    return x, (len(moments) - 1) / span


def series_iso_pandas(path):
    table = pd.read_csv(path)
    moments = pd.to_datetime(table[TIME], format="ISO8601")
    span = (moments.iloc[-1] - moments.iloc[0]).total_seconds()
    return table[VALUE].to_numpy(dtype=float), (len(table) - 1) / span


def multi_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    t = np.array([float(row[TIME]) for row in rows])
    x = np.array([[float(row[name]) for name in CHANNELS] for row in rows])
    fs = (len(t) - 1) / (t[-1] - t[0])
    return x, float(fs)


def multi_csv_pandas(path):
    table = pd.read_csv(path)
    t = table[TIME].to_numpy(dtype=float)
    x = table[list(CHANNELS)].to_numpy(dtype=float)
    return x, float((t.size - 1) / (t[-1] - t[0]))


def multi_csv_numpy(path):
    with open(path, encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        rows = np.loadtxt(file, delimiter=",", ndmin=2)
    t = rows[:, header.index(TIME)]
    x = np.stack([rows[:, header.index(name)] for name in CHANNELS], axis=1)
    return x, float((t.size - 1) / (t[-1] - t[0]))


def multi_json(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    x = np.column_stack([data[name] for name in CHANNELS]).astype(float)
    return x, float(data[RATE])


def multi_json_rows(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    rows = list(zip(*(data[name] for name in CHANNELS)))
    return np.array(rows, dtype=float), float(data[RATE])


def multi_lines(path):
    times, rows = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                reading = json.loads(line)
                times.append(float(reading[TIME]))
                rows.append([float(reading[name]) for name in CHANNELS])
    fs = (len(times) - 1) / (times[-1] - times[0])
    return np.array(rows), fs


def multi_lines_pandas(path):
    table = pd.read_json(path, lines=True)
    t = table[TIME].to_numpy(dtype=float)
    x = table[list(CHANNELS)].to_numpy(dtype=float)
    return x, float((len(t) - 1) / (t[-1] - t[0]))


def multi_npz(path):
    with np.load(path) as arrays:
        x = np.stack([arrays[name] for name in CHANNELS], axis=1).astype(float)
        fs = float(arrays[RATE])
    return x, fs


def multi_npz_columns(path):
    arrays = np.load(path, allow_pickle=False)
    x = np.column_stack([np.asarray(arrays[name], dtype=float) for name in CHANNELS])
    return x, arrays[RATE].item()


def values_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    t = np.array([float(row[TIME]) for row in rows])
    x = np.array([float(row[VALUE]) for row in rows])
    return x, t


def values_csv_pandas(path):
    table = pd.read_csv(path)
    return table[VALUE].to_numpy(dtype=float), table[TIME].to_numpy(dtype=float)


def values_semicolon(path):
    times, readings = [], []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            times.append(float(row[TIME].replace(",", ".")))
            readings.append(float(row[VALUE].replace(",", ".")))
    return np.array(readings), np.array(times)


def values_semicolon_pandas(path):
    table = pd.read_csv(path, sep=";", decimal=",")
    return table[VALUE].to_numpy(dtype=float), table[TIME].to_numpy(dtype=float)


def values_milliseconds(path):
    with open(path, encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split("\t")
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    t = np.array([float(row[names.index(TIME)]) for row in rows]) / 1000.0
    x = np.array([float(row[names.index(VALUE)]) for row in rows])
    return x, t


def values_milliseconds_pandas(path):
    table = pd.read_csv(path, sep="\t")
    return table[VALUE].to_numpy(dtype=float), table[TIME].to_numpy(dtype=float) / 1000.0


def values_lines(path):
    times, readings = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                reading = json.loads(line)
                times.append(float(reading[TIME]))
                readings.append(float(reading[VALUE]))
    return np.array(readings), np.array(times)


def values_lines_pandas(path):
    table = pd.read_json(path, lines=True)
    return table[VALUE].to_numpy(dtype=float), table[TIME].to_numpy(dtype=float)


def values_senml(path):
    with open(path, encoding="utf-8") as file:
        pack = json.load(file)
    base = pack[0].get("bt", 0.0)
    t = np.array([base + record.get("t", 0.0) for record in pack])
    x = np.array([float(record["v"]) for record in pack])
    return x, t - t[0]


def values_senml_loop(path):
    with open(path, encoding="utf-8") as file:
        records = json.load(file)
    start, times, readings = 0.0, [], []
    for record in records:
        start = record.get("bt", start)
        times.append(start + record.get("t", 0.0))
        readings.append(float(record["v"]))
    # time counts from the first reading
    return np.array(readings), np.array([moment - times[0] for moment in times])


def values_iso(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    moments = [instant.fromisoformat(row[TIME]) for row in rows]
    t = np.array([(moment - moments[0]).total_seconds() for moment in moments])
    x = np.array([float(row[VALUE]) for row in rows])
    return x, t


def values_iso_pandas(path):
    table = pd.read_csv(path)
    moments = pd.to_datetime(table[TIME], format="ISO8601")
    t = (moments - moments.iloc[0]).dt.total_seconds().to_numpy(dtype=float)
    return table[VALUE].to_numpy(dtype=float), t
