# SPDX-License-Identifier: Apache-2.0
"""A running robot for the operator's console."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from agent_planner_interfaces.msg import PlanStatus, StopReport
from agent_planner_interfaces.srv import SetAutonomy
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Bool, String
from std_srvs.srv import Trigger

from agent_planner.errors import UserError
from agent_planner.ros import names
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.console_camera import ConsoleCamera
from agent_planner.ros.console_questions import ConsoleQuestions
from agent_planner.ros.console_run import ConsoleRun
from agent_planner.ros.console_scene import ConsoleScene
from agent_planner.ros.console_services import asked
from agent_planner.ros.console_values import Answer, Grid, Picture, Tell
from agent_planner.ros.hands import Hands
from agent_planner.ros.remote_parameters import read_parameters
from agent_planner.ros.stop_client import progress_of
from agent_planner.ros.stop_sender import StopSender
from agent_planner.ros.supervisor_parameters import FIXED
from agent_planner.ros.teleop_state import teleop_state_of
from agent_planner.ros.timers import steady_timer
from agent_planner.safety.teleop_hold import STICK
from agent_planner.safety.velocity import Velocity
from agent_planner.scene.geometry import Reach
from agent_planner.scene.plain import plain
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import library_file
from agent_planner.teleop.commands import ArmTwist
from agent_planner.types import Autonomy

_PLANNERS = ("skills_file", "runs_folder", "place_reach_m", "object_reach_m", "operator_timeout_s")
_SUPERVISORS = ("max_linear", "max_angular", "base", "arm_joints", "use_stamped", "base_frame")
# So often the scene may be told, and what falls silent is looked for. Questions: how much time is left.
_LOOK_S, _QUESTIONS_S = 0.2, 1.0
# The supervisor says ten times a second whether the robot is stopped.
_SILENT_S = 1.0
# A request to take over that nothing came of is repeated after so long.
_AGAIN_S = 0.5
_LONGEST_REASON = 100
_TRIGGERS = (names.STOP, names.RESET_STOP, names.TAKE_OVER, names.GIVE_BACK)
# All that was told meanwhile: events are read from it.
_STATUS = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class ConsoleLink:
    """Build it on an open `ClientNode`, then `join`, then `open`. All but `join` and `end` return at once.

    Args:
        client: the node.
        arm_frame: of the end effector, in which it is jogged.
        suggestion: an instruction that the page offers.
    """

    def __init__(self, client: ClientNode, arm_frame: str, suggestion: str = ""):
        self._client = client
        self._arm_frame = arm_frame
        self._suggestion = suggestion
        # Only for as long as `tell` takes, which returns at once.
        self._telling = threading.Lock()
        self._listener: Tell | None = None
        self._told: dict[str, Any] = {}
        self._stop_heard = float("-inf")
        self._stopped = False
        self._report: StopReport | None = None
        self._taken = self._kept = False
        self._asked_to_take = float("-inf")
        self._questions_due = 0.0

    def join(self, seconds: float) -> None:
        """Find planner and supervisor and read what they work with.

        Raises:
            InfrastructureError: one of them is not there.
            UserError: the planner's skill library cannot be read on this machine.
        """
        own = read_parameters(self._client, "planner", _PLANNERS, seconds)
        bounds = read_parameters(self._client, "supervisor", _SUPERVISORS, seconds)
        try:
            library = SkillLibrary.load(library_file(own["skills_file"]))
        except UserError as error:
            raise UserError(f"the planner's skills are not on this machine as it knows them: {error}") from error
        self.runs = Path(own["runs_folder"]).expanduser() if own["runs_folder"] else None
        self._reach = Reach(place_m=own["place_reach_m"], object_m=own["object_reach_m"])
        self._timeout_s: float = own["operator_timeout_s"]
        self._limits = (bounds["max_linear"], bounds["max_angular"])
        self._base_frame: str | None = bounds["base_frame"] if bounds["use_stamped"] else None
        self._about = {
            "skills": [{"name": s.name, "description": s.description, "risk": s.risk} for s in library],
            "levels": [level.value for level in Autonomy],
            "drives": bounds["base"] != FIXED,
            "arm": bool(bounds["arm_joints"]),
            "max_linear": bounds["max_linear"],
            "max_angular": bounds["max_angular"],
            "suggestion": self._suggestion,
        }
        self._create()

    def _create(self) -> None:
        node = self._client.node
        self._run = ConsoleRun(self._client, self._tell)
        self._scene = ConsoleScene(node, self._reach, self._tell)
        self._questions = ConsoleQuestions(node, self._timeout_s, lambda told: self._tell("questions", told))
        self._camera = ConsoleCamera(node, lambda number: self._tell("picture", number))
        self._hands = Hands(node, self._base_frame)
        self._triggers = {name: node.create_client(Trigger, name) for name in _TRIGGERS}
        self._set_autonomy = node.create_client(SetAutonomy, "set_autonomy")
        self._stops = StopSender(node)
        node.create_subscription(PlanStatus, "plan_status", self._on_status, _STATUS)
        node.create_subscription(Bool, names.STOP_ACTIVE, self._on_stop_active, names.NEWEST)
        node.create_subscription(StopReport, names.STOP_REPORT, self._on_stop_report, names.NEWEST)
        node.create_subscription(DiagnosticStatus, names.TELEOP_STATE, self._on_teleop, names.NEWEST)
        node.create_subscription(String, names.AUTONOMY, self._on_autonomy, names.NEWEST)
        steady_timer(node, _LOOK_S, self._look)

    def end(self, seconds: float) -> None:
        """End the instruction that was sent from here, if it runs; the robot is at rest when this returns.

        Raises:
            InfrastructureError: that is not known.
        """
        self._run.end(seconds)

    # --- the protocol `agent_planner.console.robot.Robot`

    def open(self, tell: Tell) -> None:
        """From now on ``tell`` hears everything, first what is known already."""
        with self._telling:
            self._listener = tell
            for topic, data in self._told.items():
                tell(topic, data)

    def close(self) -> None:
        """Nothing is told any more."""
        self._listener = None

    def instruct(self, instruction: str, autonomy: str) -> Future[Answer]:
        """Send an instruction."""
        return self._run.instruct(instruction, autonomy)

    def cancel(self) -> Future[Answer]:
        """End the instruction that runs."""
        return self._run.cancel()

    def answer(self, question: str, answer: str) -> Future[Answer]:
        """Answer an open question."""
        return self._questions.answer(question, answer)

    def set_autonomy(self, level: str) -> Future[Answer]:
        """Change the level of autonomy."""
        return asked(self._set_autonomy, SetAutonomy.Request(autonomy=level))

    def take_over(self) -> Future[Answer]:
        """The person has the robot."""
        return self._trigger(names.TAKE_OVER)

    def give_back(self) -> Future[Answer]:
        """They give it back."""
        return self._trigger(names.GIVE_BACK)

    def stop(self, reason: str) -> Answer:
        """Send a stop both ways, by topic, which carries the reason, and by service.

        That both are on the network says nothing of whether the supervisor lives: its voice does.
        """
        why = plain(reason, _LONGEST_REASON).replace(";", ",")
        self._stops.send(f"console: {why}" if why else "console")
        service = self._triggers[names.STOP]
        there = service.service_is_ready()
        if there:
            service.call_async(Trigger.Request())
        if not there and not self._stops.is_heard:
            return Answer(False, "nobody hears a stop: there is no supervisor; use the hardware's")
        if not self._heard:
            return Answer(False, "the supervisor is silent; use the hardware's")
        return Answer(True, "the stop was sent")

    def reset(self) -> Future[Answer]:
        """Let it act again."""
        return self._trigger(names.RESET_STOP)

    def drive(self, linear: float, angular: float) -> None:
        """Drive the base, in fractions."""
        max_linear, max_angular = self._limits
        self._hands.drive(Velocity(x=linear * max_linear, yaw=angular * max_angular))

    def jog(self, linear: Sequence[float], angular: Sequence[float]) -> None:
        """Move the end effector, in fractions."""
        if any((*linear, *angular)):
            self._take_first()
        self._hands.jog(ArmTwist(*linear, *angular), self._arm_frame)

    def gripper(self, opening: float) -> Answer:
        """Open the gripper, 0 to 1."""
        if self._stopped:
            return Answer(False, "the robot is stopped")
        if not self._taken:
            self._take_first()
            return Answer(False, "the robot was not taken over yet; press again")
        self._hands.grip(opening)
        return Answer(True)

    def beat(self) -> None:
        """The operator's link is alive."""
        self._hands.beat()

    def look(self, wanted: bool) -> None:
        """Whether somebody looks at the pictures; within a fifth of a second they come or not."""
        self._camera.wanted = wanted

    def picture(self) -> Picture | None:
        """The newest picture."""
        return self._camera.picture()

    def grid(self) -> Grid | None:
        """The map."""
        return self._scene.grid

    # --- parts

    @property
    def _heard(self) -> bool:
        """Whether the supervisor says, just now, whether the robot is stopped."""
        return time.monotonic() - self._stop_heard <= _SILENT_S

    def _tell(self, topic: str, data: Any) -> None:
        with self._telling:
            if topic not in ("event", "picture"):
                self._told[topic] = data
            if self._listener is not None:
                self._listener(topic, data)

    def _tell_change(self, topic: str, data: Any) -> None:
        if self._told.get(topic) != data:
            self._tell(topic, data)

    def _trigger(self, name: str) -> Future[Answer]:
        return asked(self._triggers[name], Trigger.Request())

    def _take_first(self) -> None:
        now = time.monotonic()
        if not self._kept and now - self._asked_to_take > _AGAIN_S:
            self._asked_to_take = now
            self.take_over()

    # --- called by the executor

    def _look(self) -> None:
        # First: whatever is wrong with the rest must not hide that the supervisor is silent.
        self._tell_stop()
        self._scene.look()
        self._camera.look()
        self._run.look()
        self._questions.look()
        if time.monotonic() >= self._questions_due:
            self._questions_due = time.monotonic() + _QUESTIONS_S
            self._tell_change("questions", self._questions.told())
        about = {"name": self._scene.robot_name or "robot", "camera": self._camera.there}
        self._tell_change("robot", about | self._about)

    def _on_status(self, status: PlanStatus) -> None:
        self._questions.status(status)
        self._run.status(status)

    def _on_stop_active(self, message: Bool) -> None:
        self._stop_heard, self._stopped = time.monotonic(), message.data
        if message.data:
            self._stops.arrived()
        self._tell_stop()

    def _on_stop_report(self, report: StopReport) -> None:
        self._report = report
        self._tell_stop()

    def _tell_stop(self) -> None:
        report = self._report
        told = progress_of(report) if report is not None and report.active and self._stopped else None
        self._tell_change(
            "stop",
            {
                "heard": self._heard,
                "stopped": self._stopped,
                "reasons": told.reason.split("; ") if told else [],
                "confirmed": bool(told and told.done),
                "parts": {line.name: line.text for line in told.lines} if told else {},
            },
        )

    def _on_teleop(self, message: DiagnosticStatus) -> None:
        try:
            state = teleop_state_of(message)
        except ValueError as error:
            self._client.node.get_logger().error(f"'{names.TELEOP_STATE}' cannot be read: {error}")
            return
        self._taken = state.active
        # One by the stick may be given back by its silence: who moves the arm takes over by more than that.
        self._kept = state.active and state.source != STICK
        told = {"active": state.active, "source": state.source}
        self._tell("teleop", told | {"seconds": state.seconds, "distance_m": state.distance_m})

    def _on_autonomy(self, message: String) -> None:
        self._tell_change("autonomy", {"level": message.data})
