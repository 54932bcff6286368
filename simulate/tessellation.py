"""The finest partition: polygons cut into cells, smaller where people live, noded once for the whole city.

All lines (cell edges and the polygons' own) are noded together on one grid of coordinates before a single face is made,
so every face shares its corners with its neighbours, across the borders of the polygons too.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree, Voronoi

from simulate.density import Density, Numbers, Plane

Polygons = NDArray[np.object_]
Integers = NDArray[np.int64]

GRID = 1e-6
"""Degrees between two coordinates that may differ: a tenth of a metre."""
SAMPLES_PER_CELL = 20
ROUNDS = 6
WIGGLE = 0.06
PIECES = 4


@dataclass(frozen=True)
class Cells:
    """The cells, the polygon each one lies in, and which cells are neighbours along how many metres."""

    polygons: Polygons
    owner: Integers
    pairs: Integers
    shared: Numbers


def tessellate(
    polygons: Polygons, counts: Integers, *, density: Density, crowding: float, random: np.random.Generator
) -> Cells:
    """Cut polygons into the given numbers of cells."""
    plane = density.plane
    seeds = [
        _seeds(polygon, count, density=density, crowding=crowding, random=random)
        for polygon, count in zip(polygons, counts, strict=True)
    ]
    lines = [
        _edges(polygon, plane.to_km(points), plane, random) for polygon, points in zip(polygons, seeds, strict=True)
    ]
    faces = _faces(polygons, np.concatenate(lines))
    owner = _owner(faces, polygons)
    faces, owner = faces[owner >= 0], owner[owner >= 0]
    cell = _adopt(faces, owner, _holders(faces, np.concatenate(seeds)), plane)
    merged = merge(faces, cell)
    owners = np.zeros(len(merged), dtype=np.int64)
    owners[cell] = owner
    pairs, shared = neighbours(merged, plane)
    return Cells(merged, owners, pairs, shared)


def merge(polygons: Polygons, group: Integers) -> Polygons:
    """Return one polygon per group of a noded coverage, corners kept."""
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order], prepend=-1))
    parts = np.split(polygons[order], bounds[1:])
    return np.array([part[0] if len(part) == 1 else shapely.coverage_union_all(part) for part in parts], dtype=object)


def neighbours(polygons: Polygons, plane: Plane) -> tuple[Integers, Numbers]:
    """Return the pairs of polygons that share edges, and how many kilometres of them."""
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    corner = _corner_numbers(xy)
    inside = ring[:-1] == ring[1:]
    ends = np.sort(np.column_stack([corner[:-1], corner[1:]])[inside], axis=1)
    length = np.hypot(*(np.diff(xy, axis=0) * plane.scale)[inside].T)
    polygon = of_part[of_ring[ring[:-1][inside]]]
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    same = np.flatnonzero((np.diff(ends[order], axis=0) == 0).all(axis=1))
    both = np.sort(np.column_stack([polygon[order[same]], polygon[order[same + 1]]]), axis=1)
    pairs, which = np.unique(both, axis=0, return_inverse=True)
    shared = np.bincount(which.ravel(), weights=length[order[same]], minlength=len(pairs))
    return pairs.astype(np.int64), shared.astype(np.float64)


def _corner_numbers(xy: Numbers) -> Integers:
    whole = np.rint(xy / GRID).astype(np.int64)
    return np.asarray(np.unique(whole[:, 0] * (1 << 32) + whole[:, 1], return_inverse=True)[1]).astype(np.int64)


def _seeds(
    polygon: shapely.Geometry, count: int, *, density: Density, crowding: float, random: np.random.Generator
) -> Numbers:
    """Spread points over a polygon, crowded like people, then each moved to the middle of its surroundings."""
    samples = _samples(polygon, count * SAMPLES_PER_CELL, density=density, crowding=crowding, random=random)
    km = density.plane.to_km(samples)
    points = km[random.choice(len(km), count, replace=False)]
    for _ in range(ROUNDS):
        nearest = KDTree(points).query(km)[1]
        size = np.bincount(nearest, minlength=count)
        middle = np.column_stack([np.bincount(nearest, weights=km[:, axis], minlength=count) for axis in (0, 1)])
        points = np.where(size[:, None] > 0, middle / np.maximum(size, 1)[:, None], points)
    return np.asarray(samples[np.unique(KDTree(km).query(points)[1])])


def _samples(
    polygon: shapely.Geometry, count: int, *, density: Density, crowding: float, random: np.random.Generator
) -> Numbers:
    """Return random points of a polygon, likelier where more people live."""
    shapely.prepare(polygon)
    west, south, east, north = shapely.bounds(polygon)
    found: list[Numbers] = []
    number = 0
    while number < count:
        xy = random.uniform((west, south), (east, north), (count * 4, 2))
        xy = xy[shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])]
        weight = density.at(density.plane.to_km(xy)) ** crowding
        found.append(xy[random.random(len(xy)) < weight / weight.max()])
        number += len(found[-1])
    return np.concatenate(found)[:count]


def _edges(polygon: shapely.Geometry, seeds_km: Numbers, plane: Plane, random: np.random.Generator) -> Polygons:
    """Return the edges between the seeds' cells inside the polygon, gently bent."""
    middle, reach = seeds_km.mean(axis=0), 20.0 * (np.ptp(seeds_km, axis=0).max() + 1.0)
    frame = middle + reach * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 1.4], [0, -1.4], [1.4, 0], [-1.4, 0]])
    diagram = Voronoi(np.concatenate([seeds_km, frame]))
    real = (diagram.ridge_points < len(seeds_km)).all(axis=1)
    ends = np.asarray(diagram.ridge_vertices)[real]
    xy = plane.to_degrees(diagram.vertices[ends].reshape(-1, 2)).reshape(-1, 2, 2)
    lines = np.asarray(shapely.linestrings(xy))
    shapely.prepare(polygon)
    whole = shapely.contains_properly(polygon, lines)
    cut = shapely.get_parts(shapely.intersection(lines[~whole], polygon))
    return _bent(np.concatenate([lines[whole], cut[shapely.length(cut) > 0.0]]), random)


def _bent(lines: Polygons, random: np.random.Generator) -> Polygons:
    """Replace straight lines by ones of a few pieces that stray to the side, most in the middle."""
    start, end = (
        shapely.get_coordinates(shapely.get_point(lines, 0)),
        shapely.get_coordinates(shapely.get_point(lines, -1)),
    )
    along = end - start
    across = along[:, ::-1] * [-1.0, 1.0]
    steps = np.linspace(0.0, 1.0, PIECES + 1)
    bow = random.normal(0.0, WIGGLE, (len(lines), 1)) * np.sin(np.pi * steps)
    wave = random.normal(0.0, WIGGLE / 2.0, (len(lines), 1)) * np.sin(2.0 * np.pi * steps)
    aside = np.clip(bow + wave, -2.0 * WIGGLE, 2.0 * WIGGLE)
    xy = start[:, None] + along[:, None] * steps[None, :, None] + across[:, None] * aside[:, :, None]
    xy[:, 0], xy[:, -1] = start, end
    return np.asarray(shapely.linestrings(xy))


def _faces(polygons: Polygons, lines: Polygons) -> Polygons:
    """Node every line with every other one, once, and return the faces between them."""
    noded = shapely.unary_union(np.concatenate([shapely.boundary(polygons), lines]), grid_size=GRID)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def _owner(faces: Polygons, polygons: Polygons) -> Integers:
    """Return the polygon each face lies in, -1 where it is in none."""
    owner = np.full(len(faces), -1, dtype=np.int64)
    face, polygon = shapely.STRtree(polygons).query(shapely.point_on_surface(faces), predicate="within")
    owner[face] = polygon
    return owner


def _holders(faces: Polygons, seeds: Numbers) -> NDArray[np.bool_]:
    """Say which faces hold a seed; the others are crumbs."""
    holds = np.zeros(len(faces), dtype=bool)
    holds[shapely.STRtree(faces).query(shapely.points(seeds), predicate="within")[1]] = True
    return holds


def _adopt(faces: Polygons, owner: Integers, holds: NDArray[np.bool_], plane: Plane) -> Integers:
    """Number the cells, giving each crumb to the neighbour it shares most with, each island to the nearest cell."""
    cell = np.where(holds, np.cumsum(holds) - 1, -1)
    pairs, shared = neighbours(faces, plane)
    pairs, shared = pairs[same := owner[pairs[:, 0]] == owner[pairs[:, 1]]], shared[same]
    both, weight = np.concatenate([pairs, pairs[:, ::-1]]), np.concatenate([shared, shared])
    both = both[np.argsort(weight, kind="stable")]
    while True:
        offers = both[(cell[both[:, 0]] < 0) & (cell[both[:, 1]] >= 0)]
        if not len(offers):
            break
        taken = cell.copy()
        taken[offers[:, 0]] = cell[offers[:, 1]]
        cell = taken
    _join_islands(faces, owner, cell, plane)
    return cell


def _join_islands(faces: Polygons, owner: Integers, cell: Integers, plane: Plane) -> None:
    km = plane.to_km(shapely.get_coordinates(shapely.centroid(faces)))
    for of in np.unique(owner[cell < 0]):
        settled = np.flatnonzero((owner == of) & (cell >= 0))
        lost = np.flatnonzero((owner == of) & (cell < 0))
        cell[lost] = cell[settled[KDTree(km[settled]).query(km[lost])[1]]]


def islands(count: int, pairs: Integers) -> Integers:
    """Number the connected pieces that pairs of neighbours make."""
    ones = np.ones(len(pairs), dtype=np.int8)
    return np.asarray(connected_components(coo_array((ones, pairs.T), shape=(count, count)), directed=False)[1])
