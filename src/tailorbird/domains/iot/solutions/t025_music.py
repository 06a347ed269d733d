"""Right and wrong programs of T025, one function per step. Read as text, never imported."""

import numpy as np


def load_array_snapshots(path: str) -> tuple[np.ndarray, float]:
    """Read the snapshots of an antenna line and its spacing.

    Args:
        path: NPZ with samples (complex, antennas x snapshots) and spacing (wavelengths).

    Returns:
        Samples, shape (E, N), and the distance of neighbouring antennas in wavelengths.
    """
    with np.load(path) as data:
        return np.asarray(data["samples"], dtype=np.complex128), float(data["spacing"])


def noise_subspace(samples: np.ndarray) -> np.ndarray:
    """Split the spatial covariance into signal and noise and give a basis of the noise.

    Args:
        samples: samples, antennas by snapshots, shape (E, N).

    Returns:
        Orthonormal basis of the noise subspace, shape (E, Q); E - Q is the number of sources, at most two.
    """
    covariance = samples @ samples.conj().T / samples.shape[1]
    values, vectors = np.linalg.eigh(covariance)
    floor = float(np.mean(values[:6]))
    number = min(2, int(np.count_nonzero(values > 2.2 * floor)))
    return vectors[:, : len(values) - number]


def search_directions(noise_space: np.ndarray, spacing: float) -> list[float]:
    """Find the plane waves that are orthogonal to the noise subspace.

    Args:
        noise_space: orthonormal basis of the noise subspace, shape (E, Q).
        spacing: distance of neighbouring antennas in wavelengths.

    Returns:
        Directions in degrees, ascending, one per source.
    """
    number = noise_space.shape[0] - noise_space.shape[1]
    grid = np.arange(-70.0, 70.05, 0.1)
    turns = spacing * np.sin(np.radians(grid))
    waves = np.exp(2j * np.pi * np.arange(noise_space.shape[0])[:, None] * turns)
    height = 1.0 / np.sum(np.abs(noise_space.conj().T @ waves) ** 2, axis=0)
    peaks = np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])) + 1
    best = peaks[np.argsort(height[peaks])[len(peaks) - number :]]
    return sorted(grid[best].tolist())


def search_directions_root(noise_space: np.ndarray, spacing: float) -> list[float]:
    """Roots of the noise polynomial that lie inside and nearest to the unit circle."""
    elements = noise_space.shape[0]
    projector = noise_space @ noise_space.conj().T
    terms = [np.trace(projector, offset=k) for k in range(elements - 1, -elements, -1)]
    roots = np.roots(terms)
    inside = roots[np.abs(roots) < 1.0]
    number = elements - noise_space.shape[1]
    best = inside[np.argsort(-np.abs(inside))[:number]]
    return np.sort(np.degrees(np.arcsin(np.angle(best) / (2 * np.pi * spacing)))).tolist()


def search_directions_esprit(noise_space: np.ndarray, spacing: float) -> list[float]:
    """Eigenvalues of the rotation between the line without its last and without its first antenna."""
    elements, width = noise_space.shape
    if width == elements:
        return []
    basis = np.linalg.svd(noise_space)[0][:, width:]
    turn = np.linalg.lstsq(basis[:-1], basis[1:], rcond=None)[0]
    phases = np.angle(np.linalg.eigvals(turn))
    return np.sort(np.degrees(np.arcsin(np.clip(phases / (2 * np.pi * spacing), -1.0, 1.0)))).tolist()


def noise_subspace_singular(samples: np.ndarray) -> np.ndarray:
    """Left singular vectors; the number of sources minimises the description length of Wax and Kailath."""
    elements, count = samples.shape
    vectors, singular, _ = np.linalg.svd(samples, full_matrices=False)
    values = singular**2 / count
    costs = []
    for number in range(3):
        rest = values[number:]
        fit = count * rest.size * np.log(np.mean(rest) / np.exp(np.mean(np.log(rest))))
        costs.append(fit + 0.5 * number * (2 * elements - number) * np.log(count))
    return vectors[:, int(np.argmin(costs)) :]


def noise_subspace_covariance(samples: np.ndarray) -> np.ndarray:
    """The covariance itself."""
    return samples @ samples.conj().T / samples.shape[1]


def search_directions_beam(noise_space: np.ndarray, spacing: float) -> list[float]:
    """The two highest maxima of the power of the conventional beam."""
    grid = np.arange(-90.0, 90.05, 0.1)
    turns = spacing * np.sin(np.radians(grid))
    waves = np.exp(2j * np.pi * np.arange(noise_space.shape[0])[:, None] * turns)
    height = np.real(np.sum(waves.conj() * (noise_space @ waves), axis=0))
    peaks = np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])) + 1
    return sorted(grid[peaks[np.argsort(height[peaks])[-2:]]].tolist())


def search_directions_sine(noise_space: np.ndarray, spacing: float) -> list[float]:
    """Roots as in root-MUSIC, with the sine taken for the angle."""
    elements = noise_space.shape[0]
    projector = noise_space @ noise_space.conj().T
    roots = np.roots([np.trace(projector, offset=k) for k in range(elements - 1, -elements, -1)])
    inside = roots[np.abs(roots) < 1.0]
    best = inside[np.argsort(-np.abs(inside))[: elements - noise_space.shape[1]]]
    return np.sort(np.angle(best) / (2 * np.pi * spacing) * 90.0).tolist()


def search_directions_cells(noise_space: np.ndarray, spacing: float) -> list[float]:
    """The two highest cells of the pseudo-spectrum."""
    grid = np.arange(-70.0, 70.05, 0.1)
    turns = spacing * np.sin(np.radians(grid))
    waves = np.exp(2j * np.pi * np.arange(noise_space.shape[0])[:, None] * turns)
    height = 1.0 / np.sum(np.abs(noise_space.conj().T @ waves) ** 2, axis=0)
    return sorted(grid[np.argsort(height)[-2:]].tolist())
