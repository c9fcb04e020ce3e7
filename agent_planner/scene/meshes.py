# SPDX-License-Identifier: Apache-2.0
"""Mesh files of a URDF, each covered by a few oriented boxes."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import numpy as np

from agent_planner.ament import ament_prefixes
from agent_planner.errors import UserError, did_you_mean

if TYPE_CHECKING:
    import trimesh

# Files without a unit of their own: URDF takes their numbers times the scale for metres. COLLADA has a unit and an
# upward axis, which tools read differently.
_KINDS = (".stl", ".obj", ".ply", ".off")
_PACKAGES = Path("ament_index/resource_index/packages")

# An upper arm is a thin tube between bulky joints, and one box around it would fill the space beside the tube. So it is
# cut across into slabs of equal length, each with a box of its own. None is shorter than the link is wide: the spheres
# that cover a box are as large as its shortest side, and short slabs would need many. Where slabs save little, as on a
# plain tube, one box stays.
_MOST_SLABS = 4
_WORTH_IT = 0.9  # of the volume of the one box

_LARGEST = 10.0  # metres; no link is longer, but millimetres taken for metres are
_FLAT = 2e-5  # metres around the best plane, root mean square: such points (a plate, a corner of a slab) have no hull
_THICKENED = 1e-4 * np.concatenate([np.eye(3), -np.eye(3)])  # (6, 3), metres to each side


class MeshError(UserError):
    """A mesh that cannot be read; tells why, and what would be right."""


class Box(NamedTuple):
    """An oriented box."""

    pose: np.ndarray  # (4, 4) in the frame of the mesh
    half: np.ndarray  # (3,), metres


def boxes_of(filename: str, scale: np.ndarray) -> list[Box]:
    """Cover a mesh with its smallest oriented box, or with one for each slab of an elongated mesh.

    Args:
        filename: ``package://PACKAGE/path``, ``file:///path`` or an absolute path.
        scale: (3,), metres per unit of the file; a negative one mirrors.

    Raises:
        MeshError: there is no such file, it is not a mesh, or with this scale it is no link.
    """
    if not np.all(np.isfinite(scale) & (scale != 0)):
        raise MeshError("its scale must be three numbers that are not zero")
    mesh = _read(_path(filename))
    points = np.asarray(mesh.vertices) * scale
    if (size := float(np.ptp(points, axis=0).max())) > _LARGEST:
        raise MeshError(f'it is {size:.0f} m long; if it is in millimetres, it needs scale="0.001 0.001 0.001"')
    return _cover(points, np.asarray(mesh.edges_unique))


def _path(filename: str) -> Path:
    if filename.startswith("package://"):
        package, _, inside = filename.removeprefix("package://").partition("/")
        path = _share(package) / inside
    else:
        path = Path(unquote(filename.removeprefix("file://")) if filename.startswith("file://") else filename)
    if not path.is_absolute():
        raise MeshError("its name must be package://PACKAGE/path/in/its/share/folder, file:///path or an absolute path")
    if not path.is_file():
        beside = (p.name for p in path.parent.glob("*") if p.is_file())
        raise MeshError(f"there is no file {path}; {did_you_mean(path.name, beside)}")
    return path


def _share(package: str) -> Path:
    for share in (prefix.absolute() / "share" for prefix in ament_prefixes()):
        if (share / _PACKAGES / package).is_file():
            return share / package
    raise MeshError(f"the ROS package '{package}' is not installed, or its workspace is not sourced")


def _read(path: Path) -> "trimesh.Trimesh":
    if path.suffix.lower() not in _KINDS:
        raise MeshError(f"'{path.suffix}' is not read; convert it to one of {', '.join(_KINDS)}, in metres, z upward")
    import trimesh  # here: it takes as long as the rest of a motion server, and many robots have no meshes

    try:
        mesh = trimesh.load_mesh(path)
    except Exception as error:  # what a parser raises on a broken file is nowhere promised
        raise MeshError(f"it cannot be read ({type(error).__name__}: {error}); write it anew") from error
    if not len(mesh.faces):
        raise MeshError("there are no triangles in it; is it what its ending says?")
    return mesh


def _cover(points: np.ndarray, edges: np.ndarray) -> list[Box]:
    whole = _box(points)
    _, width, length = np.sort(whole.half)
    count = min(_MOST_SLABS, int(length / width))
    if count < 2:
        return [whole]
    along = (points - whole.pose[:3, 3]) @ whole.pose[:3, np.argmax(whole.half)]
    cuts = [-np.inf, *np.linspace(-length, length, count + 1)[1:-1], np.inf]
    slabs = [_between(points, along, edges, *planes) for planes in zip(cuts, cuts[1:], strict=False)]
    parts = [_box(corners) for corners in slabs if len(corners)]
    return parts if sum(np.prod(p.half) for p in parts) < _WORTH_IT * np.prod(whole.half) else [whole]


def _between(points: np.ndarray, along: np.ndarray, edges: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the corners, (n, 3), of the surface between two planes: vertices, and where edges cross the planes.

    Their convex hull holds the inside as well, where the surface is closed.
    """
    found = [points[(along >= low) & (along <= high)]]
    for plane in (low, high):
        a, b = edges[np.prod(along[edges] - plane, axis=1) < 0].T
        share = (plane - along[a]) / (along[b] - along[a])
        found.append(points[a] + share[:, None] * (points[b] - points[a]))
    return np.concatenate(found)


def _box(points: np.ndarray) -> Box:
    from trimesh.bounds import oriented_bounds

    thickness = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[-1] / np.sqrt(len(points))
    if thickness < _FLAT:
        points = (points[:, None] + _THICKENED).reshape(-1, 3)
    to_box, size = oriented_bounds(points)
    return Box(np.linalg.inv(to_box), size / 2)
