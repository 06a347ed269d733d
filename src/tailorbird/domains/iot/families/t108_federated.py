"""T108 federated: one model for several homes, trained without any row leaving its home.

The program hands in what every home sent in every round. The judge repeats each local training from that home's rows
and the model of the round before, so pooled rows, a wrong start or wrong weights show at once. Covers: federated
averaging of a logistic model with full-batch steps. Does not cover: secure sums, lost homes, what updates give away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

MARGIN = 0.8
"""Distance of the rows from the border between the labels, in deviations of a feature."""

TESTED = 60
"""Rows to label."""


def generate(seed: int, level: Level) -> Instance:
    """3 to 6 homes with 15 to 120 rows; edge: a single home, a home without rows, or nothing to label."""
    draw = make.rng(seed, "T108", level)
    kind = str(draw.choice(["single", "silent", "untested"])) if level == "edge" else ""
    homes = 1 if kind == "single" else int(draw.integers(3, 7))
    width = int(draw.integers(3, 7))
    normal = draw.normal(size=width)
    normal /= np.linalg.norm(normal)
    border = float(draw.uniform(-0.4, 0.4))
    sizes = draw.integers(15, 60, homes)
    sizes[int(draw.integers(0, homes))] = int(draw.integers(90, 121))
    if kind == "silent":
        sizes[int(np.argmin(sizes))] = 0
    lean = draw.permutation(np.linspace(0.15, 0.85, homes)) if homes > 1 else np.array([0.5])
    parts = [_rows(draw, int(size), normal, border, float(share)) for size, share in zip(sizes, lean, strict=True)]
    test, answers = _rows(draw, 0 if kind == "untested" else TESTED, normal, border, 0.5)
    order = draw.permutation(int(sizes.sum()))
    arrays = {
        "features": np.round(np.concatenate([rows for rows, _ in parts]), 4)[order],
        "labels": np.concatenate([labels for _, labels in parts])[order],
        "home": np.repeat(np.arange(homes), sizes)[order],
        "homes": np.array(homes),
        "test": np.round(test, 4),
        "rounds": np.array(int(draw.integers(12, 21))),
        "steps": np.array(int(draw.integers(3, 7))),
        "rate": np.array(round(float(draw.uniform(0.5, 1.0)), 2)),
    }
    return _instance(arrays, answers)


def _rows(
    draw: np.random.Generator, count: int, normal: make.Floats, border: float, share: float
) -> tuple[make.Floats, np.ndarray[Any, np.dtype[np.int64]]]:
    """Rows with labels, a share of them 1, none nearer to the border than the margin."""
    labels = (draw.random(count) < share).astype(np.int64)
    rows = draw.normal(size=(count, normal.size))
    side = np.where(labels == 1, 1.0, -1.0) * (MARGIN + np.abs(draw.normal(0, 0.8, count)))
    rows += (border + side - rows @ normal)[:, None] * normal
    return rows, labels


def _instance(arrays: Mapping[str, Any], answers: np.ndarray[Any, Any]) -> Instance:
    content = make.npz_bytes(**{name: np.asarray(array) for name, array in arrays.items()})
    return Instance({"homes.npz": content}, {**arrays, "answers": answers}, "homes.npz")


def _visit(design: make.Floats, labels: make.Floats, model: make.Floats, steps: int, rate: float) -> make.Floats:
    """What a home sends back: gradient steps on its own mean logistic loss, with the logistic function by tanh."""
    for _ in range(steps if len(labels) else 0):
        model = model - rate * (0.5 * (1 + np.tanh(0.5 * (design @ model))) - labels) @ design / len(labels)
    return model


def _gap(right: make.Floats, found: make.Floats) -> float:
    """Largest difference, relative to the size of the right values."""
    worst = float(np.max(np.abs(right - found), initial=0.0)) / (1.0 + float(np.max(np.abs(right), initial=0.0)))
    return worst if math.isfinite(worst) else 1e9


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest error of an update, of the average, and shares of labels that agree with the model and with the truth."""
    names = ("update_error", "average_error", "agreement", "accuracy")
    bad = dict(zip(names, (math.inf, math.inf, 0.0, 0.0), strict=True))
    updates, weights, labels = output["updates"], output["weights"], output["labels"]
    width, homes, rounds = truth["features"].shape[1] + 1, int(truth["homes"]), int(truth["rounds"])
    formed = len(updates) == rounds and all(
        len(sent) == homes and all(len(w) == width for w in sent) for sent in updates
    )
    if not formed or len(weights) != width or len(labels) != len(truth["answers"]):
        return bad
    found = np.clip(np.array(updates, dtype=float), -1e6, 1e6)
    design = np.column_stack([truth["features"], np.ones(len(truth["features"]))])
    own = [truth["home"] == home for home in range(homes)]
    sizes = np.array([mask.sum() for mask in own], dtype=float)
    model, worst = np.zeros(width), 0.0
    for sent in found:
        for mask, update in zip(own, sent, strict=True):
            right = _visit(design[mask], truth["labels"][mask], model, int(truth["steps"]), float(truth["rate"]))
            worst = max(worst, _gap(right, update))
        model = sizes @ sent / sizes.sum()
    stated = np.clip(np.array(weights, dtype=float), -1e6, 1e6)
    by_model = (truth["test"] @ stated[:-1] + stated[-1] >= 0).astype(int)
    given = np.array([label if abs(label) < 2 else 2 for label in labels], dtype=int)
    return {
        "update_error": worst,
        "average_error": _gap(model, stated),
        "agreement": float(np.mean(given == by_model)) if labels else 1.0,
        "accuracy": float(np.mean(given == truth["answers"])) if labels else 1.0,
    }


def _arrays(instance: Instance) -> dict[str, Any]:
    with np.load(BytesIO(instance.visible["homes.npz"])) as found:
        return {name: found[name] for name in found.files}


def _renamed_homes(instance: Instance, seed: int) -> Instance:
    arrays = _arrays(instance)
    arrays["home"] = make.rng(seed, "homes").permutation(int(arrays["homes"]))[arrays["home"]]
    return _instance(arrays, instance.truth["answers"])


def _turned_columns(instance: Instance, seed: int) -> Instance:
    arrays = _arrays(instance)
    order = make.rng(seed, "columns").permutation(arrays["features"].shape[1])
    arrays["features"], arrays["test"] = arrays["features"][:, order], arrays["test"][:, order]
    return _instance(arrays, instance.truth["answers"])


INPUTS = Slot("inputs", "list[ndarray[float64, (N, D)]]", "1", "features of each home", "task1")
UPDATES = Slot("updates", "list[list[list[float]]]", "1", "by round and home, the weights and the bias it sends")

FAMILY = Family(
    id="T108",
    title="Federated",
    domain="L",
    version=1,
    wordings=(
        Wording("Train on five homes without pooling data.", "goal"),
        Wording("Run federated averaging: each home takes gradient steps on its own rows, the server averages by number of rows.", "operation"),
        Wording("rows of several homes → FedAvg model, labels", "terse"),
        Wording("Several households want one common presence detector, but nobody's measurements may leave the house.", "goal"),
        Wording("Train a logistic model in rounds over the homes of homes.npz and show every update that was sent.", "operation"),
        Wording("Learn from all our homes together while each keeps its data to itself, then label the new rows.", "goal"),
        Wording("federated logistic regression, updates logged", "terse"),
        Wording("My neighbours would join in if only model parameters went to the server. Build the shared classifier that way.", "goal", held=True),
        Wording("Do local full-batch descent per client, aggregate parameters weighted by sample count, and repeat for the given rounds.", "operation", held=True),
        Wording("decentralised training across households", "terse", held=True),
        Wording("用五户家庭的数据训练，但不集中数据。", "goal", "zh"),
        Wording("做联邦平均：每户在自己的数据上走几步梯度，服务器按行数加权平均。", "operation", "zh"),
        Wording("几家人想共用一个模型，但各自的数据不能出门，请这样训练并给新数据打标签。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`homes.npz`: arrays `features` (N rows of D numbers), `labels` (N, 0 or 1), `home` (N, number of the home of each row, from 0), `homes` (how many there are), "
            "`test` (M rows of D numbers without label), `rounds`, `steps`, `rate`",
        ),
        outputs=(
            Slot("updates", "list[list[list[float]]]", "1", "by round and home, the D weights and then the bias that the home sends"),
            Slot("weights", "list[float]", "1", "D weights and then the bias of the common model after the last round"),
            Slot("labels", "list[int]", "1", "label of each test row by the common model"),
        ),
        remarks=(
            "the model is logistic: the chance of label 1 is s(w · x + b) with s(z) = 1 / (1 + exp(-z)); the label is 1 where w · x + b is at least 0",
            "the first common model is all zeros; in each of `rounds` rounds every home starts from the common model of the round before",
            "a home takes `steps` steps of `rate` times the gradient of the mean logistic loss over all its own rows, bias included, and sends the result",
            "the next common model is the mean of what the homes sent, weighted by their numbers of rows",
            "no home may use rows of another one, nor anything computed from them but the common model; features are not rescaled",
            "a home without rows sends the common model back and has no weight; the number of homes is five only as an example",
            "updates and weights are wanted within 1e-6 relative, labels as the common model gives them",
            "example: one home with the single row 2 of label 1, one step of rate 1 from zeros sends the weight 1 and the bias 0.5",
        ),
    ),
    stages=(
        Stage(
            "Load Home Shards",
            ("read rows and labels", "part them by home", "read test rows, rounds, steps and rate"),
            "Read what each home has measured, and how the common model is trained.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("inputs", "list[ndarray[float64, (N, D)]]", "1", "features of each home"),
                Slot("targets", "list[ndarray[float64, (N)]]", "1", "labels of each home"),
                Slot("test", "ndarray[float64, (M, D)]", "1", "features to label"),
                Slot("rounds", "int", "1", "number of rounds"),
                Slot("steps", "int", "1", "local steps per round"),
                Slot("rate", "float", "1", "learning rate"),
            ),
        ),
        Stage(
            "Train Federated Rounds",
            ("send the common model to every home", "gradient steps on the home's own rows", "average by number of rows", "keep what each home sent"),
            "Let every home train on its own rows in each round, and average what they send.",
            (
                INPUTS,
                Slot("targets", "list[ndarray[float64, (N)]]", "1", "labels of each home", "task1"),
                Slot("rounds", "int", "1", "number of rounds", "task1"),
                Slot("steps", "int", "1", "local steps per round", "task1"),
                Slot("rate", "float", "1", "learning rate", "task1"),
            ),
            (UPDATES,),
        ),
        Stage(
            "Final Global Model",
            ("take the updates of the last round", "mean weighted by number of rows"),
            "Average the last updates, each weighted by the number of rows behind it.",
            (INPUTS, Slot(UPDATES.name, UPDATES.type, "1", UPDATES.meaning, "task2")),
            (Slot("weights", "list[float]", "1", "weights and bias of the common model"),),
        ),
        Stage(
            "Label By Model",
            ("score of each row", "1 where it is at least 0"),
            "Label rows by the sign of their score.",
            (
                Slot("test", "ndarray[float64, (M, D)]", "1", "features to label", "task1"),
                Slot("weights", "list[float]", "1", "weights and bias of the common model", "task3"),
            ),
            (Slot("labels", "list[int]", "1", "label of each test row"),),
        ),
    ),
    solutions="t108_federated",
    generate=generate,
    measure=measure,
    bars=(
        Bar("update_error", 1e-6, "most"),  # worst right 4e-16; best wrong 4e-3 (unweighted)
        Bar("average_error", 1e-6, "most"),  # worst right 3e-16; best wrong 4e-4 (unweighted)
        Bar("agreement", 0.99, "least"),  # worst right 1, as no row is near the border; one odd label of 60 is too many
        Bar("accuracy", 0.9, "least"),  # worst right 1, as no row is near the border
    ),
    alternates=(
        Variant("padded", "all homes side by side in a padded array", swap={"train_federated_rounds": "train_federated_rounds_padded"}),
        Variant("signed", "labels of -1 and 1, bias apart", swap={"train_federated_rounds": "train_federated_rounds_signed", "final_global_model": "final_global_model_loop"}),
        Variant("loops", "averages and labels by plain loops", swap={"final_global_model": "final_global_model_loop", "label_by_model": "label_by_model_loop"}),
    ),
    mutants=(
        Variant("one_home", "only the largest home is trained on", swap={"train_federated_rounds": "train_federated_rounds_largest"}, levels=("easy", "nominal", "hard"), naive=True),
        Variant("pooled", "all rows are put together", swap={"train_federated_rounds": "train_federated_rounds_pooled"}, levels=("easy", "nominal", "hard")),
        Variant("unweighted", "every home counts the same", edits=(("train_federated_rounds", "np.average(sent, axis=0, weights=sizes)", "np.mean(sent, axis=0)"), ("final_global_model", "np.average(updates[-1], axis=0, weights=sizes)", "np.mean(updates[-1], axis=0)"))),
        Variant("one_round", "all steps in a single round", edits=(("train_federated_rounds", "for _ in range(rounds):", "for _ in range(1):"),)),
        Variant("own_way", "homes go on from their own models and never fetch the common one", edits=(("train_federated_rounds", "model = np.average(sent, axis=0, weights=sizes)", "model = sent[-1]"),)),
        Variant("summed", "the gradient is summed and not averaged", edits=(("train_federated_rounds", "(chance - labels) / len(rows)", "(chance - labels)"),)),
        Variant("one_step", "one local step whatever is asked", edits=(("train_federated_rounds", "range(steps if len(rows) else 0)", "range(1 if len(rows) else 0)"),)),
        Variant("no_bias", "the bias is never trained", edits=(("train_federated_rounds", "np.ones(len(rows))", "np.zeros(len(rows))"),)),
    ),
    notes=(
        "Federated averaging (FedAvg) trains one model on data that stay where they are: the server sends the model, each client "
        "takes some gradient steps on its own rows and sends parameters back, and the server averages them by number of rows. "
        "Weights matter: an unweighted mean lets a home with ten rows pull as hard as one with a thousand. With several local "
        "steps the result differs from training on pooled rows, more so when labels are distributed unequally, because each "
        "client drifts towards its own optimum; with one full-batch step per round both are the same. Every round starts from "
        "the common model. Parameters leave the house, rows do not, yet updates can still give something away, so secure "
        "aggregation or noise is added in practice. The gradient of the mean logistic loss is X'(s(Xw) - y) / n."
    ),
    relations=(Relation("renamed_homes", _renamed_homes), Relation("turned_columns", _turned_columns)),
    needs=("scipy",),
    sources=("McMahan et al. 2017, AISTATS, communication-efficient learning of deep networks from decentralized data",),
)  # fmt: skip
