# SPDX-License-Identifier: Apache-2.0
import os

import numpy as np
import pytest
import trimesh
from trimesh.transformations import compose_matrix

from agent_planner.scene.meshes import MeshError, boxes_of

METRES = np.ones(3)
TILTED = compose_matrix(angles=(0.4, -0.7, 1.1), translate=(0.1, -0.2, 0.3))


def block(size, middle=(0.0, 0.0, 0.0)):
    return trimesh.creation.box(size, compose_matrix(translate=middle))


def joined(*parts):
    return trimesh.util.concatenate(parts)


def hammer():
    """A thin bar along x, and a head at its end."""
    return joined(block((0.25, 0.04, 0.04), (0.125, 0.0, 0.0)), block((0.08, 0.08, 0.08), (0.21, 0.0, 0.0)))


def short_l():
    return joined(block((0.3, 0.06, 0.05), (0.15, 0.03, 0.0)), block((0.06, 0.24, 0.05), (0.03, 0.12, 0.0)))


def long_l():
    return joined(block((0.6, 0.06, 0.05), (0.3, 0.03, 0.0)), block((0.06, 0.14, 0.05), (0.03, 0.07, 0.0)))


@pytest.fixture
def saved(tmp_path):
    def save(mesh, name="part.stl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        mesh.export(tmp_path / name)
        return str(tmp_path / name)

    return save


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package, my_arm, that is installed under tmp_path/PREFIX; returns its share folder."""

    def make(prefix="first"):
        index = tmp_path / prefix / "share" / "ament_index" / "resource_index" / "packages"
        index.mkdir(parents=True)
        (index / "my_arm").touch()
        return index.parents[2] / "my_arm"

    monkeypatch.setenv("AMENT_PREFIX_PATH", os.pathsep.join([str(tmp_path / "first"), str(tmp_path / "second")]))
    return make


def volume(boxes):
    return sum(8 * np.prod(box.half) for box in boxes)


def volume_of_one_box(mesh):
    return np.prod(trimesh.bounds.oriented_bounds(mesh)[1])


def uncovered(boxes, mesh):
    """Return how far points of the mesh's surface stick out of the boxes, metres."""
    points = trimesh.sample.sample_surface(mesh, 2000, seed=1)[0]
    points = np.concatenate([np.asarray(points), np.asarray(mesh.vertices)])
    local = [(points - box.pose[:3, 3]) @ box.pose[:3, :3] for box in boxes]
    beyond = [np.abs(at) - box.half for at, box in zip(local, boxes, strict=True)]
    return np.min([np.linalg.norm(np.maximum(out, 0.0), axis=1) for out in beyond], axis=0).max()


@pytest.mark.parametrize("name", ["part.stl", "part.STL", "part.obj", "part.ply", "part.off"])
@pytest.mark.parametrize("pose", [np.eye(4), TILTED])
def test_a_box_is_found_as_it_lies(saved, name, pose):
    mesh = block((0.1, 0.2, 0.3)).apply_transform(pose)
    (box,) = boxes_of(saved(mesh, name), METRES)
    assert np.sort(box.half) == pytest.approx([0.05, 0.1, 0.15], abs=1e-5)
    assert box.pose[:3, 3] == pytest.approx(pose[:3, 3], abs=1e-5)
    assert np.linalg.det(box.pose[:3, :3]) == pytest.approx(1.0), "turned, not mirrored"
    assert uncovered([box], mesh) < 1e-5


@pytest.mark.parametrize(
    ("mesh", "half"),
    [
        (trimesh.creation.cylinder(0.05, 0.08, sections=48), (0.04, 0.05, 0.05)),
        (trimesh.creation.cylinder(0.05, 0.6, sections=48), (0.05, 0.05, 0.3)),
        (block((0.1, 0.12, 0.9)), (0.05, 0.06, 0.45)),
        (short_l(), (0.025, 0.12, 0.15)),
    ],
    ids=["disc", "tube", "beam", "short L"],
)
def test_one_box_is_enough_where_slabs_would_save_little(saved, mesh, half):
    (box,) = boxes_of(saved(mesh.copy().apply_transform(TILTED)), METRES)
    assert np.sort(box.half) == pytest.approx(half, abs=1e-3)


@pytest.mark.parametrize("mesh", [hammer(), long_l()], ids=["hammer", "long L"])
def test_what_is_long_and_has_a_bulky_end_gets_several_boxes(saved, mesh):
    mesh = mesh.copy().apply_transform(TILTED)
    boxes = boxes_of(saved(mesh), METRES)
    assert 2 <= len(boxes) <= 4
    assert uncovered(boxes, mesh) < 1e-5
    assert volume(boxes) < 0.75 * volume_of_one_box(mesh)
    assert min(box.half.min() for box in boxes) > 0.019, "no slivers, which would need many spheres"


def test_boxes_of_an_arm_bent_like_a_z_follow_its_tube(saved):
    lying = compose_matrix(angles=(0.0, np.pi / 2, 0.0))
    tube = trimesh.creation.cylinder(0.045, 0.39, sections=48).apply_transform(lying)
    joint = trimesh.creation.cylinder(0.055, 0.12, sections=48)
    ends = [joint.copy().apply_translation(p) for p in ((-0.195, 0.0, -0.06), (0.195, 0.0, 0.06))]
    mesh = joined(tube, *ends)
    boxes = boxes_of(saved(mesh), METRES)
    assert uncovered(boxes, mesh) < 1e-5
    assert volume(boxes) < 0.8 * volume_of_one_box(mesh)


def test_a_gap_between_two_parts_stays_free(saved):
    mesh = joined(block((0.1, 0.1, 0.1), (-0.3, 0.0, 0.0)), block((0.1, 0.1, 0.1), (0.3, 0.0, 0.0)))
    boxes = boxes_of(saved(mesh), METRES)
    assert volume(boxes) == pytest.approx(2e-3, rel=1e-3)
    assert uncovered(boxes, mesh) < 1e-5


@pytest.mark.parametrize(
    ("corners", "half"),
    [
        ([[0, 0, 0], [0.2, 0, 0], [0, 0.1, 0], [0.2, 0.1, 0]], (0.0, 0.05, 0.1)),
        ([[0, 0, 0], [0.2, 0, 0], [0.1, 0, 0], [0.3, 0, 0]], (0.0, 0.0, 0.15)),
    ],
    ids=["plate", "wire"],
)
def test_what_has_no_thickness_is_covered(saved, corners, half):
    mesh = trimesh.Trimesh(corners, [[0, 1, 2], [1, 3, 2]]).apply_transform(TILTED)
    (box,) = boxes_of(saved(mesh), METRES)
    assert np.sort(box.half) == pytest.approx(half, abs=2e-4)
    assert uncovered([box], mesh) < 1e-5


def test_millimetres_are_scaled(saved):
    (box,) = boxes_of(saved(block((100, 200, 300), (10, 20, 30))), METRES * 0.001)
    assert np.sort(box.half) == pytest.approx([0.05, 0.1, 0.15])
    assert box.pose[:3, 3] == pytest.approx([0.01, 0.02, 0.03])


def test_a_negative_scale_mirrors(saved):
    boxes = boxes_of(saved(short_l()), np.array([1.0, -1.0, 2.0]))
    mirrored = short_l().apply_transform(np.diag([1.0, -1.0, 2.0, 1.0]))
    assert uncovered(boxes, mirrored) < 1e-5
    assert boxes[0].pose[1, 3] == pytest.approx(-0.12, abs=1e-5)


def test_all_parts_of_a_file_count_and_points_of_no_triangle_do_not(tmp_path):
    parts = [block((0.1, 0.1, 0.1)), block((0.1, 0.1, 0.1), (0.1, 0.0, 0.0))]
    text, count = "v 9 9 9\n", 1
    for number, part in enumerate(parts):
        text += f"o part{number}\n" + "".join(f"v {x} {y} {z}\n" for x, y, z in part.vertices)
        text += "".join(f"f {a} {b} {c}\n" for a, b, c in part.faces + count + 1)
        count += len(part.vertices)
    (tmp_path / "parts.obj").write_text(text, encoding="utf-8")
    (box,) = boxes_of(str(tmp_path / "parts.obj"), METRES)
    assert np.sort(box.half) == pytest.approx([0.05, 0.05, 0.1])


def test_a_file_is_named_by_its_package_by_a_url_or_by_its_path(saved, package):
    share = package()
    path = saved(block((0.1, 0.2, 0.3)), share / "meshes" / "upper arm.stl")
    escaped = path.replace(" ", "%20")
    for name in ("package://my_arm/meshes/upper arm.stl", f"file://{escaped}", f"file://{path}", path):
        (box,) = boxes_of(name, METRES)
        assert np.sort(box.half) == pytest.approx([0.05, 0.1, 0.15])


def test_of_two_packages_with_one_name_the_first_on_the_path_counts(saved, package):
    first, second = package("first"), package("second")
    saved(block((0.1, 0.1, 0.1)), second / "arm.stl")
    with pytest.raises(MeshError, match="there is no file .*first"):
        boxes_of("package://my_arm/arm.stl", METRES)
    saved(block((0.2, 0.2, 0.2)), first / "arm.stl")
    (box,) = boxes_of("package://my_arm/arm.stl", METRES)
    assert box.half == pytest.approx([0.1, 0.1, 0.1])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("package://your_arm/arm.stl", "the ROS package 'your_arm' is not installed, or its workspace is not sourced"),
        ("package://my_arm/amr.stl", "there is no file .*my_arm/amr.stl; did you mean 'arm.stl'"),
        ("package://my_arm/nowhere/arm.stl", "there is no file .*nowhere/arm.stl; known: none"),
        ("package://my_arm", "there is no file .*my_arm"),
        ("package://", "the ROS package '' is not installed"),
        ("meshes/arm.stl", "must be package://PACKAGE/path"),
        ("file://meshes/arm.stl", "must be package://PACKAGE/path"),
        ("http://example.org/arm.stl", "must be package://PACKAGE/path"),
        ("model://my_arm/arm.stl", "must be package://PACKAGE/path"),
        ("", "must be package://PACKAGE/path"),
        ("package://my_arm/arm.dae", r"'.dae' is not read; convert it to one of .stl, .obj"),
        ("package://my_arm/arm", r"'' is not read"),
        ("package://my_arm/empty.stl", "there are no triangles in it"),
        ("package://my_arm/words.stl", "there are no triangles in it"),
        ("package://my_arm/points.obj", "there are no triangles in it"),
        ("package://my_arm/broken.ply", r"it cannot be read \(.*\); write it anew"),
    ],
)
def test_what_is_no_mesh_is_told_and_what_would_be_right(saved, package, name, told):
    share = package()
    saved(block((0.1, 0.1, 0.1)), share / "arm.stl")
    contents = {"words.stl": "no mesh", "points.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\n", "broken.ply": "ply\nformat"}
    for file, content in (contents | dict.fromkeys(("arm.dae", "arm", "empty.stl"), "")).items():
        (share / file).write_text(content, encoding="utf-8")
    with pytest.raises(MeshError, match=told):
        boxes_of(name, METRES)


def test_millimetres_taken_for_metres_are_told(saved):
    with pytest.raises(MeshError, match=r'it is 300 m long; .* needs scale="0.001 0.001 0.001"'):
        boxes_of(saved(block((100, 200, 300))), METRES)


@pytest.mark.parametrize("scale", [(1.0, 0.0, 1.0), (np.nan, 1.0, 1.0), (np.inf, 1.0, 1.0)])
def test_a_scale_that_makes_nothing_of_a_mesh_is_told(saved, scale):
    with pytest.raises(MeshError, match="three numbers that are not zero"):
        boxes_of(saved(block((0.1, 0.1, 0.1))), np.array(scale))
