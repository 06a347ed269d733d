"""Right and wrong programs of T029, one function per step. Read as text, never imported."""

import json
from collections import Counter

import numpy as np
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.sparse import csgraph


def load_point_frames(path: str) -> tuple[list[np.ndarray], list[bool]]:
    """Read the points of each frame.

    Args:
        path: JSON object with frames, each a list of points [x, y] in m, or null where lost.

    Returns:
        Points of each frame in m, shape (P, 2), and whether a frame was lost.
    """
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["frames"]
    frames = [np.array(points or [], dtype=float).reshape(-1, 2) for points in rows]
    return frames, [points is None for points in rows]


def cluster_points(frames: list[np.ndarray], lost: list[bool]) -> list[int]:
    """Count clusters of points in each frame: groups of at least 8 points, joined where closer than 0.4 m.

    Args:
        frames: points of each frame in m, shape (P, 2).
        lost: whether a frame was lost.

    Returns:
        Clusters in each frame; -1 for a lost one.
    """
    counts = []
    for points, gone in zip(frames, lost):
        if gone:
            counts.append(-1)
            continue
        gaps = np.hypot(*(points[:, None, :] - points).transpose(2, 0, 1))
        _, groups = csgraph.connected_components(sparse.csr_matrix(gaps < 0.4), directed=False)
        sizes = np.bincount(groups)
        counts.append(int(np.sum(sizes >= 8)))
    return counts


def steady_counts(clusters: list[int]) -> list[int]:
    """Smooth the counts over time.

    Args:
        clusters: clusters in each frame; -1 for a lost one.

    Returns:
        Persons in each frame: lost frames filled from a neighbour, then the median over five frames.
    """
    filled, last = [], next((count for count in clusters if count >= 0), 0)
    for count in clusters:
        if count < 0:
            count = last
        filled.append(count)
        last = count
    return [int(np.median(filled[max(0, k - 2) : k + 3])) for k in range(len(filled))]


def cluster_points_density(frames: list[np.ndarray], lost: list[bool]) -> list[int]:
    """Grow clusters from points that have at least five neighbours within 0.35 m (DBSCAN)."""
    counts = []
    for points, gone in zip(frames, lost):
        if gone:
            counts.append(-1)
            continue
        near = np.hypot(*(points[:, None, :] - points).transpose(2, 0, 1)) < 0.35
        core = near.sum(axis=1) >= 5
        seen, found = set(), 0
        for start in np.flatnonzero(core).tolist():
            if start in seen:
                continue
            queue, found = [start], found + 1
            while queue:
                at = queue.pop()
                if at not in seen:
                    seen.add(at)
                    queue += np.flatnonzero(near[at] & core).tolist()
        counts.append(found)
    return counts


def cluster_points_linkage(frames: list[np.ndarray], lost: list[bool]) -> list[int]:
    """Cut a single-linkage tree at 0.4 m and count branches of at least 8 points."""
    counts = []
    for points, gone in zip(frames, lost):
        if gone or len(points) < 2:
            counts.append(-1 if gone else 0)
            continue
        labels = hierarchy.fcluster(hierarchy.linkage(points, "single"), 0.4, criterion="distance")
        counts.append(sum(size >= 8 for size in Counter(labels.tolist()).values()))
    return counts


def steady_counts_votes(clusters: list[int]) -> list[int]:
    """Take the most frequent count among the heard frames of a window of five, the larger one in a tie."""
    counts = []
    for k in range(len(clusters)):
        votes = Counter(count for count in clusters[max(0, k - 2) : k + 3] if count >= 0)
        counts.append(max(votes, key=lambda count: (votes[count], count)) if votes else 0)
    return counts


def steady_counts_mean(clusters: list[int]) -> list[int]:
    """Give the rounded mean for every frame."""
    heard = [count for count in clusters if count >= 0]
    return [round(sum(heard) / len(heard)) if heard else 0] * len(clusters)
