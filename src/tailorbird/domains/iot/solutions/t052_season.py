"""Right and wrong programs of T052, one function per step. Read as text, never imported."""

import numpy as np


def load_day_profiles(path: str) -> tuple[np.ndarray, int, list[str], np.ndarray, int]:
    """Read labelled days of load and those to be labelled, each group with the hour of its first column.

    Args:
        path: NPZ with x_train and x_test (days x 24 hours, kW), hour_train and hour_test (hour of day of the first
            column) and y_train (seasons).

    Returns:
        Labelled days in kW, shape (N, 24); hour of their first column; their seasons; days to be labelled in kW, shape
        (M, 24); hour of their first column.
    """
    with np.load(path) as data:
        seasons = [str(name) for name in data["y_train"]]
        days, others = np.asarray(data["x_train"], dtype=float), np.asarray(data["x_test"], dtype=float)
        return days, int(data["hour_train"]), seasons, others, int(data["hour_test"])


def day_shapes(days: np.ndarray, hour_days: int, others: np.ndarray, hour_others: int) -> tuple[np.ndarray, np.ndarray]:
    """Turn days so that they begin at midnight, and take size and level out of each.

    Args:
        days: labelled days in kW, shape (N, 24).
        hour_days: hour of day of their first column.
        others: days to be labelled in kW, shape (M, 24).
        hour_others: hour of day of their first column.

    Returns:
        Shapes of the labelled days, shape (N, 24), and of the others, shape (M, 24), mean 0 and spread 1 each.
    """
    found = []
    for group, hour in ((days, hour_days), (others, hour_others)):
        turned = np.roll(group, hour, axis=1)
        centred = turned - turned.mean(axis=1, keepdims=True)
        found.append(centred / (centred.std(axis=1, keepdims=True) + 1e-9))
    return found[0], found[1]


def tell_seasons(d_train: np.ndarray, y_train: list[str], d_test: np.ndarray) -> list[str]:
    """Tell the season of each day by ridge regression on one column per season.

    Args:
        d_train: shapes of the labelled days, shape (N, F).
        y_train: season of each labelled day.
        d_test: shapes of the days to be labelled, shape (M, F).

    Returns:
        Season of each day.
    """
    seasons = sorted(set(y_train))
    targets = np.equal.outer(y_train, seasons).astype(float)
    middle, level = d_train.mean(axis=0), targets.mean(axis=0)
    rows = d_train - middle
    weights = np.linalg.solve(rows.T @ rows + 5.0 * np.eye(rows.shape[1]), rows.T @ (targets - level))
    scores = (d_test - middle) @ weights + level
    return [seasons[k] for k in np.argmax(scores, axis=1)]


def tell_seasons_means(d_train: np.ndarray, y_train: list[str], d_test: np.ndarray) -> list[str]:
    """The season whose average day is nearest."""
    seasons = sorted(set(y_train))
    averages = [d_train[[name == season for name in y_train]].mean(axis=0) for season in seasons]
    labels = []
    for day in d_test:
        gaps = [float(np.sum((day - average) ** 2)) for average in averages]
        labels.append(seasons[gaps.index(min(gaps))])
    return labels


def tell_seasons_neighbours(d_train: np.ndarray, y_train: list[str], d_test: np.ndarray) -> list[str]:
    """Majority of the five nearest labelled days."""
    labels = []
    for day in d_test:
        order = np.argsort(np.linalg.norm(d_train - day, axis=1), kind="stable")[:5]
        votes = [y_train[k] for k in order]
        labels.append(max(sorted(set(votes)), key=votes.count))
    return labels


def tell_seasons_logistic(d_train: np.ndarray, y_train: list[str], d_test: np.ndarray) -> list[str]:
    """Logistic regression by 300 steps of gradient descent on the regularised loss."""
    seasons = sorted(set(y_train))
    if len(seasons) == 1:
        return seasons * len(d_test)
    rows = np.column_stack([d_train, np.ones(len(d_train))])
    goal = np.array([float(name == seasons[1]) for name in y_train])
    weights = np.zeros(rows.shape[1])
    for _ in range(300):
        chance = 1 / (1 + np.exp(-rows @ weights))
        weights -= 0.3 * (rows.T @ (chance - goal) / len(rows) + 0.01 * weights)
    scores = np.column_stack([d_test, np.ones(len(d_test))]) @ weights
    return [seasons[int(score > 0)] for score in scores]


def day_shapes_blocks(
    days: np.ndarray, hour_days: int, others: np.ndarray, hour_others: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the energy in blocks of two hours from midnight, after the base load is taken off."""
    found = []
    for group, hour in ((days, hour_days), (others, hour_others)):
        order = [(clock - hour) % 24 for clock in range(24)]
        above = group[:, order] - group.min(axis=1, keepdims=True)
        blocks = above.reshape(-1, 12, 2).sum(axis=2)
        found.append(12 * blocks / (blocks.sum(axis=1, keepdims=True) + 1e-9))
    return found[0], found[1]


def tell_seasons_majority(d_train: np.ndarray, y_train: list[str], d_test: np.ndarray) -> list[str]:
    """The more frequent season for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(d_test)


def day_shapes_moments(
    days: np.ndarray, hour_days: int, others: np.ndarray, hour_others: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of each day."""
    first = np.column_stack([days.mean(axis=1), days.std(axis=1)])
    return first, np.column_stack([others.mean(axis=1), others.std(axis=1)])


def day_shapes_sorted(
    days: np.ndarray, hour_days: int, others: np.ndarray, hour_others: int
) -> tuple[np.ndarray, np.ndarray]:
    """Load duration curve: the hours sorted by load, scaled."""
    found = []
    for group in (days, others):
        falling = -np.sort(-group, axis=1)
        found.append((falling - falling.mean(axis=1, keepdims=True)) / (falling.std(axis=1, keepdims=True) + 1e-9))
    return found[0], found[1]
