# SPDX-License-Identifier: Apache-2.0
"""The planner as a lifecycle node; executable ``planner``."""

import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from agent_planner_interfaces.srv import SetAutonomy
from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_msgs.msg import String

from agent_planner.agent.autonomy import AutonomySwitch
from agent_planner.agent.takeover import ASKED, Takeovers
from agent_planner.errors import AgentPlannerError, InfrastructureError, UserError
from agent_planner.llm.base import ChatModel
from agent_planner.llm.choose import choose_model
from agent_planner.recording.topic_log import TopicLog
from agent_planner.ros import names, node_parameters
from agent_planner.ros.dispatcher import SkillDispatcher
from agent_planner.ros.heartbeat import Heartbeat
from agent_planner.ros.instruction_runner import InstructionRunner
from agent_planner.ros.instruction_server import InstructionServer
from agent_planner.ros.model_loader import ModelLoader
from agent_planner.ros.operator_desk import OperatorDesk
from agent_planner.ros.planner_parameters import AUTONOMY, PlannerParameters
from agent_planner.ros.process import run_node
from agent_planner.ros.scene_markers import SceneMarkers
from agent_planner.ros.scene_source import TopicSceneSource
from agent_planner.ros.status_board import Health, StatusBoard
from agent_planner.ros.stop_path import servers_of
from agent_planner.ros.stop_state import StopState
from agent_planner.ros.takeover_link import TakeoverLink
from agent_planner.ros.topic_recorder import TopicRecorder
from agent_planner.safety.judge import Judge
from agent_planner.skills import SkillLibrary
from agent_planner.types import Autonomy

_DONE, _FAILED = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE
_MODEL_JOIN_S = 10.0


class PlannerNode(LifecycleNode):
    """Carries out instructions with the robot's own skills.

    Actions: ``execute_instruction``, ``execute_call``. Services: ``answer_operator``, ``set_autonomy``. Topics
    published: ``plan_status``, ``autonomy``, ``operator_requests``, ``scene_markers``, ``planner_heartbeat``,
    ``stop_request``, ``/diagnostics``; subscribed: ``scene_graph``, ``stop_active``, ``stop_report``,
    ``teleop_state``, and while an episode runs what ``record_topics`` names. Clients: every action and service that
    the skill library names, ``take_over``, ``give_back``. Parameters: `planner_parameters.DECLARED`.

    Nothing is done while the supervisor says that the robot is stopped, or says nothing. While a person has the robot
    an instruction stands still, and goes on when it is given back.

    Configuring checks the skill library and begins to load the model in a thread; it does not wait for it.

    Args:
        open_model: returns the model for the parameter ``model``, not yet loaded.
    """

    def __init__(self, open_model: Callable[[str], ChatModel], **node_options: Any):
        super().__init__("planner", **node_options)
        self._open_model = open_model
        self._fault: AgentPlannerError | None = None
        self._configured = False
        self._life = ExitStack()
        try:
            self.parameters = PlannerParameters.declared_on(self)
        except UserError:
            self.destroy_node()
            raise
        self._autonomy = AutonomySwitch(Autonomy(self.parameters.autonomy))
        self.add_on_set_parameters_callback(self._on_parameters)

    # --- life

    def start(self) -> None:
        """Configure and activate, where ``autostart`` says so.

        Raises:
            AgentPlannerError: what is wrong with the configuration.
        """
        if not self.parameters.autostart:
            return
        if self.trigger_configure() != _DONE or self.trigger_activate() != _DONE:
            raise self._fault or InfrastructureError("the planner could not be configured; its log has the reason")

    def stop(self) -> None:
        """End what runs, while everything still works."""
        if self._configured:
            self._server.closing = True
            self._at_rest("the planner shuts down")
            self._release()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Check skills and model, create all endpoints, begin to load."""
        try:
            # Where it fails, what was made until then is released: endpoints of two builds would be two planners.
            with ExitStack() as life:
                self._build(life)
                self._life = life.pop_all()
        except AgentPlannerError as error:
            self._fault = error
            self.get_logger().error(str(error))
            return _FAILED
        except Exception:  # noqa: BLE001 - rclpy would swallow it without a word
            self.get_logger().error(traceback.format_exc())
            return _FAILED
        self._configured = True
        return _DONE

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take instructions; returns at once, also while the model is being loaded."""
        self._server.active = True
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take no more, and end what runs."""
        self._server.active = False
        self._at_rest("the planner was deactivated")
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Give everything back."""
        self._release()
        return _DONE

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """End what runs and give everything back."""
        self.stop()
        return _DONE

    def _build(self, life: ExitStack) -> None:
        parameters = self.parameters
        library = SkillLibrary.load(parameters.library_path)
        judge = Judge(parameters.policy(library))
        parameters.check_runs_folder()
        self._loader = ModelLoader(self._open_model(parameters.model))
        life.callback(self._loader.close, _MODEL_JOIN_S)
        self._heartbeat = Heartbeat(self, lambda: self._loader.ended)
        timeout_s = parameters.supervisor_timeout_s
        self._stops = StopState(
            self, self._heartbeat.id, timeout_s, servers_of(library), lambda halt: self._server.halted(halt)
        )
        self._takeovers = takeovers = Takeovers(lambda: self._dispatcher.interrupt(), self._ask_for_takeover)
        self._link = TakeoverLink(self, takeovers, self._on_given_back)
        self._dispatcher = SkillDispatcher(self, library, parameters.limits, self._stops, lambda: takeovers.pending)
        self._markers = SceneMarkers(self)
        self._scenes = TopicSceneSource(
            self, parameters.scene_timeout_s, parameters.reach, parameters.base_radius_m, self._markers.show
        )
        self._desk = OperatorDesk(self, parameters.operator_timeout_s)
        self._recorder = TopicRecorder(self, parameters.recorded, self._topic_log, self.get_logger().warning)
        self._board = StatusBoard(self, self._loader.model.name, self._health)
        runner = InstructionRunner(
            parameters,
            library,
            judge,
            self._loader,
            self._scenes,
            self._dispatcher,
            self._desk,
            self._board,
            self._recorder,
            lambda: self.get_clock().now().nanoseconds * 1e-9,
            self._autonomy,
            takeovers,
            self.get_logger().error,
        )
        # An instruction may be in the middle of a model's turn, then of a cancel.
        end_s = 2 * parameters.cancel_timeout_s + parameters.accept_timeout_s
        self._server = InstructionServer(self, runner.carry_out, self._dispatcher.cancel, end_s, self._stops)
        parts = (
            self._heartbeat,
            self._stops,
            self._dispatcher,
            self._markers,
            self._scenes,
            self._desk,
            self._recorder,
            self._board,
            self._link,
            self._server,
        )
        for part in parts:
            part.configure()
            life.callback(part.release)
        self._autonomy_publisher = self.create_publisher(String, names.AUTONOMY, names.NEWEST)
        life.callback(self.destroy_publisher, self._autonomy_publisher)
        service = self.create_service(
            SetAutonomy, "set_autonomy", self._set_autonomy, callback_group=ReentrantCallbackGroup()
        )
        life.callback(self.destroy_service, service)
        self._tell_autonomy()
        if self._autonomy.level is Autonomy.TELEOP:
            self._link.take(AUTONOMY.name)
        self._loader.start()

    def _topic_log(self, folder: Path) -> TopicLog:
        return TopicLog(folder, self.parameters.space, self.get_logger().warning)

    def _at_rest(self, reason: str) -> None:
        if not self._server.end_all(reason):
            self.get_logger().error("an instruction did not end in time; the robot may still be moving")
            # The farewell that may follow would call off the supervisor's watch.
            self._stops.request(f"an instruction did not end in time ({reason})")

    def _release(self) -> None:
        if not self._configured:
            return
        self._configured = False
        self._life.close()

    # --- autonomy

    def _set_autonomy(self, request: SetAutonomy.Request, response: SetAutonomy.Response) -> SetAutonomy.Response:
        result = self._change_autonomy(request.autonomy)
        response.success = result.successful
        response.message = result.reason
        return response

    def _on_parameters(self, changed: list[Parameter]) -> SetParametersResult:
        for parameter in changed:
            if parameter.name == AUTONOMY.name:
                try:
                    node_parameters.check(AUTONOMY, parameter.value)
                except UserError as error:
                    return SetParametersResult(successful=False, reason=str(error))
                self._switch(Autonomy(parameter.value))
        return SetParametersResult(successful=True)

    def _change_autonomy(self, level: str) -> SetParametersResult:
        (result,) = self.set_parameters([Parameter(AUTONOMY.name, value=level)])
        return result

    def _switch(self, level: Autonomy) -> None:
        """To `TELEOP` is a takeover, away from it the return."""
        before = self._autonomy.set(level)
        if not self._configured:
            return
        self._tell_autonomy()
        if level is Autonomy.TELEOP and before is not level:
            self._link.take(AUTONOMY.name)
        elif before is Autonomy.TELEOP and before is not level and self._takeovers.active:
            self._link.give_back()

    def _ask_for_takeover(self) -> None:
        """The planner itself wants a person to have the robot: as if they had changed the level."""
        self._link.take(ASKED)
        self._change_autonomy(Autonomy.TELEOP.value)

    def _on_given_back(self) -> None:
        """Whoever gives the robot back by other means than the level ends that level, too."""
        if self._autonomy.level is Autonomy.TELEOP:
            self._change_autonomy(self._autonomy.instructed.value)

    def _tell_autonomy(self) -> None:
        self._autonomy_publisher.publish(String(data=self._autonomy.level.value))

    # --- health

    def _health(self) -> list[Health]:
        self._board.model_ready(self._loader.ready)
        return [
            self._model_health(),
            self._scene_health(),
            self._servers_health(),
            self._stop_health(),
            self._autonomy_health(),
            *self._recording_health(),
        ]

    def _model_health(self) -> Health:
        loader = self._loader
        name = {"model": loader.model.name}
        if loader.error:
            return Health("model", DiagnosticStatus.ERROR, loader.error, name)
        if not loader.ready:
            return Health("model", DiagnosticStatus.WARN, f"loading: {loader.progress}", name)
        return Health("model", DiagnosticStatus.OK, "ready", name)

    def _scene_health(self) -> Health:
        age = self._scenes.age_s
        if self._scenes.error:
            return Health("scene", DiagnosticStatus.ERROR, self._scenes.error, {"age_s": age})
        if age is None:
            return Health("scene", DiagnosticStatus.ERROR, f"nothing on '{self._scenes.topic}'", {})
        late = age > self.parameters.scene_timeout_s
        level = DiagnosticStatus.WARN if late else DiagnosticStatus.OK
        return Health("scene", level, "stale" if late else "fresh", {"age_s": f"{age:.2f}"})

    def _servers_health(self) -> Health:
        present = self._dispatcher.presence()
        missing = [name for name, there in present.items() if not there]
        values = {name: "present" if there else "missing" for name, there in present.items()}
        if missing:
            return Health("servers", DiagnosticStatus.WARN, f"missing: {', '.join(missing)}", values)
        return Health("servers", DiagnosticStatus.OK, "all present", values)

    def _stop_health(self) -> Health:
        halt = self._stops.halt()
        if halt is None:
            return Health("stop", DiagnosticStatus.OK, "free to act", {})
        return Health("stop", DiagnosticStatus.WARN, halt.message, {"code": halt.code})

    def _autonomy_health(self) -> Health:
        taken = self._takeovers.active
        values = {"level": self._autonomy.level.value, "instructions": self._autonomy.instructed.value}
        text = f"a person has the robot ({self._takeovers.source})" if taken else self._autonomy.level.value
        return Health("autonomy", DiagnosticStatus.WARN if taken else DiagnosticStatus.OK, text, values)

    def _recording_health(self) -> list[Health]:
        log = self._recorder.log
        if log is None:
            return []
        values = {"bytes": log.size, "left_out": log.left_out}
        if log.warnings:
            return [Health("recording", DiagnosticStatus.WARN, "; ".join(log.warnings), values)]
        return [Health("recording", DiagnosticStatus.OK, "complete", values)]


def main(args: list[str] | None = None) -> int:
    """Run the node until it is told to end; returns the exit code."""
    return run_node(lambda: PlannerNode(choose_model), args, threads=8)
