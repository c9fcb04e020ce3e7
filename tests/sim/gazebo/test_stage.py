# SPDX-License-Identifier: Apache-2.0
"""In which order the world services are called."""

from xml.etree import ElementTree

import pytest

from agent_planner.errors import InfrastructureError, UserError
from agent_planner_sim.gazebo.stage import Stage
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()


class Gazebo:
    """Writes down what it is asked, in order; arm and world in one."""

    def __init__(self, models=(), folds=True):
        self.calls = []
        self.models = set(models)
        self.folds = folds
        self.folded = False
        self.time = 1.0

    def pause(self, paused):
        self.calls.append(("pause", paused))

    def spawn(self, name, sdf):
        assert ElementTree.fromstring(sdf.encode()).find("model").get("name") == name
        assert name not in self.models
        self.models.add(name)
        self.calls.append(("spawn", name))

    def delete(self, name):
        self.models.remove(name)
        self.calls.append(("delete", name))

    def set_pose(self, name, placement):
        assert name in self.models
        self.calls.append(("set_pose", placement))

    def heard(self):
        return True

    def now(self):
        return self.time

    def fold(self, seconds):
        self.folded = self.folds
        self.calls.append(("fold", seconds))

    def error(self):
        return 0.01 if self.folded else 1.0

    def wait(self, until, what):
        if not until():
            raise InfrastructureError(f"{what}: not in time")


def names(scene):
    pieces = [f"furniture/{piece.name}" for piece in scene.furniture]
    return {"floor", "walls", *pieces, *(f"item/{item.name}" for item in scene.items)}


def outside(placement, scene):
    x0, y0, x1, y1 = scene.bounds
    return not (x0 - 1 < placement.x < x1 + 1 and y0 - 1 < placement.y < y1 + 1)


def test_the_robot_folds_its_arm_beside_the_scene_before_it_stands_in_it():
    scene = generate("tidy", 0)
    gazebo = Gazebo({*names(scene), ROBOT.name})
    Stage(gazebo, ROBOT, gazebo).begin(scene)
    kinds = [kind for kind, _ in gazebo.calls]
    assert kinds == ["set_pose", "pause", "fold", "set_pose"]
    assert outside(gazebo.calls[0][1], scene)
    assert gazebo.calls[1] == ("pause", False)
    assert gazebo.calls[-1] == ("set_pose", scene.start)


def test_another_scene_takes_the_place_of_the_first_and_the_robot_stays():
    before, after = generate("tidy", 0), generate("apartment", 1)
    gazebo = Gazebo({*names(before), ROBOT.name})
    stage = Stage(gazebo, ROBOT, gazebo)
    stage.begin(before)
    gazebo.calls.clear()
    stage.change(after)
    assert gazebo.models == {*names(after), ROBOT.name}
    kinds = [kind for kind, _ in gazebo.calls]
    assert kinds[0] == "set_pose" and outside(gazebo.calls[0][1], after)
    assert kinds.index("spawn") > max(i for i, kind in enumerate(kinds) if kind == "delete")
    last = [i for i, kind in enumerate(kinds) if kind == "spawn"][-1]
    assert kinds[last + 1 :] == ["set_pose", "pause", "fold", "set_pose"]
    assert gazebo.calls[1] == ("pause", True) and gazebo.calls[last + 2] == ("pause", False)
    assert outside(gazebo.calls[last + 1][1], after)
    assert gazebo.calls[-1] == ("set_pose", after.start)


def test_a_fixed_robot_is_never_moved_and_folds_where_it_stands():
    robot = ROBOTS["fixed_arm"]()
    before, after = generate("table_top", 0), generate("table_top", 1)
    gazebo = Gazebo({*names(before), robot.name})
    stage = Stage(gazebo, robot, gazebo)
    stage.begin(before)
    assert [kind for kind, _ in gazebo.calls] == ["pause", "fold"]
    stage.change(after)
    assert gazebo.models == {*names(after), robot.name}
    kinds = [kind for kind, _ in gazebo.calls]
    assert "set_pose" not in kinds
    assert kinds[-2:] == ["pause", "fold"] and gazebo.calls[-2] == ("pause", False)
    assert kinds[2:5] == ["pause", "fold", "pause"], "what is new must not appear within the arm"
    with pytest.raises(UserError, match="'fixed_arm' is fixed where Gazebo was started .* choose 'table_top'"):
        stage.change(generate("tidy", 0))
    assert gazebo.models == {*names(after), robot.name}


def test_what_has_no_arm_is_put_aside_but_does_not_fold():
    robot, scene = ROBOTS["delivery_base"](), generate("tidy", 0)
    gazebo = Gazebo({*names(scene), robot.name}, folds=False)
    Stage(gazebo, robot, gazebo).begin(scene)
    assert [kind for kind, _ in gazebo.calls] == ["set_pose", "pause", "set_pose"]
    assert outside(gazebo.calls[0][1], scene)
    assert gazebo.calls[-1] == ("set_pose", scene.start)


def test_an_arm_that_was_told_before_it_could_hear_is_told_again_in_simulated_time():
    scene = generate("tidy", 0)
    gazebo = Gazebo({*names(scene), ROBOT.name}, folds=False)

    def wait(until, what):
        for _ in range(100):
            if until():
                return
            gazebo.time += 0.1
            gazebo.folds = gazebo.time > 5.0  # its controller has begun
        raise AssertionError(what)

    gazebo.wait = wait
    Stage(gazebo, ROBOT, gazebo).begin(scene)
    assert gazebo.calls.count(("fold", 3.0)) == 2
    assert gazebo.calls[-1] == ("set_pose", scene.start)


def test_a_robot_that_does_not_fold_is_not_put_into_the_scene():
    scene = generate("tidy", 0)
    gazebo = Gazebo({*names(scene), ROBOT.name}, folds=False)
    with pytest.raises(InfrastructureError, match="start posture"):
        Stage(gazebo, ROBOT, gazebo).begin(scene)
    assert ("set_pose", scene.start) not in gazebo.calls


def test_a_change_that_broke_off_can_be_tried_again():
    before, after = generate("tidy", 0), generate("tidy", 1)
    gazebo = Gazebo({*names(before), ROBOT.name})
    stage = Stage(gazebo, ROBOT, gazebo)
    stage.begin(before)
    spawn, left = gazebo.spawn, [3]

    def breaking(name, sdf):
        if not left[0]:
            raise InfrastructureError("Gazebo did not")
        left[0] -= 1
        spawn(name, sdf)

    gazebo.spawn = breaking
    with pytest.raises(InfrastructureError):
        stage.change(after)
    left[0] = 100
    stage.change(after)
    assert gazebo.models == {*names(after), ROBOT.name}
