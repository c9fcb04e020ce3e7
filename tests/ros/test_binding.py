# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from agent_planner_interfaces.action import NavigateTo, Pick
from std_srvs.srv import Trigger

from agent_planner.errors import UserError
from agent_planner.ros.binding import check_binding, judge, request_of
from agent_planner.scene import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call

NAVIGATE = "agent_planner_interfaces/action/NavigateTo"
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube", category="cube", pose=Pose(2.0, 0.1, 0.6), size=(0.04, 0.04, 0.04)),),
    places=(ScenePlace(name="desk", pose=Pose(2.0, 0.0, 0.3), size=(0.4, 1.0, 0.6)),),
    relations=(Relation("on", "red cube", "desk"),),
    robot=RobotState(base=Pose(0.0, 0.0, 0.0)),
)


def skill(binding, parameters="{target: {type: entity}, speed: {type: number, minimum: 0, maximum: 2}}"):
    text = f"skills:\n- name: go\n  description: Go.\n  parameters: {parameters}\n{binding}"
    return SkillLibrary.parse(text)["go"]


def action(goal="{}", success="{}", type_name=NAVIGATE, **kwargs):
    return skill(f"  action: {{name: go, type: {type_name}, goal: {goal}, success: {success}}}", **kwargs)


def request(goal, args=None, **kwargs):
    return request_of(action(goal, **kwargs), Call("go", args or {"target": "red cube", "speed": 1.5}), SCENE)


def test_a_placeholder_keeps_the_type_of_its_value():
    goal = request('{target: "{target}", pose: {pose: {position: {x: "{speed}", y: 2}}}}')
    assert goal.target == "red cube"
    assert (goal.pose.pose.position.x, goal.pose.pose.position.y) == (1.5, 2.0)


def test_text_around_placeholders_is_text():
    goal = request('{target: "the {target.category} {target} at {speed}"}')
    assert goal.target == "the cube red cube at 1.5"


def test_numbers_in_texts_are_whole():
    utm = "{target: {type: entity}, speed: {type: number, minimum: 0, maximum: 9999999}}"
    arguments = {"target": "desk", "speed": 5411943.25}
    assert request('{target: "x={speed}"}', arguments, parameters=utm).target == "x=5411943.25"
    assert request('{target: "{speed}"}', arguments, parameters=utm).target == "5411943.25"
    assert request("{target: 1234567890123}").target == "1234567890123"


def test_braces_that_are_no_placeholder_stay():
    assert request("{target: '{\"a\": 1}'}").target == '{"a": 1}'


def test_the_whole_call_as_json():
    goal = request(
        '{skill: "{call.skill}", arguments: "{call.arguments}"}',
        type_name="agent_planner_interfaces/action/ExecuteSkill",
    )
    assert (goal.skill, goal.arguments) == ("go", '{"target": "red cube", "speed": 1.5}')


def test_an_entitys_pose_fits_fields_of_several_types():
    stamped = request('{pose: "{target.pose}"}').pose
    assert stamped.header.frame_id == "map"
    assert stamped.pose.position.x == 2.0
    nested = request('{pose: {header: {frame_id: odom}, pose: {position: "{target.pose}"}}}').pose
    assert (nested.header.frame_id, nested.pose.position.z) == ("odom", 0.6)
    assert request('{pose: {pose: {position: {y: "{target.pose.y}"}}}}').pose.pose.position.y == 0.1


def test_angles_are_converted_from_the_unit_that_the_model_speaks():
    degrees = "{target: {type: entity}, speed: {type: number, minimum: 0, maximum: 360, unit: deg}}"
    goal = request(
        '{pose: {pose: {position: {x: "{speed.rad}", y: "{speed.deg}"}}}}',
        {"target": "desk", "speed": 90.0},
        parameters=degrees,
    )
    assert (goal.pose.pose.position.x, goal.pose.pose.position.y) == pytest.approx((math.pi / 2, 90.0))


POSTURES = "{posture: {type: enum, values: {stow: {elbow: 1.5, WRIST_3: -2}, home: {elbow: 0.0, WRIST_3: 1}}}}"


def test_the_words_of_an_enum_stand_for_data():
    goal = '{pose: {pose: {position: {x: "{posture.data.elbow}", y: "{posture.data.WRIST_3}"}}}, target: "{posture}"}'
    filled = request(goal, {"posture": "stow"}, parameters=POSTURES)
    assert (filled.pose.pose.position.x, filled.pose.pose.position.y, filled.target) == (1.5, -2.0, "stow")
    assert check_binding(action(goal, parameters=POSTURES)) == []


def test_what_one_word_lacks_is_told_before_any_run():
    lacking = POSTURES.replace("home: {elbow: 0.0, ", "home: {")
    (problem,) = check_binding(action('{pose: {pose: {position: {x: "{posture.data.elbow}"}}}}', parameters=lacking))
    assert "there is no 'elbow' in {'WRIST_3': 1}" in problem


@pytest.mark.parametrize(
    ("bounds", "problems"),
    [
        ("minimum: 0, maximum: 255", []),
        ("minimum: 0, maximum: 300", ["'mode' is of type uint8 (0 to 255) and cannot take 300"]),
        ("minimum: 0, maximum: 0.5", ["'mode' is of type uint8 and cannot take 0.5"]),
    ],
)
def test_both_bounds_of_a_number_have_to_fit(bounds, problems):
    place = action(
        '{mode: "{mode}"}',
        type_name="agent_planner_interfaces/action/Place",
        parameters=f"{{mode: {{type: number, {bounds}}}}}",
    )
    assert check_binding(place) == problems


def test_a_place_may_have_poses_with_names():
    marked = SCENE.places[0].model_copy(update={"poses": {"dock": Pose(1.0, 2.0, 0.0, 0.5)}})
    binding = action('{pose: "{target.poses.dock}", target: "{target}"}')
    assert check_binding(binding) == []
    call = Call("go", {"target": "desk", "speed": 1.0})
    assert request_of(binding, call, SCENE.replace(places=(marked,))).pose.pose.position.y == 2.0
    with pytest.raises(UserError, match="'desk' has no pose 'dock'"):
        request_of(binding, call, SCENE)


def test_the_approach_is_beside_what_carries_the_object_on_the_robots_side():
    pose = request('{pose: "{target.approach_pose}"}').pose.pose
    assert (pose.position.x, pose.position.y, pose.position.z) == pytest.approx((1.3, 0.0, 0.0))
    assert pose.orientation.z == pytest.approx(0.0711, abs=1e-3)  # looks at the cube, a little to the left


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ('{taget: "{target}"}', "NavigateTo_Goal has no field 'taget'; did you mean 'target'? known: pose, target"),
        ('{target: "{traget}"}', "go has no parameter 'traget'; did you mean 'target'?"),
        ('{target: "{target.size}"}', "'target' is of type string and cannot take"),
        ('{target: "{target.colour}"}', "an entity has no 'colour'; did you mean 'color'?"),
        ('{target: "{speed.x}"}', "'speed' is a number and has no 'x'"),
        ('{target: "{speed.rad}"}', "the unit of 'speed' is ''; an angle's is deg or rad"),
        ('{pose: "{target.poses}"}', "write {PARAMETER.poses.NAME}"),
        ('{pose: "{target}"}', "'pose' is of type geometry_msgs/PoseStamped and cannot take 'target'"),
        ('{pose: {pose: {position: {x: "{target}"}}}}', "'pose.pose.position.x' is of type double"),
        ("{pose: {pose: {posture: {}}}}", "no field 'pose.pose.posture'"),
        ('{target: "at {target.pose}"}', "'{target.pose}' cannot stand inside a text"),
    ],
)
def test_a_wrong_goal_is_told_before_any_run(goal, message):
    (problem,) = check_binding(action(goal))
    assert message in problem


@pytest.mark.parametrize(
    ("success", "message"),
    [
        ("{error_cod: 0}", "NavigateTo_Result has no field 'error_cod' (of 'error_cod'); did you mean 'error_code'?"),
        ("{error_code.val: 1}", "'error_code.val': there is nothing below a plain value"),
        ("{error_code: fine}", "'error_code' is of type uint16 and cannot take 'fine'"),
        ("{error_code: 70000}", "(0 to 65535)"),
        ("{any: {error_code: 0}}", "success.any takes a list"),
        ("{any: [{error_code: 0}, {stalled: true}]}", "no field 'stalled'"),
    ],
)
def test_a_wrong_rule_is_told_before_any_run(success, message):
    (problem,) = check_binding(action(success=success))
    assert message in problem


@pytest.mark.parametrize(
    ("type_name", "message"),
    [
        ("nav9_msgs/action/NavigateToPose", "there is no package 'nav9_msgs' with interfaces"),
        ("agent_planner_interfaces/action/NavigateToo", "no action 'NavigateToo'; did you mean 'NavigateTo'?"),
        ("std_srvs/srv/Trigger", "std_srvs/srv/Trigger is no action type"),
    ],
)
def test_a_type_that_is_not_there_is_told(type_name, message):
    (problem,) = check_binding(action(type_name=type_name))
    assert message in problem


def test_nothing_is_imported_for_a_type_that_no_index_lists(monkeypatch):
    def refuse(name):
        raise AssertionError(f"imported {name}")

    monkeypatch.setattr("importlib.import_module", refuse)
    assert check_binding(action(type_name="antigravity/action/Fly"))


def test_the_shipped_library_fits_its_types():
    assert {s.name: check_binding(s) for s in SkillLibrary.load()} == {s.name: [] for s in SkillLibrary.load()}


def test_a_fraction_does_not_become_a_whole_number():
    with pytest.raises(UserError, match="'mode' is of type uint8 and cannot take 1.5"):
        request('{mode: "{speed}"}', type_name="agent_planner_interfaces/action/Place")


def test_success_is_read_from_fields():
    assert judge(NavigateTo.Result(), {"error_code": 0}).ok
    nested = {"final_pose.header.frame_id": "map", "any": [{"error_code": 1}, {"error_code": 0}]}
    result = NavigateTo.Result()
    assert not judge(result, nested).ok
    result.final_pose.header.frame_id = "map"
    assert judge(result, nested).ok
    result.error_code = 2
    assert not judge(result, nested).ok


def test_a_code_is_told_by_its_name():
    judged = judge(Pick.Result(error_code=405, error_msg="slipped away"), {"error_code": 0})
    assert (judged.ok, judged.code, judged.message) == (False, "GRASP_FAILED", "slipped away")
    assert judge(Pick.Result(error_code=77), {"error_code": 0}).code == "77"
    assert judge(Trigger.Response(message="no"), {"success": True}).message == "no"
