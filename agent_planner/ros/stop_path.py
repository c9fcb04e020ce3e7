# SPDX-License-Identifier: Apache-2.0
"""What a stop does, and what is known to have come of it."""

import time

from agent_planner_interfaces.msg import RestState, StopReport, StopServer
from rclpy.node import Node

from agent_planner.ros.arm_hold import ArmHold
from agent_planner.ros.names import PLANNER_ACTIONS
from agent_planner.ros.rest_watch import RestWatch
from agent_planner.ros.server_watch import ActionServerWatch, Stoppable, StopServiceWatch
from agent_planner.ros.supervisor_parameters import SupervisorParameters
from agent_planner.safety.stop_latch import Stop
from agent_planner.skills import SkillLibrary

# Before that a server may be there and not have been found yet.
_DISCOVERY_S = 1.0
_UNDER_WAY = frozenset({StopServer.RUNNING, StopServer.NO_ANSWER, StopServer.REFUSED})


class StopPath:
    """Every server of the library, the planner's own actions, and the arm.

    Nothing here waits: `send` may be called from a callback, and again and again.
    """

    def __init__(self, node: Node, library: SkillLibrary, parameters: SupervisorParameters):
        self._node = node
        actions = dict.fromkeys(_actions_of(library))
        if parameters.arm_action:
            actions[parameters.arm_action] = None
        actions |= dict.fromkeys(PLANNER_ACTIONS)
        self._actions = [ActionServerWatch(node, name) for name in actions]
        self._services = [StopServiceWatch(node, name, motions) for name, motions in _stops_of(library).items()]
        self._rest = RestWatch(
            node, parameters.joints, parameters.rest_limits, parameters.base_is_fixed, parameters.arm_action
        )
        self._arm = ArmHold(node, () if parameters.arm_action else parameters.joints, self._rest)

    def configure(self) -> None:
        """Create all endpoints."""
        for part in (*self._actions, *self._services, self._rest, self._arm):
            part.configure()
        self._since = time.monotonic()

    @property
    def looked_round(self) -> bool:
        """Whether there was time to find the servers: only then one that is not found counts as missing."""
        return time.monotonic() - self._since >= _DISCOVERY_S

    @property
    def running(self) -> list[str]:
        """Skills' servers that have goals which have not ended, as far as is known."""
        return [watch.name for watch in self._actions if watch.running and watch.name not in PLANNER_ACTIONS]

    def send(self, stop: Stop) -> str:
        """Cancel everything and hold the arm; says what was sent, for a person."""
        heard = [watch.name for watch in self._servers if watch.send_stop(stop.number)]
        held = self._arm.hold(stop.number)
        sent = ["zero velocity", f"cancel of all goals to {', '.join(heard)}" if heard else "no server to cancel"]
        if held:
            sent.append("a point for the arm to hold")
        return "; ".join(sent)

    def again(self, stop: Stop) -> None:
        """Repeat it, for goals that were accepted meanwhile; the arm is held again only where it moves."""
        for watch in self._servers:
            watch.send_stop(stop.number)
        if self._rest.arm().state == RestState.MOVING:
            self._arm.hold(stop.number)

    def look(self) -> None:
        """To be called often: notice servers that came and went."""
        for watch in self._servers:
            watch.look()

    def report(self, stop: Stop | None, planner: str) -> StopReport:
        """What is known now; ``planner`` is the id of the one that is watched."""
        base, arm = self._rest.base(), self._rest.arm()
        report = StopReport(active=stop is not None, base=base, arm=arm, planner=planner)
        report.header.stamp = self._node.get_clock().now().to_msg()
        report.at_rest = all(part.state in (RestState.AT_REST, RestState.NONE) for part in (report.base, report.arm))
        if stop is None:
            report.servers = [StopServer(name=watch.name) for watch in self._servers]
            return report
        report.number, report.reason, report.age_s = stop.number, stop.reason, time.monotonic() - stop.since
        report.servers = [watch.state(stop.number) for watch in self._servers]
        settled = {StopServer.ENDED, StopServer.MISSING} if self.looked_round else {StopServer.ENDED}
        states = {server.state for server in report.servers}
        # Where none of them is there, none has said that anything ended: they may be those of another robot.
        report.all_ended = states <= settled and states != {StopServer.MISSING}
        return report

    @property
    def _servers(self) -> tuple[Stoppable, ...]:
        return (*self._actions, *self._services)


def servers_of(library: SkillLibrary) -> frozenset[str]:
    """What a supervisor of the same library watches, the planner's own actions left out."""
    return frozenset(_actions_of(library)).union(_stops_of(library))


def _actions_of(library: SkillLibrary) -> list[str]:
    return [skill.action.name for skill in library if skill.action]


def _stops_of(library: SkillLibrary) -> dict[str, list[str]]:
    """Each stop service with the motion services whose motion it ends."""
    stops: dict[str, list[str]] = {}
    for skill in library:
        if skill.service and skill.service.stop:
            stops.setdefault(skill.service.stop, []).append(skill.service.name)
    return stops


def obstacles(report: StopReport) -> list[str]:
    """Why a stop cannot be reset now; empty where it can.

    What is not known is no obstacle where nothing can be asked of it (a robot without odometry), but a server that is
    there and does not answer is one.
    """
    found = [f"{server.name}: {text_of(server)}" for server in report.servers if server.state in _UNDER_WAY]
    for name, part in (("the base", report.base), ("the arm", report.arm)):
        if part.state == RestState.MOVING:
            found.append(f"{name} moves ({part.speed:.2f} m/s or rad/s)")
    return found


def text_of(server: StopServer) -> str:
    """A server's state in words."""
    match server.state:
        case StopServer.ENDED:
            return "confirmed, nothing runs"
        case StopServer.RUNNING:
            return f"{server.goals} goal{'s' if server.goals != 1 else ''} not ended"
        case StopServer.NO_ANSWER:
            return f"has not answered: {server.detail}" if server.detail else "has not answered"
        case StopServer.REFUSED:
            return f"refused: {server.detail}"
        case StopServer.LOST:
            return "went away while goals ran"
        case StopServer.MISSING:
            return "not there"
    return server.state
