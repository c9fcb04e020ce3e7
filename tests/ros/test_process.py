# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes of their own: arguments, signals, exit codes."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import rclpy
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from geometry_msgs.msg import Twist
from rclpy.callback_groups import ReentrantCallbackGroup
from std_srvs.srv import Trigger

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.testing.fake_action import Ending
from tests.ros.waits import answer_of

SECONDS = 30.0


@pytest.fixture
def start(ros, namespace):
    """Start a module's `main` with ROS arguments, in the domain and namespace of the test."""
    processes = []

    def start(module, *arguments):
        environ = os.environ | {"ROS_DOMAIN_ID": str(rclpy.get_default_context().get_domain_id())}
        code = f"import sys; from agent_planner.ros.{module} import main; sys.exit(main())"
        command = [sys.executable, "-c", code, *arguments]
        process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        ("planner_node", ("--ros-args", "-p", "levle:=raw"), "has no parameter 'levle'; did you mean 'level'?"),
        ("planner_node", ("--ros-args", "-p", "model:=/nowhere"), "there is no folder '/nowhere'"),
        ("planner_node", ("--ros-args", "-p", "policy_file:=simul"), "simul: there is no such policy; did you mean"),
        ("supervisor_node", ("--speed", "2"), "unknown argument '--speed'; parameters are given as --ros-args -p"),
        ("supervisor_node", ("--ros-args", "-p", "rate"), "rule: '-p rate'"),
        ("supervisor_node", ("--ros-args", "--params-file", "/nowhere.yaml"), "'--params-file /nowhere.yaml'"),
        ("supervisor_node", ("--ros-args", "-p", "rate:=fast"), "rate must be of type float"),
        ("supervisor_node", ("--ros-args", "-p", "arm_joints:=elbow"), "arm_joints must be of type string array"),
        ("supervisor_node", ("--ros-args", "-p", "skills_file:=/nowhere.yaml"), "/nowhere.yaml: there is no such"),
    ],
)
def test_a_wrong_start_is_one_line_and_exit_code_2(start, module, arguments, message):
    process = start(module, *arguments)
    _, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    (line,) = [line for line in error.splitlines() if line.startswith("error: ")]
    assert message in line
    assert "Traceback" not in error
    assert ".c:" not in line  # the C sources are of no use to a person


def test_ctrl_c_cancels_the_skill_and_answers_before_the_end(start, node, namespace, robot, supervisor, tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(["goal: at(shelf)", 'at(shelf)\nnavigate_to(target="shelf")']))
    server = robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, ending=Ending.HANG)
    parameters = ("-p", f"model:=scripted:{script}", "-p", "policy_file:=simulation")
    process = start("planner_node", "--ros-args", "-r", f"__ns:={namespace}", *parameters)
    client = SafeActionClient(node, ExecuteInstruction, "execute_instruction")
    assert client.wait_for_server(SECONDS)
    answered, ended, result = threading.Event(), threading.Event(), []

    def hear(future):
        result.append(future.result())
        ended.set()

    def accepted(future):
        future.result().get_result_async().add_done_callback(hear)
        answered.set()

    for _ in range(4):
        # The server may have been found before the way back from it: then its first answer is lost.
        goal = ExecuteInstruction.Goal(instruction="go to the shelf", preempt=True)
        client.send_goal_async(goal).add_done_callback(accepted)
        if answered.wait(10):
            break
    assert answered.is_set() and server.running.wait(SECONDS)
    process.send_signal(signal.SIGINT)
    assert ended.wait(SECONDS)
    assert (result[0].status, result[0].result.outcome) == (GoalStatus.STATUS_CANCELED, "cancelled")
    assert "shuts down" in result[0].result.error_msg
    assert server.ended[-1] == "canceled" and not server.running.is_set()
    assert process.wait(SECONDS) == 0


def test_the_supervisor_passes_velocities_on_and_falls_silent(start, node, namespace):
    heard, changed = [], threading.Condition()

    def take(message):
        with changed:
            heard.append(message.linear.x)
            changed.notify_all()

    def until(speed):
        with changed:
            del heard[:-1]
            assert changed.wait_for(lambda: speed in heard, SECONDS), heard

    node.create_subscription(Twist, "cmd_vel", take, 10)
    nav, teleop = node.create_publisher(Twist, "cmd_vel_skills", 1), node.create_publisher(Twist, "cmd_vel_teleop", 1)
    process = start("supervisor_node", "--ros-args", "-r", f"__ns:={namespace}", "-p", "max_linear:=0.25")
    until(0.0)
    fast = Twist()
    fast.linear.x = 3.0
    group = ReentrantCallbackGroup()
    drive = node.create_timer(0.1, lambda: nav.publish(fast), group)
    until(0.25)
    slow = Twist()
    slow.linear.x = -0.125
    steer = node.create_timer(0.1, lambda: teleop.publish(slow), group)
    until(-0.125)
    node.destroy_timer(steer)
    until(0.0)  # a stick at rest gives nothing back
    give_back = node.create_client(Trigger, "give_back")
    assert answer_of(give_back.call_async(Trigger.Request()), SECONDS).success
    until(0.25)
    node.destroy_timer(drive)
    until(0.0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0


def test_the_supervisor_loads_neither_torch_nor_a_model():
    code = (
        "import sys, agent_planner.ros.supervisor_node, agent_planner.ros.process\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'torch', 'transformers', 'llguidance', 'tokenizers', 'peft'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=True)
    assert done.stdout.strip() == "[]"


def test_the_supervisor_at_work_has_no_model_in_its_memory(start, node, namespace):
    process = start("supervisor_node", "--ros-args", "-r", f"__ns:={namespace}")
    client = node.create_client(Trigger, "stop")
    assert client.wait_for_service(SECONDS)
    answer_of(client.call_async(Trigger.Request()), SECONDS)
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    assert "rcl" in maps
    assert "torch" not in maps and "tokenizers" not in maps
