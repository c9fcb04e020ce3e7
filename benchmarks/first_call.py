# SPDX-License-Identifier: Apache-2.0
"""How long from "goal accepted" to "first skill goal sent", and what the time goes to.

A real planner node with the default model, a client, and a robot that does not move (`agent_planner.testing`), in one
process over rclpy. The parts are shares of one run, so that runs on different machines can be compared:

    prompt    scene and library to text and grammar, until the model is asked
    model     the model's two turns: the goal, then thought and call
    check     parsing, schema, entities, needs, look-ahead
    dispatch  from the checked call until the skill's server has the goal
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

from agent_planner.llm.choose import choose_model
from agent_planner.ros.client import PlannerClient
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.planner_node import PlannerNode
from agent_planner.ros.process import spinning
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.testing.fake_action import Behaviour
from agent_planner.testing.fake_robot import FakeRobot

SCENE = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup"), SceneObject(name="green ball")),
    places=(
        ScenePlace(name="desk"),
        ScenePlace(name="shelf"),
        ScenePlace(name="blue bin", affordances=frozenset({"container"})),
    ),
    relations=(
        Relation("on", "red cube", "desk"),
        Relation("on", "cup", "desk"),
        Relation("on", "green ball", "shelf"),
        Relation("at", "shelf"),
    ),
)
PARTS = ("prompt", "model", "check", "dispatch")


def split(events: list[dict], began: float, arrived: float) -> dict[str, float]:
    """Return the seconds of each part from an episode's events and two wall-clock times."""
    stamps = [(e["kind"], datetime.fromisoformat(e["time"]).timestamp()) for e in events]
    asked = [t for kind, t in stamps if kind == "THINKING"][:2]
    goal = next(t for kind, t in stamps if kind == "GOAL")
    said = next(t for kind, t in stamps if kind == "CHECKING")
    sent = next(t for kind, t in stamps if kind == "EXECUTING")
    return {
        "prompt": asked[0] - began + asked[1] - goal,
        "model": goal - asked[0] + said - asked[1],
        "check": sent - said,
        "dispatch": arrived - sent,
    }


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ.setdefault("ROS_DOMAIN_ID", "97")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.runs, options.model, Path(folder))
    total = [sum(row.values()) for row in rows]
    shares = {part: round(sum(r[part] for r in rows) / sum(total), 3) for part in PARTS}
    figures = {
        "runs": len(rows),
        "model": options.model,
        "median_s": round(statistics.median(total), 3),
        "shares": shares,
    }
    print(json.dumps(figures))


def measure(runs: int, model: str, folder: Path) -> list[dict[str, float]]:
    """Carry out the same instruction ``runs`` times; the robot aborts the first skill, which ends the time."""
    rclpy.init()
    robot_node, client = Node("robot"), ClientNode()
    overrides = [Parameter("model", value=model), Parameter("runs_folder", value=str(folder))]
    planner = PlannerNode(choose_model, parameter_overrides=overrides)
    rows = []
    with spinning(MultiThreadedExecutor(8), robot_node, planner):
        robot = FakeRobot(robot_node, SkillLibrary.load(), SCENE)
        planner.start()
        client.open()
        planner_client = PlannerClient(client)
        planner_client.wait_for_server(60.0)
        for _ in range(runs + 1):
            rows.append(_once(robot, planner_client, folder))
        client.close()
        planner.stop()
        robot.destroy()
    rclpy.shutdown()
    return rows[1:]  # the first run waits for the model to load


def _once(robot: FakeRobot, client: PlannerClient, folder: Path) -> dict[str, float]:
    robot.scene = SCENE
    arrived: list[float] = []
    first = threading.Event()

    def note(goal: object) -> None:
        arrived.append(time.time())
        first.set()

    for action in robot.actions.values():
        action.behaviour = Behaviour(effect=note)
    began = time.time()
    sent = client.send("put the red cube in the blue bin", lambda feedback: None)
    if not first.wait(300.0):
        raise SystemExit("no skill was called within 300 s")
    sent.cancel()
    result = sent.result(60.0)
    lines = (folder / result.episode_id / "events.jsonl").read_text().splitlines()
    return split([json.loads(line) for line in lines], began, arrived[0])


if __name__ == "__main__":
    main()
