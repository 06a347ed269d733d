"""Right and wrong programs of T020, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import linalg, optimize


def load_compass_readings(path: str) -> tuple[np.ndarray, float]:
    """Read magnetometer samples and the strength of the local field.

    Args:
        path: JSON object with field_ut (uT) and samples (list of [x, y, z] in uT).

    Returns:
        Readings in uT, shape (N, 3), N may be 0; strength of the field in uT.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return np.array(data["samples"], dtype=float).reshape(-1, 3), float(data["field_ut"])


def fit_ellipsoid(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Find the ellipsoid on which the readings lie.

    Solves x'Qx + 2 n'x = 1 by least squares in shifted and scaled coordinates, then completes the square.

    Args:
        samples: readings of the three axes in uT, shape (N, 3).

    Returns:
        Centre in uT, shape (3,), and A with (m - centre)' A (m - centre) = 1, shape (3, 3); None, None for fewer
        than 12 readings.
    """
    if len(samples) < 12:
        return None, None
    middle, scale = samples.mean(axis=0), samples.std()
    x, y, z = ((samples - middle) / scale).T
    terms = np.column_stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z, 2 * x, 2 * y, 2 * z])
    a, b, c, d, e, f, *n = np.linalg.lstsq(terms, np.ones(len(samples)), rcond=None)[0]
    quadric = np.array([[a, d, e], [d, b, f], [e, f, c]])
    centre = -np.linalg.solve(quadric, n)
    shape = quadric / (1.0 + centre @ quadric @ centre)
    return middle + scale * centre, shape / scale**2


def soft_iron_correction(shape: np.ndarray | None, field: float) -> np.ndarray | None:
    """Find the matrix that turns the ellipsoid into a sphere of the field's strength.

    Args:
        shape: A with (m - centre)' A (m - centre) = 1, shape (3, 3), per uT squared; None without a calibration.
        field: strength of the local field in uT.

    Returns:
        Symmetric matrix, shape (3, 3); None without a calibration.
    """
    if shape is None:
        return None
    values, vectors = np.linalg.eigh(shape)
    return field * (vectors * np.sqrt(values)) @ vectors.T


def calibration_as_lists(
    centre: np.ndarray | None, correction: np.ndarray | None
) -> tuple[list[float] | None, list[list[float]] | None]:
    """Turn the calibration into plain lists.

    Args:
        centre: centre of the ellipsoid in uT, shape (3,); None without a calibration.
        correction: matrix that makes the ellipsoid round, shape (3, 3); None without a calibration.

    Returns:
        Offset in uT and matrix, three rows of three; None, None without a calibration.
    """
    if centre is None or correction is None:
        return None, None
    return centre.tolist(), correction.tolist()


def fit_ellipsoid_geometric(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Minimise the deviation of the corrected lengths from 1 over a centre and a symmetric matrix."""
    if len(samples) < 12:
        return None, None
    middle = (samples.min(axis=0) + samples.max(axis=0)) / 2
    scale = samples.std(axis=0).mean() * np.sqrt(3)
    points = (samples - middle) / scale
    pick = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])

    def lengths(guess: np.ndarray) -> np.ndarray:
        return np.linalg.norm((points - guess[6:]) @ guess[pick], axis=1) - 1.0

    start = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    best = optimize.least_squares(lengths, start, method="lm").x
    root = best[pick]
    return middle + scale * best[6:], root @ root / scale**2


def fit_ellipsoid_null_vector(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Quadric in homogeneous form: the right singular vector of the smallest singular value."""
    if len(samples) < 12:
        return None, None
    middle, scale = samples.mean(axis=0), samples.std()
    points = np.column_stack([(samples - middle) / scale, np.ones(len(samples))])
    rows, columns = np.triu_indices(4)
    terms = points[:, rows] * points[:, columns]
    weights = np.linalg.svd(terms, full_matrices=False)[2][-1]
    whole = np.zeros((4, 4))
    whole[rows, columns] = weights / 2
    whole = whole + whole.T
    centre = -np.linalg.solve(whole[:3, :3], whole[:3, 3])
    level = whole[3, 3] + whole[3, :3] @ centre
    return middle + scale * centre, -whole[:3, :3] / level / scale**2


def soft_iron_correction_cholesky(shape: np.ndarray | None, field: float) -> np.ndarray | None:
    """The transposed Cholesky factor of the shape, times the field."""
    if shape is None:
        return None
    return field * np.linalg.cholesky(shape).T


def soft_iron_correction_sqrtm(shape: np.ndarray | None, field: float) -> np.ndarray | None:
    """The matrix square root of the squared field times the shape."""
    if shape is None:
        return None
    return np.real(linalg.sqrtm(field**2 * shape))


def fit_ellipsoid_mean(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """A sphere around the mean of all readings."""
    if len(samples) < 12:
        return None, None
    centre = samples.mean(axis=0)
    radius = np.linalg.norm(samples - centre, axis=1).mean()
    return centre, np.eye(3) / radius**2


def fit_ellipsoid_range(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Middle and half of the range of each axis."""
    if len(samples) < 12:
        return None, None
    low, high = samples.min(axis=0), samples.max(axis=0)
    return (low + high) / 2, np.diag(4.0 / (high - low) ** 2)


def fit_ellipsoid_sphere(samples: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The sphere of least squares."""
    if len(samples) < 12:
        return None, None
    terms = np.column_stack([2 * samples, np.ones(len(samples))])
    *centre, rest = np.linalg.lstsq(terms, np.sum(samples**2, axis=1), rcond=None)[0]
    radius2 = rest + np.sum(np.square(centre))
    return np.array(centre), np.eye(3) / radius2
