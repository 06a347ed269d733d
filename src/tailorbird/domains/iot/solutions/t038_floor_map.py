"""Right and wrong programs of T038, one function per step. Read as text, never imported."""

import json
from pathlib import Path

import numpy as np


def load_floor_walk(
    path: str,
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read the floor map and the steps of a walk.

    Args:
        path: JSON file with rooms, walls, start and steps.

    Returns:
        Names of the rooms, their boxes x0, y0, x1, y1 in m, shape (R, 4), walls in the same form, shape (W, 4), start in m,
        shape (2,), step lengths in m, shape (K,), and measured headings in rad, shape (K,).
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    names = [room["name"] for room in data["rooms"]]
    boxes = np.array([room["box"] for room in data["rooms"]], dtype=float)
    walls = np.array(data["walls"], dtype=float)
    steps = np.array(data["steps"], dtype=float).reshape(-1, 2)
    return names, boxes, walls, np.array(data["start"], dtype=float), steps[:, 0], np.radians(steps[:, 1])


def trace_walk(walls: np.ndarray, start: np.ndarray, lengths: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Follow a walk with a particle filter in which whoever runs into a wall drops out.

    Args:
        walls: segments from x0, y0 to x1, y1 in m, shape (W, 4).
        start: known starting point in m, shape (2,).
        lengths: measured step lengths in m, shape (K,).
        headings: measured headings in rad, counter-clockwise from x, shape (K,).

    Returns:
        Position after each step in m, shape (K, 2): the mean path of the particles that live to the end.
    """
    draw, count = np.random.default_rng(1), 400
    place = np.tile(start, (count, 1))
    offset = draw.normal(0.0, np.radians(8.0), count)
    scale = draw.normal(1.0, 0.04, count)
    a, along = walls[:, :2], walls[:, 2:] - walls[:, :2]
    places, parents = [], []
    for length, heading in zip(lengths, headings):
        angle = heading - offset + draw.normal(0.0, 0.05, count)
        stride = length * scale * draw.normal(1.0, 0.03, count)
        move = stride[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        det = move[:, 0, None] * along[:, 1] - move[:, 1, None] * along[:, 0]
        det = np.where(np.abs(det) < 1e-12, 1e-12, det)
        gap_x, gap_y = a[:, 0] - place[:, 0, None], a[:, 1] - place[:, 1, None]
        on_move = (gap_x * along[:, 1] - gap_y * along[:, 0]) / det
        on_wall = (gap_x * move[:, 1, None] - gap_y * move[:, 0, None]) / det
        hit = ((on_move >= 0) & (on_move <= 1) & (on_wall >= 0) & (on_wall <= 1)).any(axis=1)
        alive = np.flatnonzero(~hit) if not hit.all() else np.arange(count)
        parent = np.concatenate([alive, draw.choice(alive, count - alive.size)])
        place = place[parent] + move[parent]
        offset = offset[parent] + draw.normal(0.0, np.radians(0.8), count)
        scale = scale[parent]
        places.append(place)
        parents.append(parent)
    track = np.zeros((len(places), 2))
    line = np.arange(count)
    for k in range(len(places) - 1, -1, -1):
        track[k] = places[k][line].mean(axis=0)
        line = parents[k][line]
    return track


def name_rooms(names: list[str], boxes: np.ndarray, track: np.ndarray) -> list[str]:
    """Name the room of each position.

    Args:
        names: names of the rooms.
        boxes: x0, y0, x1, y1 of each room in m, shape (R, 4).
        track: positions in m, shape (K, 2).

    Returns:
        The room whose box holds the position, or else the nearest one.
    """
    below = np.maximum(boxes[None, :, :2] - track[:, None, :], 0.0)
    above = np.maximum(track[:, None, :] - boxes[None, :, 2:], 0.0)
    distance = np.hypot(*np.moveaxis(below + above, 2, 0))
    return [names[int(k)] for k in np.argmin(distance, axis=1)]


def trace_walk_sweep(walls: np.ndarray, start: np.ndarray, lengths: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Try offsets, drifts and stride factors, and keep the path that runs through the fewest walls.

    Among equally good paths the mean is taken; the search is repeated on a finer grid around the best.
    """
    number = np.arange(1, lengths.size + 1)

    def crossings(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        count = np.zeros(len(x))
        step_x, step_y = np.diff(x, axis=1), np.diff(y, axis=1)
        for ax, ay, bx, by in walls:
            side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            from_a = step_x * (ay - y[:, :-1]) - step_y * (ax - x[:, :-1])
            from_b = from_a + step_x * (by - ay) - step_y * (bx - ax)
            count += ((side[:, :-1] * side[:, 1:] < 0) & (from_a * from_b < 0)).sum(axis=1)
        return count

    middle, reach = np.array([0.0, 0.0, 1.0]), np.array([0.35, 0.0065, 0.04])
    for sizes in ((15, 11, 1), (7, 5, 5)):
        grids = [m + r * np.linspace(-1, 1, size) if size > 1 else [m] for m, r, size in zip(middle, reach, sizes)]
        offset, drift, scale = (grid.ravel() for grid in np.meshgrid(*grids, indexing="ij"))
        angles = headings - offset[:, None] - drift[:, None] * number
        x = start[0] + np.cumsum(np.pad(scale[:, None] * lengths * np.cos(angles), ((0, 0), (1, 0))), axis=1)
        y = start[1] + np.cumsum(np.pad(scale[:, None] * lengths * np.sin(angles), ((0, 0), (1, 0))), axis=1)
        count = crossings(x, y)
        best = count == count.min()
        middle = np.array([offset[best].mean(), drift[best].mean(), 1.0])
        reach = np.array([0.07, 0.0015, 0.04])
    return np.stack([x[best].mean(axis=0), y[best].mean(axis=0)], axis=1)[1:]


def trace_walk_axes(walls: np.ndarray, start: np.ndarray, lengths: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Filter with horizontal and vertical walls tested apart and survivors drawn systematically."""
    draw, count = np.random.default_rng(7), 300
    flat = walls[walls[:, 1] == walls[:, 3]]
    tall = walls[walls[:, 0] == walls[:, 2]]
    x, y = np.full(count, start[0]), np.full(count, start[1])
    offset, stride = draw.normal(0, 0.14, count), draw.normal(1, 0.04, count)
    histories = np.zeros((lengths.size, 2, count))

    def passes(p: np.ndarray, u: np.ndarray, level: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Whether moves from p[0], u[0] to p[1], u[1] cross walls at p = level between two ends of u."""
        share = (level - p[0][:, None]) / np.where(p[1] == p[0], 1e-12, p[1] - p[0])[:, None]
        at = u[0][:, None] + (u[1] - u[0])[:, None] * share
        over = (share >= 0) & (share <= 1) & (at >= ends.min(axis=1)) & (at <= ends.max(axis=1))
        return over.any(axis=1)

    for k in range(lengths.size):
        angle = headings[k] - offset + draw.normal(0, 0.05, count)
        nx, ny = x + lengths[k] * stride * np.cos(angle), y + lengths[k] * stride * np.sin(angle)
        across, along = np.stack([y, ny]), np.stack([x, nx])
        hit = passes(across, along, flat[:, 1], flat[:, ::2]) | passes(along, across, tall[:, 0], tall[:, 1::2])
        weight = np.where(hit, 0.0, 1.0) if not hit.all() else np.ones(count)
        places = (np.arange(count) + draw.random()) * weight.sum() / count
        kept = np.searchsorted(np.cumsum(weight), places, side="right").clip(0, count - 1)
        x, y, stride = nx[kept], ny[kept], stride[kept]
        offset = offset[kept] + draw.normal(0, 0.014, count)
        histories[:k] = histories[:k, :, kept]
        histories[k] = x, y
    return histories.mean(axis=2)


def name_rooms_loop(names: list[str], boxes: np.ndarray, track: np.ndarray) -> list[str]:
    """Look through the rooms one by one; outside all of them stay with the last."""
    found: list[str] = []
    for x, y in track.tolist():
        inside = [name for name, (x0, y0, x1, y1) in zip(names, boxes.tolist()) if x0 <= x <= x1 and y0 <= y <= y1]
        found.append(inside[0] if inside else (found[-1] if found else names[0]))
    return found


def trace_walk_reckoning(walls: np.ndarray, start: np.ndarray, lengths: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Add up the steps without looking at the map."""
    moves = lengths[:, None] * np.stack([np.cos(headings), np.sin(headings)], axis=1)
    return start + np.cumsum(moves, axis=0)


def trace_walk_stop(walls: np.ndarray, start: np.ndarray, lengths: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Add up the steps and leave out every step that would cross a wall."""
    place, track = np.array(start, dtype=float), []
    for length, heading in zip(lengths, headings):
        goal = place + length * np.array([np.cos(heading), np.sin(heading)])
        blocked = False
        for x0, y0, x1, y1 in walls:
            a = (x1 - x0) * (place[1] - y0) - (y1 - y0) * (place[0] - x0)
            b = (x1 - x0) * (goal[1] - y0) - (y1 - y0) * (goal[0] - x0)
            c = (goal[0] - place[0]) * (y0 - place[1]) - (goal[1] - place[1]) * (x0 - place[0])
            d = (goal[0] - place[0]) * (y1 - place[1]) - (goal[1] - place[1]) * (x1 - place[0])
            blocked = blocked or (a * b < 0 and c * d < 0)
        place = place if blocked else goal
        track.append(place)
    return np.array(track).reshape(-1, 2)
