# SPDX-License-Identifier: Apache-2.0
import threading

import numpy as np
import pytest

from agent_planner.errors import InfrastructureError
from agent_planner.perception.frame import Frame, Intrinsics
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.scene_model import item_body
from agent_planner_sim.mujoco.video import Video
from agent_planner_sim.mujoco.view import View
from agent_planner_sim.nodes.artist import Artist
from agent_planner_sim.nodes.picture_topics import camera_info
from agent_planner_sim.shapes import Box, Cylinder
from agent_planner_sim.transforms import matrix_from_quat

pytestmark = pytest.mark.sim


@pytest.fixture
def shown(simulate):
    sim = simulate("table_top", 0)
    view = View(sim.model, sim.scene)
    view.show(sim.data.qpos)
    yield sim, view
    view.close()


def test_the_head_camera_sees_the_cube_where_it_is(shown):
    sim, view = shown
    camera = sim.robot.camera
    image, depth = view.head(camera.width, camera.height)
    frame = sim.data.body(camera.frame)
    cube = next(s for s in truth.objects(sim) if s.item.name == "red cube")
    x, y, z = frame.xmat.reshape(3, 3).T @ (np.array(cube.pose.position) - frame.xpos)
    focal = camera.height / 2 / np.tan(camera.vertical_fov / 2)
    column, row = round(camera.width / 2 + focal * x / z), round(camera.height / 2 + focal * y / z)
    r, g, b = (int(c) for c in image[row, column])
    assert r > 100 and r > 2 * g and r > 2 * b
    assert depth[row, column] == pytest.approx(z, abs=0.04)
    assert depth.dtype == np.float32


def test_what_the_head_camera_publishes_projects_things_onto_their_pixels(shown):
    sim, view = shown
    camera = sim.robot.camera
    info = camera_info(camera, 1.0)
    assert info.header.frame_id == camera.frame
    image, depth = view.head(camera.width, camera.height)
    body, pose = sim.data.body(camera.frame), np.eye(4)
    pose[:3, :3], pose[:3, 3] = body.xmat.reshape(3, 3), body.xpos
    frame = Frame(1.0, image, depth, Intrinsics(info.k[0], info.k[4], info.k[2], info.k[5]), pose)
    geoms = view.head_geoms(camera.width, camera.height)
    for state in truth.objects(sim):
        mine = sim.model.body(item_body(state.item.name))
        shows = np.isin(geoms, mine.geomadr[0] + np.arange(mine.geomnum[0]))
        if shows.sum() < 40 or not isinstance(state.item.solids[0].shape, Box | Cylinder):
            continue
        # What is seen of a thing lies on its surface, and the middle of it is behind its own pixels.
        local = (frame.points[shows] - state.pose.position) @ matrix_from_quat(state.pose.quat)
        assert np.abs(local).max(axis=0) == pytest.approx(np.array(state.size) / 2, abs=0.004)
        (column, row), _ = (value[0] for value in frame.project(np.array([state.pose.position])))
        assert shows[round(row), round(column)]


def test_two_views_do_not_disturb_each_other(shown):
    sim, view = shown
    before, _ = view.head(64, 48)
    other = View(sim.model, sim.scene)
    other.show(sim.data.qpos)
    assert np.array_equal(other.head(64, 48)[0], before)
    other.close()
    after, depth = view.head(64, 48)
    assert np.array_equal(before, after)
    assert np.nanmin(depth) > 0.2


def test_the_path_is_drawn_where_it_was_driven(shown):
    sim, view = shown
    path = [(-1.5, y) for y in np.linspace(-1.5, 1.5, 20)]
    plain, drawn = view.top(), view.top(path)
    changed = np.abs(plain.astype(int) - drawn).sum(axis=2) > 30
    rows, columns = np.nonzero(changed)
    x0, y0, x1, y1 = sim.scene.bounds
    scale = plain.shape[1] / (x1 - x0)
    assert abs(columns.mean() / scale + x0 + 1.5) < 0.05
    assert (y1 - rows.min() / scale) == pytest.approx(1.5, abs=0.15)
    assert (y1 - rows.max() / scale) == pytest.approx(-1.5, abs=0.15)


def test_third_person_follows_the_robot(shown):
    sim, view = shown
    image = view.third_person(320, 240)
    assert image.shape == (240, 320, 3)
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 100


def test_a_video_keeps_its_time_when_frames_are_left_out(tmp_path):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    path = tmp_path / "new" / "run.mp4"
    video = Video(path, 10)
    for seconds in (5.0, 5.1, 6.0):  # eight frames are missing
        video.add(np.full((48, 64, 3), int(seconds * 10), np.uint8), seconds)
    video.close()
    frames, length = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert frames == 11
    assert length == pytest.approx(1.1, abs=0.05)


def film(video):
    for k in range(1000):  # ffmpeg looks at the first ones before it says no
        video.add(np.full((480, 640, 3), k % 255, np.uint8), k / 10)


def test_a_video_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "run.mp4", tmp_path / "run.xyz"):
        video = Video(path, 10)
        with pytest.raises(InfrastructureError, match=rf"the video .*{path.name} cannot be written: .+$") as told:
            film(video)
        assert "\n" not in str(told.value)
        video.close()


def test_whatever_goes_wrong_with_a_picture_is_told_once_and_nobody_waits_for_the_next(simulate):
    sim, told, ended = simulate("table_top", 0), [], threading.Event()

    def work(view):
        raise ValueError("no such colour")

    artist = Artist(lambda failure: (told.append(failure), ended.set()))
    assert artist.draw(sim, work, droppable=False)
    assert ended.wait(60)
    assert artist.failure == "ValueError: no such colour"
    assert not any(artist.draw(sim, work, droppable=False) for _ in range(5))
    artist.close()
    assert told == [artist.failure]


def test_rotation_of_handles_is_that_of_the_contract(simulate):
    sim = simulate("apartment", 1)
    for state in truth.places(sim):
        if state.mechanism:
            along = matrix_from_quat(state.handle.quat)[:, 1]
            assert abs(along[2]) == pytest.approx(float(state.mechanism == "door"), abs=1e-6)
