# SPDX-License-Identifier: Apache-2.0
"""What the tests of faults share: a robot that may go wrong, and a witness of what came of it."""

import json

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.goals import next_step, parse_goal, unmet
from agent_planner.skills.library import DEFAULT_LIBRARY
from agent_planner.testing.scripted_model import ScriptedModel
from tests.ros.faults.table import Row, Table
from tests.ros.waits import eventually

STATUS_OF = {
    "succeeded": GoalStatus.STATUS_SUCCEEDED,
    "answered": GoalStatus.STATUS_SUCCEEDED,
    "cancelled": GoalStatus.STATUS_CANCELED,
}
_Result = ExecuteInstruction.Result
CODE_NAMES = {getattr(_Result, name): name for name in dir(type(_Result)) if name.isupper()}


@pytest.fixture(scope="session")
def table():
    table = Table()
    yield table
    table.close()


def insisting(goal, *calls):
    """A model with one goal, which makes its calls in turn and the last as often as it is asked."""

    def answer(request):
        said = [m.content for m in request.messages if m.role == "assistant"]
        if not any(text == f"goal: {goal}" for text in said):
            return f"goal: {goal}"
        made = sum("\n" in text for text in said)
        return f"{goal}\n{calls[min(made, len(calls) - 1)]}"

    return ScriptedModel(answer)


@pytest.fixture
def to_shelf():
    return insisting("at(shelf)", 'navigate_to(target="shelf")')


@pytest.fixture
def to_cube():
    return insisting("holding(red cube)", 'navigate_to(target="red cube")', 'pick(object="red cube")')


@pytest.fixture
def expert(robot, library):
    """Make a model with a goal, which calls what the world needs next."""

    def made(goal):
        (atoms,) = parse_goal(f"goal: {goal}").steps

        def answer(request):
            if not any(m.content == f"goal: {goal}" for m in request.messages):
                return f"goal: {goal}"
            step = next_step(atoms, library, robot.scene)
            call = step.call if step else 'give_up(reason="out of reach")'
            return f"{goal}\n{call}"

        return ScriptedModel(answer)

    return made


@pytest.fixture
def quick_skills(tmp_path):
    """The shipped library with time-outs of half a second."""
    path = tmp_path / "skills.yaml"
    lines = DEFAULT_LIBRARY.read_text().splitlines()
    path.write_text("\n".join("  timeout_s: 0.5" if line.startswith("  timeout_s:") else line for line in lines))
    return str(path)


class Witness:
    """Sees how an instruction ended and what it left behind, and holds the document to it."""

    def __init__(self, table, robot, runs):
        self.runs = runs
        self._table = table
        self._robot = robot

    def report(self, part, fault, ended, at_rest=True, goal="at(shelf)"):
        """Check that it is true, and add it to the table.

        Args:
            part: what went wrong.
            fault: how.
            ended: status and result of the instruction.
            at_rest: whether every goal of every server must have ended; where that cannot be, the outcome must say
                so, by being unknown.
            goal: what would have to hold for it to have succeeded.
        """
        status, result = ended
        assert status == STATUS_OF.get(result.outcome, GoalStatus.STATUS_ABORTED)
        (atoms,) = parse_goal(f"goal: {goal}").steps
        if result.outcome == "succeeded":
            assert not unmet(atoms, self._robot.scene, [])
        if at_rest:
            self._wait_for_rest()
        else:
            assert result.outcome == "unknown"
        self._table.add(
            Row(
                part,
                fault,
                f"{result.outcome} ({CODE_NAMES[result.error_code]})",
                result.error_msg or result.summary,
                "yes" if at_rest else "not known, and told so",
                self._record(result),
            )
        )

    def _wait_for_rest(self):
        servers = self._robot.actions
        running = lambda: [name for name, server in servers.items() if server.running.is_set()]  # noqa: E731
        assert eventually(lambda: not running()), f"goals run on: {running()}"

    def _record(self, result):
        if not result.episode_id:
            return "nothing began"
        folder = self.runs / result.episode_id
        events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
        episode = json.loads((folder / "episode.json").read_text())
        assert events[-1]["kind"] == "ENDED" and episode["outcome"] == result.outcome
        return "to the end"


@pytest.fixture
def witness(table, robot, tmp_path):
    return Witness(table, robot, tmp_path / "runs")


@pytest.fixture
def planner_for(start_planner, witness):
    """Start a planner that records; limits are short."""
    limits = {"accept_timeout_s": 0.5, "cancel_timeout_s": 2.0, "scene_timeout_s": 2.0, "server_timeout_s": 0.5}

    def start(model, **parameters):
        return start_planner(model, runs_folder=str(witness.runs), **{**limits, **parameters})

    return start
