# SPDX-License-Identifier: Apache-2.0
"""The supervisor; executable ``supervisor``. It never imports a model, and asks nobody before it stops."""

import time
from typing import Any

from agent_planner_interfaces.msg import RestState, SceneGraph, StopReport
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import Trigger

from agent_planner.errors import UserError
from agent_planner.ros import names
from agent_planner.ros.process import run_node
from agent_planner.ros.speed_limit import SpeedLimit
from agent_planner.ros.stop_path import StopPath, obstacles, text_of
from agent_planner.ros.supervisor_parameters import STOP, SupervisorParameters
from agent_planner.ros.teleop_watch import TeleopWatch
from agent_planner.ros.timers import steady_timer
from agent_planner.ros.velocity_output import INPUTS, OUTPUT, SKILLS, VelocityOutput
from agent_planner.safety.link_watch import LinkWatch
from agent_planner.safety.stop_latch import Stop, StopLatch
from agent_planner.skills import SkillLibrary

_DIAGNOSTICS_S = 1.0


class SupervisorNode(Node):
    """Owns the stop and the last word on the base's velocity; watches planner, operator link and scene.

    Services: ``stop``, ``reset_stop``, ``take_over``, ``give_back``. Topics published: ``cmd_vel``, ``stop_active``,
    ``stop_report``, ``teleop_state``, ``arm_controller/joint_trajectory`` (on a stop alone), ``speed_limit`` (where
    Nav2's messages are installed), ``/diagnostics``; subscribed: ``cmd_vel_teleop``, ``cmd_vel_skills``,
    ``stop_request``, ``planner_heartbeat``, ``operator_heartbeat``, ``scene_graph``, ``odom``, ``joint_states``, and
    the status of every action of the skill library. Parameters: `supervisor_parameters.DECLARED`.

    A stop closes the latch, commands zero velocity, tells it on ``stop_active``, cancels every goal of every server
    and holds the arm, all before the callback that it came in with returns; nothing in it waits. While the latch is
    closed all of that is repeated.

    A command on ``cmd_vel_teleop`` that is not zero is a takeover: until the person gives the robot back, what skills
    send on ``cmd_vel_skills`` does not pass. The stop stands above both.
    """

    def __init__(self, **node_options: Any):
        super().__init__("supervisor", **node_options)
        try:
            self.parameters = values = SupervisorParameters.declared_on(self)
            library = SkillLibrary.load(values.library_path)
        except UserError:
            self.destroy_node()
            raise
        self._latch = StopLatch(time.monotonic)
        self._planner = LinkWatch(values.heartbeat_timeout_s, time.monotonic)
        self._operator = LinkWatch(values.operator_timeout_s, time.monotonic)
        self._scene = LinkWatch(values.scene_timeout_s, time.monotonic)
        self._path = StopPath(self, library, values)
        self._teleop = TeleopWatch(self, values.teleop_release_s, drives=not values.base_is_fixed)
        self._velocity = VelocityOutput(
            self,
            values.limits,
            values.timeout_s,
            values.rate,
            values.base_frame if values.use_stamped else None,
            lambda: self._latch.active,
            lambda: self._teleop.active or self._planner.silent(values.timeout_s),
            self._teleop.command,
        )
        self._speed_limit = SpeedLimit(self, values.max_linear)

    # --- life

    def start(self) -> None:
        """Create the endpoints."""
        if self.parameters.start_stopped:
            self._latch.close("the supervisor was started anew; what ran before is not known")
        self._active = self.create_publisher(Bool, names.STOP_ACTIVE, names.NEWEST)
        self._reports = self.create_publisher(StopReport, names.STOP_REPORT, names.NEWEST)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self._teleop.configure()
        self._velocity.configure()
        self._speed_limit.configure()
        self._path.configure()
        self._listen()
        # A stop is kept waiting by nothing; a reset does not overlap with a repetition, which would cancel new goals.
        self.create_service(Trigger, names.STOP, self._on_stop, callback_group=ReentrantCallbackGroup())
        upkeep = MutuallyExclusiveCallbackGroup()
        self.create_service(Trigger, names.RESET_STOP, self._on_reset, callback_group=upkeep)
        own = MutuallyExclusiveCallbackGroup
        steady_timer(self, names.BEAT_S, self._tell_active, own())
        steady_timer(self, names.BEAT_S, self._check_links, own())
        steady_timer(self, names.BEAT_S, self._repeat, upkeep)
        steady_timer(self, _DIAGNOSTICS_S, self._diagnose, own())
        self._tell_active()
        self._reports.publish(self._report(self._latch.stop))

    def stop(self) -> None:
        """The last word is zero; the silence that follows locks."""
        self._velocity.close()

    def _listen(self) -> None:
        group = ReentrantCallbackGroup()
        # Twice, since a stop that is heard twice is one: what is sent reliably arrives so, and who can do no more than
        # best effort (a button on micro-ROS) is heard as well.
        for quality in (10, names.BEST_EFFORT):
            self.create_subscription(String, names.STOP_REQUEST, self._on_request, quality, callback_group=group)
        self.create_subscription(
            String,
            names.PLANNER_HEARTBEAT,
            self._on_beat,
            names.HEARTBEAT,
            callback_group=group,
            event_callbacks=SubscriptionEventCallbacks(
                liveliness=lambda now: self._planner.vanish() if now.alive_count == 0 else None
            ),
        )
        if self.parameters.on_operator_loss == STOP:
            beat = lambda _: self._operator.beat()  # noqa: E731
            self.create_subscription(Empty, names.OPERATOR_HEARTBEAT, beat, names.BEST_EFFORT, callback_group=group)
        if self.parameters.on_scene_loss == STOP:
            # Only that it comes counts: its contents are not read.
            seen = lambda _: self._scene.beat()  # noqa: E731
            quality = names.BEST_EFFORT
            self.create_subscription(SceneGraph, "scene_graph", seen, quality, callback_group=group, raw=True)

    def _on_beat(self, message: String) -> None:
        before = self._planner.who
        if message.data:
            self._planner.beat(message.data)
        else:
            self._planner.leave()
        if self._planner.who != before:
            self._reports.publish(self._report(self._latch.stop))

    def _report(self, stop: Stop | None) -> StopReport:
        return self._path.report(stop, self._planner.who)

    # --- the stop

    def _halt(self, reason: str) -> tuple[Stop, str]:
        """Stop; returns what was sent."""
        was_stopped = self._latch.active
        stop = self._latch.close(reason)
        self._velocity.halt()
        self._tell_active()
        # Before the cancels, so that the planner knows what ends its goals.
        self._reports.publish(self._report(stop))
        sent = self._path.send(stop)
        if not was_stopped:
            self.get_logger().warning(f"STOP: {reason}")
        return stop, sent

    def _on_stop(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        stop, sent = self._halt(f"the service '{names.STOP}' was called")
        response.success = True
        response.message = f"stop {stop.number}: sent {sent}; what comes of it is on '{names.STOP_REPORT}'"
        return response

    def _on_request(self, message: String) -> None:
        self._halt(" ".join(message.data.split())[:200] or f"a message on '{names.STOP_REQUEST}'")

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        stop = self._latch.stop
        if stop is None:
            response.success, response.message = True, "nothing was stopped"
            return response
        reasons = obstacles(self._report(stop)) + self._still_lost()
        if not self._path.looked_round:
            reasons.append("the supervisor has just begun to look for servers")
        if not reasons and not self._latch.open(stop):
            reasons = ["another reason to stop came this very moment"]
        response.success = not reasons
        response.message = f"not reset: {'; '.join(reasons)}" if reasons else f"stop {stop.number} was reset"
        self._tell_active()
        self._reports.publish(self._report(self._latch.stop))
        if response.success:
            self.get_logger().warning(f"{response.message} ({stop.reason})")
        return response

    def _still_lost(self) -> list[str]:
        lost = []
        # Also where it was never heard: another supervisor may have stopped for its loss, and died.
        if self.parameters.on_operator_loss == STOP and not self._operator.heard(self.parameters.operator_timeout_s):
            lost.append(f"nothing comes on '{names.OPERATOR_HEARTBEAT}'")
        return lost

    # --- timers, in steady time

    def _tell_active(self) -> None:
        told = None
        while told != self._latch.active:
            # Another thread may have stopped or reset meanwhile and told it before us: the last word must be true.
            told = self._latch.active
            self._active.publish(Bool(data=told))

    def _repeat(self) -> None:
        stop = self._latch.stop
        if stop is None:
            return
        self._path.look()
        self._path.again(stop)
        self._reports.publish(self._report(self._latch.stop))

    def _check_links(self) -> None:
        if self._planner.check():
            self._halt("the planner's heartbeat was lost")
        if self._operator.check():
            self._halt("the operator's link was lost")
        lost = self._scene.silent(self.parameters.scene_timeout_s) and not self._latch.active
        if lost and (running := self._path.running):
            self._halt(f"the scene was lost while goals ran ({', '.join(running)})")

    def _diagnose(self) -> None:
        self._speed_limit.tell()
        stop = self._latch.stop
        if stop is None:
            self._path.look()
        report = self._report(stop)
        message = DiagnosticArray(status=[self._input_line(), self._stop_line(report)])
        message.header.stamp = report.header.stamp
        self._diagnostics.publish(message)

    def _input_line(self) -> DiagnosticStatus:
        velocity, source = self._velocity.current()
        senders = {name: self._velocity.senders(name) for name in INPUTS}
        past = self._velocity.senders(OUTPUT)
        values = {"velocity": f"{velocity.x:.3f} {velocity.y:.3f} {velocity.yaw:.3f}", "from": source or "silent"}
        values |= {name: ", ".join(found) or "no publisher" for name, found in senders.items()}
        values["teleop"] = self._teleop.state.text
        if past:
            text = f"'{OUTPUT}' is published past the supervisor, which no stop holds: {', '.join(past)}"
            return self._line("input", DiagnosticStatus.ERROR, text, values)
        # Of people's devices there may be several, but what a collision monitor has checked must come alone.
        if len(senders[SKILLS]) > 1:
            text = f"'{SKILLS}' has more than one publisher: {', '.join(senders[SKILLS])}"
            return self._line("input", DiagnosticStatus.WARN, text, values)
        return self._line("input", DiagnosticStatus.OK, source or "silent", values)

    def _stop_line(self, report: StopReport) -> DiagnosticStatus:
        others = self.count_publishers(names.STOP_ACTIVE) - 1
        values = {"planner": self._planner.state.value, "base": _rest_text(report.base), "arm": _rest_text(report.arm)}
        if report.active:
            values |= {server.name: text_of(server) for server in report.servers}
        if others > 0:
            text = f"{others} other publisher{'s' if others > 1 else ''} of '{names.STOP_ACTIVE}': a second supervisor?"
            return self._line("stop", DiagnosticStatus.ERROR, text, values)
        if not report.active:
            return self._line("stop", DiagnosticStatus.OK, "not stopped", values)
        return self._line("stop", DiagnosticStatus.WARN, f"stopped: {report.reason}", values)

    def _line(self, name: str, level: bytes, message: str, values: dict[str, str]) -> DiagnosticStatus:
        return DiagnosticStatus(
            name=f"{self.get_fully_qualified_name().lstrip('/')}: {name}",
            hardware_id="agent_planner",
            level=level,
            message=message,
            values=[KeyValue(key=key, value=value) for key, value in values.items()],
        )


def _rest_text(part: RestState) -> str:
    return f"{part.state} ({part.detail})" if part.detail else part.state


def main(args: list[str] | None = None) -> int:
    """Run the node until it is told to end; returns the exit code."""
    return run_node(SupervisorNode, args)
