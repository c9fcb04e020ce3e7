# SPDX-License-Identifier: Apache-2.0
"""A skill of one's own: an entry in a copy of the YAML, a service of a node outside the project, no code."""

import json
import subprocess
import sys

import pytest
import yaml

from agent_planner.cli.robots import FOLDER
from agent_planner.skills.library import DEFAULT_LIBRARY
from tests.end_to_end.processes import Stack, answer

ABORTED, INFEASIBLE = 6, 101
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


@pytest.mark.parametrize("model", ["scripted", pytest.param("default", marks=pytest.mark.model)])
def test_a_skill_bound_to_a_trigger_service_is_called(tmp_path, model):
    (tmp_path / "skills.yaml").write_text(DEFAULT_LIBRARY.read_text() + SKILL)
    profile = yaml.safe_load((FOLDER / "mobile_manipulator.yaml").read_text()) | {"skills": "skills.yaml"}
    (tmp_path / "robot.yaml").write_text(yaml.safe_dump(profile))
    if model == "scripted":
        (tmp_path / "script.json").write_text(json.dumps(["goal: did(ring_bell)", "did(ring_bell)\nring_bell()"]))
        model = f"scripted:{tmp_path / 'script.json'}"
    stack = Stack(tmp_path, "--robot", str(tmp_path / "robot.yaml"), "--scene", "table_top", "--model", model)
    try:
        stack.wait_until_up()
        bell = subprocess.Popen([sys.executable, "-c", BELL], env=stack.environ(), stdout=subprocess.PIPE, text=True)
        with bell:
            try:
                result = answer(stack.client("ring the bell"))
            finally:
                bell.kill()  # not SIGTERM: once, rclpy.spin waited on for ever after it
            rung = bell.stdout.read()
        assert (result["outcome"], result["steps"]) == ("succeeded", ["ring_bell()"])
        assert rung == "ding\n"
        if model == "default":
            result = answer(stack.client("put the purple teapot in the blue bin"))
            assert (result["status"], result["outcome"], result["error_code"]) == (ABORTED, "infeasible", INFEASIBLE)
            assert "purple teapot" in result["error_msg"]
            assert result["steps"] == []
    finally:
        stack.end()
