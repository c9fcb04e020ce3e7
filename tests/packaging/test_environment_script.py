# SPDX-License-Identifier: Apache-2.0
"""scripts/env.sh enters the wheels environment from a shell that has another ROS sourced."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHER_ROS = {
    "ROS_DISTRO": "humble",
    "ROS_VERSION": "2",
    "ROS_PYTHON_VERSION": "3",
    "ROS_LOCALHOST_ONLY": "1",
    "ROS_DISCOVERY_SERVER": "10.0.0.1:11811",
    "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET",
    "RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp",
    "CYCLONEDDS_URI": "file:///lab.xml",
    "FASTRTPS_DEFAULT_PROFILES_FILE": "/lab.xml",
    "AMENT_PREFIX_PATH": "/opt/ros/humble",
    "COLCON_PREFIX_PATH": "/home/user/lab_ws/install",
    "CMAKE_PREFIX_PATH": "/home/user/lab_ws/install/robot:/opt/ros/humble",
    "PYTHONPATH": "/home/user/lab_ws/build/robot:/opt/ros/humble/lib/python3.10/site-packages",
    "LD_LIBRARY_PATH": "/opt/ros/humble/lib:/home/user/lab_ws/install/robot/lib:/opt/cuda/lib64",
    "ROS_DOMAIN_ID": "17",
}


def environment_after(script: str, environ: dict[str, str]) -> dict[str, str]:
    """The environment of a clean bash, with the given variables, after a script."""
    base = {"PATH": "/opt/ros/humble/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-euc", f"{script}\nenv -0"],
        env=base | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)


@pytest.fixture(scope="module")
def entered() -> dict[str, str]:
    return environment_after(f". {ROOT}/scripts/env.sh", OTHER_ROS)


def test_nothing_of_the_other_ros_is_left(entered):
    traces = ("humble", "lab_ws", "lab.xml", "cyclonedds", "10.0.0.1")
    assert [name for name, value in entered.items() if any(trace in value for trace in traces)] == []
    assert {"ROS_VERSION", "ROS_PYTHON_VERSION", "ROS_LOCALHOST_ONLY"}.isdisjoint(entered)


def test_what_is_not_ros_and_the_chosen_domain_are_kept(entered):
    assert "/opt/cuda/lib64" in entered["LD_LIBRARY_PATH"].split(":")
    assert "/usr/bin" in entered["PATH"].split(":")
    assert entered["ROS_DOMAIN_ID"] == "17"


def test_discovery_stays_on_this_machine(entered):
    assert entered["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "LOCALHOST"


def test_a_second_time_changes_nothing(entered):
    again = environment_after(f". {ROOT}/scripts/env.sh; . {ROOT}/scripts/env.sh", OTHER_ROS)
    assert {k: v for k, v in again.items() if k != "_"} == {k: v for k, v in entered.items() if k != "_"}


def test_no_helper_variables_stay_behind(entered):
    ours = {name for name in entered if "agent_planner" in name.lower()}
    assert not ours


@pytest.mark.ros
def test_messages_of_the_workspace_load_in_it(entered):
    code = (
        "from agent_planner_interfaces.action import ExecuteInstruction;"
        "from agent_planner_interfaces.msg import SceneGraph;"
        "from tf2_msgs.msg import TFMessage;"
        "import rclpy; rclpy.init(); rclpy.create_node('probe'); rclpy.shutdown();"
        "from ament_index_python import get_package_share_directory as share;"
        "[share(p) for p in ('agent_planner', 'agent_planner_motion', 'agent_planner_sim', 'rclpy')]"
    )
    command = ["python", "-c", code]
    done = subprocess.run(command, env=entered, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
