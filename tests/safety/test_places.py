# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from agent_planner.safety.places import sites
from agent_planner.scene import Pose, Relation
from agent_planner.types import Call


def placed(found):
    return [(s.what, s.at and (round(s.at.x, 3), round(s.at.y, 3)), s.of_base) for s in found]


def test_driving_leads_to_the_thing_and_the_base_beside_it(library, scene):
    found = placed(sites(Call("navigate_to", {"target": "bin"}), library["navigate_to"], scene))
    (what, at, _), (base, stand, of_base) = found
    assert (what, at, base, of_base) == ("'bin'", (4.0, 2.0), "the base at 'bin'", True)
    assert math.dist(stand, at) == pytest.approx(0.8)  # half the bin and the gap


def test_the_arm_leads_to_what_it_grasps_and_to_where_it_is_put(library, scene):
    held = scene.replace(relations=(Relation("holding", "cup"), Relation("at", "bin")))
    call = Call("place_in", {"object": "cup", "container": "bin"})
    # What is in the hand is where the robot is, whatever was seen of it last.
    assert placed(sites(call, library["place_in"], held)) == [
        ("'cup'", (0.3, 0.0), False),
        ("'bin'", (4.0, 2.0), False),
    ]


def test_without_an_entity_it_happens_where_the_robot_stands(library, scene):
    found = placed(sites(Call("move_arm", {"posture": "stow"}), library["move_arm"], scene))
    assert found == [("the robot, where it stands,", (0.3, 0.0), False)]


def test_what_was_never_placed_is_nowhere(library, scene):
    found = placed(sites(Call("navigate_to", {"target": "key"}), library["navigate_to"], scene))
    assert [at for _, at, _ in found] == [None, None]
    origin = scene.replace(objects=(scene.objects[0].model_copy(update={"pose": Pose()}),))
    assert sites(Call("pick", {"object": "cup"}), library["pick"], origin)[0].at == (0.0, 0.0)
