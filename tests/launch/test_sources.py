# SPDX-License-Identifier: Apache-2.0
"""Whatever launch and parameter files name is there: programs, parameters, files, arguments, topics."""

import fnmatch

import pytest
import yaml

from agent_planner.cli.robots import known_robots, load_robot
from agent_planner.skills.library import library_file
from tests.launch.sources import (
    LAUNCH,
    PACKAGES,
    LaunchFile,
    declared_parameters,
    executables,
    keywords,
    text,
    words,
)

FILES = [LaunchFile(path) for path in sorted(LAUNCH.glob("*.launch.py"))]
NODES = [(file, call) for file in FILES for call in file.calls("Node", "LifecycleNode")]
# What ROS brings: package and executable, and the parameters that we set, by the packages' own documentation.
FOREIGN = {
    ("rviz2", "rviz2"): set(),
    ("ros_gz_bridge", "parameter_bridge"): {"config_file"},
    ("robot_state_publisher", "robot_state_publisher"): {"robot_description"},
    ("controller_manager", "spawner"): set(),
    ("joy", "joy_node"): {"device_id", "deadzone", "autorepeat_rate"},
}
OF_ROS = {"use_sim_time"}


def program(call):
    given = keywords(call)
    return text(given["package"]), text(given["executable"])


def known(package, executable):
    """Patterns of the parameters that a program takes."""
    if package not in PACKAGES:
        return FOREIGN[package, executable] | OF_ROS
    return declared_parameters(executables(package)[executable]) | OF_ROS


def is_known(name, package, executable):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in known(package, executable))


def each(pairs):
    return [pytest.param(file, call, id=f"{file.name}: {program(call)[1]}") for file, call in pairs]


@pytest.mark.parametrize(("file", "call"), each(NODES))
def test_a_program_is_there(file, call):
    package, executable = program(call)
    if package in PACKAGES:
        assert executable in executables(package)
    else:
        assert (package, executable) in FOREIGN


@pytest.mark.parametrize(("file", "call"), each(NODES))
def test_a_program_knows_the_parameters_that_it_is_given(file, call):
    unknown = {name for name in file.parameters_of(call) if not is_known(name, *program(call))}
    assert unknown == set()


def test_the_reader_of_parameters_follows_tables_and_functions():
    bringup = next(file for file in FILES if file.name == "bringup.launch.py")
    found = {program(call)[1]: bringup.parameters_of(call) for file, call in NODES if file is bringup}
    assert {"model", "skills_file", "policy_file", "look_ahead"} <= found["planner"]
    assert found["supervisor"] == {"skills_file", "use_stamped", "start_stopped"}
    assert "model" in declared_parameters("agent_planner.ros.planner_node")
    assert not is_known("modell", "agent_planner", "planner")


def test_what_is_not_given_for_a_joystick_is_left_to_its_parameter_file():
    (teleop,) = (file for file in FILES if file.name == "teleop.launch.py")
    found = {program(call)[1]: teleop.parameters_of(call) for file, call in NODES if file is teleop}
    assert found == {"joy_node": set(), "teleop_joy": {"publish_stamped_twist"}}
    assert text(teleop.declared["use_stamped"]["default_value"]) == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_argument_is_described(file):
    assert file.declared
    for name, given in file.declared.items():
        assert len(text(given["description"])) > 10, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_argument_that_is_asked_for_is_declared_and_the_other_way_round(file):
    declared = set(file.declared)
    # Those that an including file declares for another one are asked for there.
    handed_on = {name for call in file.calls("_include") for name in LaunchFile(LAUNCH / text(call.args[0])).declared}
    assert file.asked_for <= declared
    assert declared - handed_on <= file.asked_for


def test_what_is_included_takes_the_arguments_that_it_is_given():
    for file in FILES:
        for call in file.calls("_include"):
            included = LaunchFile(LAUNCH / text(call.args[0]))
            assert set(keywords(call)) - {"condition"} <= set(included.declared), included.name


def test_a_real_robot_is_given_the_clock_that_is_asked_for():
    """As every argument of `bringup.launch.py`, unless this file has one of that name itself."""
    (robot,) = (file for file in FILES if file.name == "robot.launch.py")
    includes = list(robot.calls("_include"))
    assert [text(call.args[0]) for call in includes] == ["bringup.launch.py", "rviz.launch.py"]
    assert {name for call in includes for name in keywords(call)} == set()
    assert "use_sim_time" not in robot.declared


def test_files_that_are_shared_are_there():
    shared = [call for file in FILES for call in file.calls("share") if text(call.args[1])]
    assert len(shared) >= 4
    for call in shared:
        package, path = text(call.args[0]), text(call.args[1])
        folder = LAUNCH if package == "agent_planner" else PACKAGES[package] / package / "config"
        assert (folder / path.split("/")[-1]).is_file(), path


def test_each_robot_that_can_be_chosen_has_its_files():
    (choices,) = (file.declared["robot"]["choices"] for file in FILES if file.name == "sim.launch.py")
    assert len(choices.elts) == 3
    for robot in map(text, choices.elts):
        assert (LAUNCH / f"{robot}.yaml").is_file()
        motion = "agent_planner_motion"
        assert (PACKAGES[motion] / motion / "config" / f"{robot}.yaml").is_file()


@pytest.mark.parametrize("path", sorted(LAUNCH.glob("*.yaml")), ids=lambda path: path.name)
def test_parameter_files_name_nodes_and_parameters_that_are_there(path):
    programs = {text(keywords(c)["name"]): program(c) for _, c in NODES if "name" in keywords(c)}
    for node, content in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        package, executable = programs[node.removeprefix("/**/")]
        assert list(content) == ["ros__parameters"]
        unknown = {name for name in content["ros__parameters"] if not is_known(name, package, executable)}
        assert unknown == set(), node


def test_topics_of_rviz_and_of_remappings_are_in_the_code():
    rviz = yaml.safe_load((LAUNCH / "agent_planner.rviz").read_text(encoding="utf-8"))
    displays = rviz["Visualization Manager"]["Displays"]
    topics = [d[key]["Value"] for d in displays for key in ("Topic", "Description Topic") if key in d]
    assert {"scene_markers", "overlay_markers", "head_camera/image", "robot_description"} <= set(topics)
    assert [t for t in topics if t not in words()] == []
    assert "cmd_vel_teleop" in words()


@pytest.mark.parametrize("robot", ["mobile_manipulator", "fixed_arm", "delivery_base"])
def test_values_of_a_shipped_robot_are_those_of_its_profile(robot):
    profile = load_robot(robot)
    ours = {node.executable: node.parameters for node in profile.nodes}
    values = yaml.safe_load((LAUNCH / f"{robot}.yaml").read_text(encoding="utf-8"))
    values = {node.removeprefix("/**/"): content["ros__parameters"] for node, content in values.items()}
    for name in ("base", "arm_joints"):
        assert values["supervisor"].get(name) == ours["supervisor"].get(name), name
    arms = [given["arm_joints"] for given in values.values() if "arm_joints" in given]
    assert all(joints == arms[0] for joints in arms)
    assert "simulated_person" not in values or "simulated_person" in ours
    skills = {values[node]["skills_file"] for node in ("planner", "supervisor") if "skills_file" in values[node]}
    assert {library_file(skill) for skill in skills} <= {profile.skills_file}
    started = {program(call) for _, call in NODES}
    assert {(node.package, node.executable) for node in profile.nodes} <= started


@pytest.mark.parametrize("name", known_robots())
def test_a_profile_names_programs_and_parameters_that_are_there(name):
    for node in load_robot(name).nodes:
        assert node.executable in executables(node.package), node.name
        given = {*node.parameters, *node.respawn_parameters}
        assert {p for p in given if not is_known(p, node.package, node.executable)} == set(), node.name
