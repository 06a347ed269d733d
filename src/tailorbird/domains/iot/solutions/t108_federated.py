"""Right and wrong programs of T108, one function per step. Read as text, never imported."""

import numpy as np
from scipy import special


def load_home_shards(path: str) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray, int, int, float]:
    """Read what each home has measured, and how the common model is trained.

    Args:
        path: NPZ with features, labels, home, homes, test, rounds, steps and rate.

    Returns:
        Features of each home, shape (N, D); labels of each home, 0 or 1, shape (N,); features to label, shape (M, D);
        number of rounds; local steps per round; learning rate.
    """
    with np.load(path) as data:
        homes = range(int(data["homes"]))
        inputs = [data["features"][data["home"] == home] for home in homes]
        targets = [data["labels"][data["home"] == home].astype(float) for home in homes]
        return inputs, targets, data["test"], int(data["rounds"]), int(data["steps"]), float(data["rate"])


def train_federated_rounds(
    inputs: list[np.ndarray], targets: list[np.ndarray], rounds: int, steps: int, rate: float
) -> list[list[list[float]]]:
    """Let every home train on its own rows in each round, and average what they send.

    A local step is w <- w - rate * X' (s(X w) - y) / n, with a column of ones in X and the logistic function s.

    Args:
        inputs: features of each home, shape (N, D).
        targets: labels of each home, 0 or 1, shape (N,).
        rounds: number of rounds.
        steps: local steps per round.
        rate: learning rate.

    Returns:
        By round and home, the D weights and the bias that the home sends.
    """
    sizes = np.array([len(rows) for rows in inputs], dtype=float)
    model = np.zeros(inputs[0].shape[1] + 1)
    updates = []
    for _ in range(rounds):
        sent = []
        for rows, labels in zip(inputs, targets):
            local = model.copy()
            design = np.column_stack([rows, np.ones(len(rows))])
            for _ in range(steps if len(rows) else 0):
                chance = 1.0 / (1.0 + np.exp(-design @ local))
                local -= rate * design.T @ (chance - labels) / len(rows)
            sent.append(local)
        model = np.average(sent, axis=0, weights=sizes)
        updates.append([local.tolist() for local in sent])
    return updates


def final_global_model(inputs: list[np.ndarray], updates: list[list[list[float]]]) -> list[float]:
    """Average the last updates, each weighted by the number of rows behind it.

    Args:
        inputs: features of each home, shape (N, D); only their number counts.
        updates: by round and home, weights and bias.

    Returns:
        D weights and the bias of the common model.
    """
    sizes = [len(rows) for rows in inputs]
    return np.average(updates[-1], axis=0, weights=sizes).tolist()


def label_by_model(test: np.ndarray, weights: list[float]) -> list[int]:
    """Label rows by the sign of their score.

    Args:
        test: features, shape (M, D).
        weights: D weights and the bias.

    Returns:
        1 where the score is at least 0, else 0.
    """
    scores = test @ np.array(weights[:-1]) + weights[-1]
    return (scores >= 0).astype(int).tolist()


def train_federated_rounds_padded(
    inputs: list[np.ndarray], targets: list[np.ndarray], rounds: int, steps: int, rate: float
) -> list[list[list[float]]]:
    """Train all homes side by side in one padded array; padding has no weight, and no row sees another home's model."""
    sizes = np.array([len(rows) for rows in inputs])
    count, width = len(inputs), inputs[0].shape[1] + 1
    design, labels = np.zeros((count, sizes.max(), width)), np.zeros((count, sizes.max()))
    for home, size in enumerate(sizes):
        design[home, :size, :-1], design[home, :size, -1], labels[home, :size] = inputs[home], 1.0, targets[home]
    model, updates = np.zeros(width), []
    for _ in range(rounds):
        local = np.tile(model, (count, 1))
        for _ in range(steps):
            rest = special.expit(np.einsum("hnd,hd->hn", design, local)) - labels
            local -= rate * np.einsum("hnd,hn->hd", design, rest) / np.maximum(sizes, 1)[:, None]
        model = sizes @ local / sizes.sum()
        updates.append(local.tolist())
    return updates


def train_federated_rounds_signed(
    inputs: list[np.ndarray], targets: list[np.ndarray], rounds: int, steps: int, rate: float
) -> list[list[list[float]]]:
    """Use labels of -1 and 1 and keep the bias apart."""

    def visit(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, bias: float) -> list[float]:
        sign = 2.0 * labels - 1.0
        for _ in range(steps):
            pull = sign * 0.5 * (1.0 - np.tanh(0.5 * sign * (rows @ weights + bias)))
            weights, bias = weights + rate * (pull @ rows) / len(rows), bias + rate * pull.mean()
        return [*weights.tolist(), float(bias)]

    total = sum(map(len, inputs))
    weights, bias, updates = np.zeros(inputs[0].shape[1]), 0.0, []
    for _ in range(rounds):
        sent = []
        for rows, labels in zip(inputs, targets):
            sent.append(visit(rows, labels, weights, bias) if len(rows) else [*weights.tolist(), bias])
        mean = sum(len(rows) * np.array(update) for rows, update in zip(inputs, sent)) / total
        weights, bias = mean[:-1], float(mean[-1])
        updates.append(sent)
    return updates


def final_global_model_loop(inputs: list[np.ndarray], updates: list[list[list[float]]]) -> list[float]:
    """Add up each parameter times the number of rows."""
    sizes = [len(rows) for rows in inputs]
    return [sum(n * w for n, w in zip(sizes, column)) / sum(sizes) for column in zip(*updates[-1])]


def label_by_model_loop(test: np.ndarray, weights: list[float]) -> list[int]:
    """Score row by row."""
    *slopes, bias = weights
    return [int(sum(w * x for w, x in zip(slopes, row)) + bias >= 0) for row in test.tolist()]


def train_federated_rounds_largest(
    inputs: list[np.ndarray], targets: list[np.ndarray], rounds: int, steps: int, rate: float
) -> list[list[list[float]]]:
    """Train on the largest home only; all others send the same."""
    at = max(range(len(inputs)), key=lambda home: len(inputs[home]))
    design = np.column_stack([inputs[at], np.ones(len(inputs[at]))])
    model, updates = np.zeros(design.shape[1]), []
    for _ in range(rounds):
        for _ in range(steps):
            chance = 1.0 / (1.0 + np.exp(-design @ model))
            model = model - rate * design.T @ (chance - targets[at]) / len(design)
        updates.append([model.tolist() for _ in inputs])
    return updates


def train_federated_rounds_pooled(
    inputs: list[np.ndarray], targets: list[np.ndarray], rounds: int, steps: int, rate: float
) -> list[list[list[float]]]:
    """Put all rows together and train on the heap."""
    design = np.column_stack([np.vstack(inputs), np.ones(sum(map(len, inputs)))])
    labels = np.concatenate(targets)
    model, updates = np.zeros(design.shape[1]), []
    for _ in range(rounds):
        for _ in range(steps):
            chance = 1.0 / (1.0 + np.exp(-design @ model))
            model = model - rate * design.T @ (chance - labels) / len(design)
        updates.append([model.tolist() for _ in inputs])
    return updates
