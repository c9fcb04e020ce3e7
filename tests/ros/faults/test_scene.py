# SPDX-License-Identifier: Apache-2.0
"""A scene that goes stale, gets lost, or changes under the robot's hands."""

import math
from dataclasses import replace

from agent_planner.scene import Pose

PART = "scene"
IN_BIN = "in(red cube, blue bin)"


def after(robot, server, change):
    """Do something whenever a goal of that server has had its effect."""
    behaviour = robot.actions[server].behaviour

    def effect(goal):
        behaviour.effect(goal)
        change()

    robot.actions[server].behaviour = replace(behaviour, effect=effect)


def test_a_scene_that_was_never_there(robot, planner_for, to_shelf, witness):
    robot.publishing = False
    ended = planner_for(to_shelf).send().result()
    assert not robot.done
    witness.report(PART, "never came", ended)


def test_a_scene_that_is_lost_in_mid_task(robot, planner_for, to_shelf, witness):
    after(robot, "navigate_to", lambda: setattr(robot, "publishing", False))
    witness.report(PART, "is lost in mid-task", planner_for(to_shelf).send().result())


def test_a_scene_that_cannot_be_read(robot, planner_for, to_shelf, witness):
    (cube,) = robot.scene.objects
    robot.scene = robot.scene.replace(objects=(cube.model_copy(update={"pose": Pose(math.nan)}),))
    ended = planner_for(to_shelf).send().result()
    assert not robot.done
    witness.report(PART, "cannot be read", ended)


def test_an_object_that_vanishes(robot, planner_for, expert, witness):
    def vanish():
        robot.scene = robot.scene.replace(objects=(), relations=())

    after(robot, "navigate_to", vanish)
    ended = planner_for(expert(IN_BIN)).send("put the red cube in the blue bin").result()
    witness.report(PART, "the object vanishes in mid-task", ended, goal=IN_BIN)


def test_an_object_that_is_moved(robot, planner_for, expert, witness):
    moved = []

    def move():
        """Somebody carries it to the other end of the shelf while the robot drives to it."""
        if not moved:
            moved.append(True)
            scene = robot.scene
            robot.scene = scene.replace(relations=tuple(r for r in scene.relations if r.name != "at"))

    after(robot, "navigate_to", move)
    ended = planner_for(expert(IN_BIN)).send("put the red cube in the blue bin").result()
    assert ended[1].outcome == "succeeded"
    assert [str(call) for call in robot.done][:2] == ['navigate_to(target="red cube")'] * 2
    witness.report(PART, "the object is moved in mid-task", ended, goal=IN_BIN)
