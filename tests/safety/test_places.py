# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from agent_planner.safety.places import sites
from agent_planner.scene import Pose, Relation, ScenePlace
from agent_planner.types import Call


class Floor:
    """Free to the left of x = 4.5."""

    def is_free(self, x: float, y: float) -> bool:
        return x < 4.5


def placed(found):
    return [(s.what, [(round(p.x, 3), round(p.y, 3)) for p in s.points], s.of_base) for s in found]


def test_driving_leads_to_the_thing_and_the_base_where_the_server_is_told(library, scene):
    found = placed(sites(Call("drive_beside", {"target": "bin"}), library["drive_beside"], scene))
    (what, [at], _), (base, [stand], of_base) = found
    assert (what, at, base, of_base) == ("'bin'", (4.0, 2.0), "the base at 'bin'", True)
    assert math.dist(stand, at) == pytest.approx(0.8)  # half the bin and the gap


def test_a_server_that_is_told_no_pose_may_choose_any_free_side(library, scene):
    call, skill = Call("navigate_to", {"target": "bin"}), library["navigate_to"]
    _, base = placed(sites(call, skill, scene))
    assert sorted(base[1]) == [(3.2, 2.0), (4.0, 1.3), (4.0, 2.7), (4.8, 2.0)]
    _, base = placed(sites(call, skill, scene.replace(floor=Floor())))
    assert sorted(base[1]) == [(3.2, 2.0), (4.0, 1.3), (4.0, 2.7)]


def test_the_base_comes_to_a_pose_that_the_binding_names(library, scene):
    pier = ScenePlace(name="pier", pose=Pose(2.0, 0.0, 0.3), size=(0.6, 0.4, 0.6), poses={"dock": Pose(1.0, 1.0)})
    scene = scene.replace(places=(*scene.places, pier))
    _, base = placed(sites(Call("dock_at", {"target": "pier"}), library["dock_at"], scene))
    assert base[1] == [(1.0, 1.0)]


def test_the_base_stands_on_an_area_of_the_floor(library, scene):
    scene = scene.replace(
        places=(*scene.places, ScenePlace(name="hall", pose=Pose(2.0, 0.0, 0.005), size=(3, 3, 0.01)))
    )
    _, base = placed(sites(Call("navigate_to", {"target": "hall"}), library["navigate_to"], scene))
    assert base[1] == [(2.0, 0.0)]


def test_the_arm_leads_to_what_it_grasps_and_to_where_it_is_put(library, scene):
    held = scene.replace(relations=(Relation("holding", "cup"), Relation("at", "bin")))
    call = Call("place_in", {"object": "cup", "container": "bin"})
    # What is in the hand is where the robot is, whatever was seen of it last.
    assert placed(sites(call, library["place_in"], held)) == [
        ("'cup'", [(0.3, 0.0)], False),
        ("'bin'", [(4.0, 2.0)], False),
    ]


def test_without_an_entity_it_happens_where_the_robot_stands(library, scene):
    found = placed(sites(Call("move_arm", {"posture": "stow"}), library["move_arm"], scene))
    assert found == [("the robot, where it stands,", [(0.3, 0.0)], False)]


def test_what_was_never_placed_is_nowhere(library, scene):
    found = placed(sites(Call("navigate_to", {"target": "key"}), library["navigate_to"], scene))
    assert [points for _, points, _ in found] == [[], []]
    origin = scene.replace(objects=(scene.objects[0].model_copy(update={"pose": Pose()}),))
    assert sites(Call("pick", {"object": "cup"}), library["pick"], origin)[0].points == ((0.0, 0.0),)


def test_a_pose_that_is_no_number_is_nowhere(library, scene):
    cup = scene.objects[0].model_copy(update={"pose": Pose(math.nan, 0.0, 0.6)})
    lost = scene.replace(objects=(cup,), robot=scene.robot.model_copy(update={"base": Pose(0.3, math.inf)}))
    assert [points for _, points, _ in placed(sites(Call("pick", {"object": "cup"}), library["pick"], lost))] == [[]]
    stow = sites(Call("move_arm", {"posture": "stow"}), library["move_arm"], lost)
    assert [points for _, points, _ in placed(stow)] == [[]]
