# SPDX-License-Identifier: Apache-2.0
"""A skill of one's own: an entry in a copy of the YAML, a service of a node outside the project, no code."""

import json
import subprocess
import sys

import yaml

from agent_planner.cli.robots import FOLDER
from agent_planner.skills.library import DEFAULT_LIBRARY
from tests.end_to_end.processes import Stack, answer

SKILL = """
- name: ring_bell
  description: Ring the bell.
  service: {name: bell/ring, type: std_srvs/srv/Trigger, success: {success: true}}
"""
BELL = """
import rclpy
from std_srvs.srv import Trigger

def ring(request, response):
    print("ding", flush=True)
    response.success = True
    return response

rclpy.init()
node = rclpy.create_node("bell")
node.create_service(Trigger, "bell/ring", ring)
rclpy.spin(node)
"""


def test_a_skill_bound_to_a_trigger_service_is_called(tmp_path):
    (tmp_path / "skills.yaml").write_text(DEFAULT_LIBRARY.read_text() + SKILL)
    profile = yaml.safe_load((FOLDER / "mobile_manipulator.yaml").read_text()) | {"skills": "skills.yaml"}
    (tmp_path / "robot.yaml").write_text(yaml.safe_dump(profile))
    (tmp_path / "script.json").write_text(json.dumps(["goal: did(ring_bell)", "did(ring_bell)\nring_bell()"]))
    stack = Stack(
        tmp_path,
        *("--robot", str(tmp_path / "robot.yaml"), "--scene", "table_top"),
        *("--model", f"scripted:{tmp_path / 'script.json'}"),
    )
    try:
        stack.wait_until_up()
        bell = subprocess.Popen([sys.executable, "-c", BELL], env=stack.environ(), stdout=subprocess.PIPE, text=True)
        with bell:
            result = answer(stack.client("ring the bell"))
            assert (result["outcome"], result["steps"]) == ("succeeded", ["ring_bell()"])
            assert bell.stdout.readline() == "ding\n"
            bell.terminate()
    finally:
        stack.end()
