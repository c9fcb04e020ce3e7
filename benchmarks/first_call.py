# SPDX-License-Identifier: Apache-2.0
"""How long from "goal accepted" to "first skill goal sent", and what the time goes to.

A real planner node with a real model, a client, and a robot that does not move (`agent_planner.testing`), in one
process over rclpy. The same instruction is carried out again and again; as soon as a skill's server has accepted a
goal, the instruction is cancelled. The parts are shares of one run, so that runs on different machines can be
compared:

    prompt    from the acceptance, and from what was said before, until the model is asked: scene, text, grammar
    model     while the model answers: first the goal, then a thought and a call
    check     from the call until it is handed on: entities, needs, look-ahead
    dispatch  from there until the skill's server has accepted the goal

`make bench`, or `. scripts/env.sh && python benchmarks/first_call.py --help`
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import rclpy
from action_msgs.msg import GoalStatusArray
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import qos_profile_action_status_default

from agent_planner.cli.joined import joined
from agent_planner.cli.running import claimed
from agent_planner.errors import AgentPlannerError, UserError
from agent_planner.llm.choose import choose_model
from agent_planner.ros.client import PlannerClient
from agent_planner.ros.planner_node import PlannerNode
from agent_planner.ros.process import spinning
from agent_planner.ros.supervisor_node import SupervisorNode
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.testing.fake_action import Behaviour, Ending
from agent_planner.testing.fake_robot import FakeRobot

INSTRUCTION = "put the red cube in the blue bin"
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
# What goes on after each kind of event.
AFTER = {"GOAL": "prompt", "REFUSED": "prompt", "THINKING": "model", "CHECKING": "check", "EXECUTING": "dispatch"}
PARTS = ("prompt", "model", "check", "dispatch")
LOAD_SECONDS, CALL_SECONDS, END_SECONDS = 1800.0, 600.0, 60.0


class Acceptance:
    """When the newest goal of any of some actions was accepted, by the servers' own stamps."""

    def __init__(self, node: Node, actions: Sequence[str]):
        self.came = threading.Event()
        self.stamp = 0.0
        for name in actions:
            topic = f"{name}/_action/status"
            node.create_subscription(GoalStatusArray, topic, self._take, qos_profile_action_status_default)

    def _take(self, message: GoalStatusArray) -> None:
        stamps = (status.goal_info.stamp for status in message.status_list)
        newest = max((s.sec + s.nanosec * 1e-9 for s in stamps), default=0.0)
        if newest > self.stamp:
            self.stamp = newest
            self.came.set()


def split(events: Sequence[dict], accepted: float, sent: float) -> dict[str, float]:
    """The seconds of each part, from an episode's events and two times of the epoch."""
    seconds: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    part, since = "prompt", accepted
    for event in events:
        now = datetime.fromisoformat(event["time"]).timestamp()
        if part == "dispatch":
            break
        if event["kind"] in AFTER:
            seconds[part] += now - since
            part, since = AFTER[event["kind"]], now
    seconds[part] += sent - since
    return seconds


def measure(runs: int, model: str, folder: Path) -> list[dict[str, float]]:
    """Send the instruction ``runs`` times, after once to warm up."""
    with ExitStack() as stack:
        running = stack.enter_context(claimed("benchmark", folder, "LOCALHOST"))
        os.environ["ROS_DOMAIN_ID"] = str(running.domain)
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = running.discovery
        rclpy.init()
        stack.callback(rclpy.shutdown)
        robot_node = Node("robot")
        given = {"model": model, "policy_file": "simulation", "runs_folder": str(folder)}
        overrides = [Parameter(name, value=value) for name, value in given.items()]
        planner = PlannerNode(choose_model, parameter_overrides=overrides)
        supervisor = SupervisorNode()
        robot = FakeRobot(robot_node, SkillLibrary.load(), SCENE)
        stack.callback(robot.destroy)
        for action in robot.actions.values():
            action.behaviour = Behaviour(ending=Ending.HANG)
        stack.enter_context(spinning(MultiThreadedExecutor(8), robot_node, planner, supervisor))
        supervisor.start()
        planner.start()
        stack.callback(planner.stop)
        client = stack.enter_context(joined("benchmark"))
        instructions = PlannerClient(client)
        begun = Acceptance(client.node, ["execute_instruction"])
        called = Acceptance(client.node, list(robot.actions))
        instructions.wait_for_server(END_SECONDS)
        instructions.wait_for_model(LOAD_SECONDS, lambda progress: None)
        rows = []
        for number in range(runs + 1):
            rows.append(once(instructions, begun, called, folder))
            print(f"run {number} of {runs}: {sum(rows[-1].values()):.3f} s", file=sys.stderr)
        return rows[1:]


def once(client: PlannerClient, begun: Acceptance, called: Acceptance, folder: Path) -> dict[str, float]:
    """One instruction, until a skill's server has accepted a goal."""
    called.came.clear()
    sent = client.send(INSTRUCTION, lambda feedback: None)
    came = called.came.wait(CALL_SECONDS)
    sent.cancel(END_SECONDS)
    result = sent.result(END_SECONDS)
    if not came:
        raise UserError(f"no skill was called within {CALL_SECONDS:.0f} s ({result.summary}); is it another model's?")
    lines = (folder / result.episode_id / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return split([json.loads(line) for line in lines], begun.stamp, called.stamp)


def figures(rows: Sequence[dict[str, float]], model: str) -> dict:
    """Medians, and shares of the whole."""
    totals = [sum(row.values()) for row in rows]
    return {
        "model": model,
        "runs": len(rows),
        "median_s": round(statistics.median(totals), 4),
        "fastest_s": round(min(totals), 4),
        "slowest_s": round(max(totals), 4),
        "medians_s": {part: round(statistics.median(row[part] for row in rows), 4) for part in PARTS},
        "shares": {part: round(sum(row[part] for row in rows) / sum(totals), 4) for part in PARTS},
    }


def show(found: dict) -> None:
    """A table for a person."""
    print(f"goal accepted to first skill goal sent, model {found['model']}, {found['runs']} runs")
    print(f"{'':10}{'median':>10}{'share':>9}")
    for part in PARTS:
        print(f"{part:10}{found['medians_s'][part]:>8.3f} s{found['shares'][part]:>9.1%}")
    print(f"{'all':10}{found['median_s']:>8.3f} s   ({found['fastest_s']:.3f} to {found['slowest_s']:.3f} s)")


def main() -> None:
    """Run and print."""
    about, _, more = str(__doc__).partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=8, help="how often, after once to warm up (default: %(default)s)")
    parser.add_argument("--model", default="default", help="as for `agent-planner demo` (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error(f"--runs {options.runs}: at least 1")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = figures(measure(options.runs, options.model, Path(folder)), options.model)
    except AgentPlannerError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UserError) else 1)
    if options.json:
        print(json.dumps(found))
    else:
        show(found)


if __name__ == "__main__":
    main()
