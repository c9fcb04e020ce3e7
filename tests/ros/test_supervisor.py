# SPDX-License-Identifier: Apache-2.0
"""A stop on live ROS: what goes out at once, what comes of it, and that the report says no more than is known."""

import threading

import pytest
from action_msgs.srv import CancelGoal
from agent_planner_interfaces.action import Pick
from agent_planner_interfaces.msg import RestState, StopReport, StopServer
from geometry_msgs.msg import Twist
from nav_msgs.msg import Odometry
from rclpy.action.client import ActionClient
from rclpy.executors import MultiThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.process import spinning
from agent_planner.ros.stop_path import StopPath
from agent_planner.ros.supervisor_node import SupervisorNode
from agent_planner.safety.link_watch import Link
from agent_planner.testing.fake_action import Behaviour, Ending, FakeAction
from agent_planner.testing.fake_service import FakeService
from tests.ros.waits import eventually

SECONDS = 20.0
PICK = "agent_planner_interfaces/action/Pick"
LIBRARY = f"""
skills:
- name: wave
  description: Wave.
  action: {{name: wave, type: {PICK}, goal: {{object: hand}}}}
- name: nod
  description: Nod.
  action: {{name: nod, type: {PICK}, goal: {{object: head}}}}
- name: tidy
  description: Tidy up.
  service: {{name: tidy, type: std_srvs/srv/Trigger, stop: tidy_stop}}
"""
JOINTS = ["shoulder", "elbow"]


class Ear:
    """The messages of a topic, and a wait for one that fits."""

    def __init__(self, node, kind, topic, durability=DurabilityPolicy.VOLATILE):
        self.messages = []
        self._changed = threading.Condition()
        node.create_subscription(kind, topic, self._take, QoSProfile(depth=100, durability=durability))

    def _take(self, message):
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def until(self, fits):
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(fits, self.messages)), SECONDS), self.messages[-3:]
            return next(m for m in self.messages if fits(m))

    def next(self, fits):
        """As `until`, among those that come from now on."""
        with self._changed:
            self.messages.clear()
        return self.until(fits)


@pytest.fixture
def start_supervisor(start_supervisor):
    """As elsewhere, and it has had the time to find the servers."""

    def start(**parameters):
        started = start_supervisor(**parameters)
        assert eventually(lambda: started[0]._path.looked_round)
        return started

    return start


@pytest.fixture
def library_file(tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(LIBRARY)
    return str(path)


@pytest.fixture
def active(node):
    return Ear(node, Bool, "stop_active", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def reports(node):
    return Ear(node, StopReport, "stop_report", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def velocities(node):
    return Ear(node, Twist, "cmd_vel")


@pytest.fixture
def call(node):
    """Call a Trigger service and wait for its answer."""

    def call(name):
        client = node.create_client(Trigger, name)
        assert client.wait_for_service(SECONDS)
        return _answer(client.call_async(Trigger.Request()))

    return call


@pytest.fixture
def serve(node):
    """Serve an action with a behaviour."""
    servers = []

    def start(name="wave", **behaviour):
        servers.append(FakeAction(node, PICK, name, Behaviour(**behaviour)))
        return servers[-1]

    yield start
    for server in servers:
        server.destroy()


@pytest.fixture
def send(node):
    """Send a goal to an action; returns a future of its handle. Each call has a client of its own."""
    clients = []

    def send(name="wave"):
        clients.append(SafeActionClient(node, Pick, name))
        assert clients[-1].wait_for_server(SECONDS)
        return clients[-1].send_goal_async(Pick.Goal(object="hand"))

    yield send
    for client in clients:
        client.destroy()


@pytest.fixture
def measure(node):
    """Publish odometry and joint states; the speeds may be changed."""

    class Robot:
        linear = 0.0
        joint = 0.0
        position = 0.5
        odometry = True

        def __init__(self):
            self._odom = node.create_publisher(Odometry, "odom", 1)
            self._joints = node.create_publisher(JointState, "joint_states", 1)
            node.create_timer(0.05, self.tick)

        def tick(self):
            if self.odometry:
                odom = Odometry()
                odom.twist.twist.linear.x = self.linear
                self._odom.publish(odom)
            names, positions = ["gripper", *JOINTS], [0.04, self.position, -self.position]
            self._joints.publish(JointState(name=names, position=positions, velocity=[9.0, self.joint, 0.0]))

    return Robot()


def _answer(future):
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    assert done.wait(SECONDS)
    return future.result()


def state(report, name):
    return next(server.state for server in report.servers if server.name == name)


# --- the latch and the velocity


def test_nothing_is_stopped_at_first_and_a_stop_lasts_until_a_reset(start_supervisor, active, reports, call):
    start_supervisor()
    assert not active.until(lambda m: True).data
    answer = call("stop")
    assert answer.success and "stop 1: sent zero velocity" in answer.message
    active.next(lambda m: m.data)
    assert len(active.messages) < 50
    report = reports.until(lambda m: m.active)
    assert (report.number, report.reason) == (1, "the service 'stop' was called")
    answer = call("reset_stop")
    assert (answer.success, answer.message) == (True, "stop 1 was reset")
    active.next(lambda m: not m.data)
    assert eventually(lambda: not reports.messages[-1].active)
    assert call("reset_stop").message == "nothing was stopped"


def test_while_stopped_the_base_stands_whatever_comes_in(start_supervisor, node, velocities, call):
    start_supervisor()
    inputs = [node.create_publisher(Twist, name, 1) for name in ("cmd_vel_nav", "cmd_vel_teleop")]
    fast = Twist()
    fast.linear.x = 0.3
    node.create_timer(0.02, lambda: [publisher.publish(fast) for publisher in inputs])
    velocities.until(lambda m: m.linear.x == 0.3)
    call("stop")
    velocities.next(lambda m: m.linear.x == 0.0)
    velocities.messages.clear()
    assert eventually(lambda: len(velocities.messages) >= 60)
    assert {m.linear.x for m in velocities.messages} == {0.0}
    assert call("reset_stop").success
    velocities.next(lambda m: m.linear.x == 0.3)


def test_a_request_with_a_reason_stops_as_well(start_supervisor, node, reports, call):
    start_supervisor()
    publisher = node.create_publisher(String, "stop_request", 10)
    assert eventually(lambda: publisher.get_subscription_count() == 1)
    publisher.publish(String(data="a person\nin the way"))
    assert reports.until(lambda m: m.active).reason == "a person in the way"
    call("stop")
    assert reports.next(lambda m: m.active).reason == "a person in the way; the service 'stop' was called"


def test_a_supervisor_that_was_respawned_begins_stopped(start_supervisor, active, velocities, call):
    start_supervisor(start_stopped=True)
    assert active.until(lambda m: True).data
    assert call("reset_stop").success
    active.next(lambda m: not m.data)


def test_a_supervisor_that_has_just_begun_does_not_take_servers_for_missing(namespace, call, reports):
    supervisor = SupervisorNode(namespace=namespace, parameter_overrides=[Parameter("start_stopped", value=True)])
    supervisor._path.__class__ = type("Young", (StopPath,), {"looked_round": False})
    supervisor.start()
    with spinning(MultiThreadedExecutor(4), supervisor):
        answer = call("reset_stop")
        assert not answer.success
        assert answer.message == "not reset: the supervisor has just begun to look for servers"
        assert not reports.until(lambda m: m.active).all_ended
    supervisor.destroy_node()


# --- goals


def test_all_goals_of_all_clients_on_all_servers_end(start_supervisor, serve, send, reports, call, library_file):
    servers = [serve("wave", ending=Ending.HANG), serve("nod", ending=Ending.HANG)]
    for name in ("wave", "nod", "wave"):
        assert _answer(send(name)).accepted
    start_supervisor(skills_file=library_file)
    assert eventually(lambda: [len(server.goals) for server in servers] == [2, 1])
    answer = call("stop")
    assert "cancel of all goals to wave, nod" in answer.message
    assert eventually(lambda: [len(server.ended) for server in servers] == [2, 1])
    assert {end for server in servers for end in server.ended} == {"canceled"}
    report = reports.until(lambda m: m.active and m.all_ended)
    assert (state(report, "wave"), state(report, "nod")) == (StopServer.ENDED, StopServer.ENDED)
    assert state(report, "execute_instruction") == StopServer.MISSING
    assert call("reset_stop").success


def test_a_goal_that_is_accepted_while_stopped_falls_too(start_supervisor, serve, send, call, library_file):
    server = serve(ending=Ending.HANG, accept_after_s=1.0)
    start_supervisor(skills_file=library_file)
    late = send()
    assert call("stop").success
    assert not server.goals
    assert _answer(late).accepted
    assert eventually(lambda: server.ended == ["canceled"])
    # And so does whatever a client without regard for the stop goes on to send.
    server.behaviour = Behaviour(ending=Ending.HANG)
    assert _answer(send()).accepted
    assert eventually(lambda: server.ended == ["canceled"] * 2)


@pytest.mark.parametrize("trouble", [{"lost_cancels": 3}, {"refused_cancels": 3}])
def test_a_cancel_without_effect_is_repeated(start_supervisor, serve, send, reports, call, library_file, trouble):
    server = serve(ending=Ending.HANG, **trouble)
    assert _answer(send()).accepted
    start_supervisor(skills_file=library_file)
    call("stop")
    assert eventually(lambda: server.ended == ["canceled"])
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.ENDED)


@pytest.mark.parametrize("trouble", [{"obeys_cancel": False}, {"ends_on_cancel": False}])
def test_what_goes_on_is_reported_and_stands_in_the_way_of_a_reset(
    start_supervisor, serve, send, reports, active, call, library_file, trouble
):
    server = serve(ending=Ending.HANG, **trouble)
    serve("nod")
    assert _answer(send()).accepted
    start_supervisor(skills_file=library_file)
    call("stop")
    report = reports.until(lambda m: m.active and state(m, "nod") == StopServer.ENDED)
    assert (state(report, "wave"), report.all_ended) == (StopServer.RUNNING, False)
    assert next(s.goals for s in report.servers if s.name == "wave") == 1
    answer = call("reset_stop")
    assert (answer.success, answer.message) == (False, "not reset: wave: 1 goal not ended")
    assert active.next(lambda m: True).data
    server.closing.set()  # its goal aborts
    assert reports.until(lambda m: m.active and m.all_ended)
    assert call("reset_stop").success


def test_a_server_that_does_not_answer_is_not_called_ended(start_supervisor, serve, reports, call, library_file):
    server = serve(lost_cancels=10_000)
    start_supervisor(skills_file=library_file)
    call("stop")
    assert eventually(lambda: server.cancels >= 3)
    report = reports.next(lambda m: m.active)
    assert (state(report, "wave"), report.all_ended) == (StopServer.NO_ANSWER, False)
    assert call("reset_stop").message == "not reset: wave: has not answered"


def test_a_server_that_went_away_with_its_goal_is_not_called_ended(
    start_supervisor, serve, send, reports, call, library_file
):
    server = serve(ending=Ending.HANG, obeys_cancel=False)
    assert _answer(send()).accepted
    start_supervisor(skills_file=library_file)
    call("stop")
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.RUNNING)
    server.vanish()
    report = reports.until(lambda m: m.active and state(m, "wave") == StopServer.LOST)
    assert not report.all_ended
    serve()  # it is started again
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.ENDED)


def test_the_stop_service_of_a_motion_service_is_called_until_it_confirms(
    start_supervisor, node, reports, call, library_file
):
    service = FakeService(node, "std_srvs/srv/Trigger", "tidy_stop", {"success": False, "message": "stuck"})
    start_supervisor(skills_file=library_file)
    call("stop")
    report = reports.until(lambda m: m.active and state(m, "tidy_stop") == StopServer.REFUSED)
    assert next(s.detail for s in report.servers if s.name == "tidy_stop") == "stuck"
    service.response = {"success": True}
    reports.until(lambda m: m.active and state(m, "tidy_stop") == StopServer.ENDED)
    service.destroy()


def test_the_gripper_is_left_alone(start_supervisor, node, measure, serve, call, library_file):
    commands = Ear(node, JointTrajectory, "arm_controller/joint_trajectory")
    start_supervisor(skills_file=library_file, arm_joints=JOINTS)
    assert eventually(lambda: node.count_publishers("arm_controller/joint_trajectory") == 1)
    assert not node.count_publishers("gripper_controller/command")
    call("stop")
    assert commands.until(lambda m: True).joint_names == JOINTS
    assert not node.count_publishers("gripper_controller/command")


# --- the arm, and rest


def test_the_arm_is_held_by_one_point_where_it_was_measured(start_supervisor, node, measure, reports, call):
    commands = Ear(node, JointTrajectory, "arm_controller/joint_trajectory")
    supervisor, _ = start_supervisor(arm_joints=JOINTS)
    assert eventually(lambda: supervisor._path.report(None).arm.state == RestState.AT_REST)
    call("stop")
    assert eventually(lambda: len(reports.messages) > 10)
    (command,) = commands.messages  # it is at rest: once is enough
    (point,) = command.points
    assert (command.joint_names, list(point.positions)) == (JOINTS, [0.5, -0.5])
    assert point.time_from_start.sec + point.time_from_start.nanosec > 0
    measure.joint, measure.position = 0.4, 0.55  # it coasts
    assert list(commands.next(lambda m: True).points[0].positions) == [0.5, -0.5]
    measure.position = 0.9  # somebody moves it
    commands.next(lambda m: list(m.points[0].positions) == [0.9, -0.9])
    measure.joint = 0.0
    reports.next(lambda m: m.arm.state == RestState.AT_REST)


def test_an_arm_with_a_trajectory_action_is_held_by_its_cancel(start_supervisor, node, measure, serve, send, call):
    server = serve("arm_controller/follow_joint_trajectory", ending=Ending.HANG)
    assert _answer(send("arm_controller/follow_joint_trajectory")).accepted
    start_supervisor(arm_joints=JOINTS, arm_action="arm_controller/follow_joint_trajectory")
    call("stop")
    assert eventually(lambda: server.ended == ["canceled"])
    assert not node.count_publishers("arm_controller/joint_trajectory")


def test_moving_at_rest_and_not_known_are_told_apart(start_supervisor, measure, reports, call):
    measure.linear = 0.2
    start_supervisor(arm_joints=JOINTS)
    call("stop")
    report = reports.until(lambda m: m.active and m.arm.state == RestState.AT_REST)
    assert (report.base.state, report.at_rest) == (RestState.MOVING, False)
    assert report.base.speed == pytest.approx(0.2) and report.base.age_s >= 0
    answer = call("reset_stop")
    assert not answer.success and "the base moves (0.20 m/s" in answer.message
    measure.linear = float("nan")
    assert reports.next(lambda m: m.base.speed != m.base.speed).base.state == RestState.MOVING
    measure.linear = 0.0
    assert reports.until(lambda m: m.base.state == RestState.AT_REST).at_rest
    measure.odometry = False
    report = reports.next(lambda m: m.base.state == RestState.UNKNOWN)
    assert not report.at_rest and "the newest on 'odom' is" in report.base.detail
    assert call("reset_stop").success  # what is not known is not measured motion


def test_without_measurements_nothing_is_known(start_supervisor, reports, call):
    start_supervisor(arm_joints=JOINTS)
    call("stop")
    report = reports.until(lambda m: m.active)
    assert (report.base.state, report.arm.state) == (RestState.UNKNOWN, RestState.UNKNOWN)
    assert (report.base.age_s, report.base.detail) == (-1.0, "nothing came on 'odom'")


# --- the links


def test_the_operators_link_counts_where_it_is_asked_for(start_supervisor, node, reports, active, call):
    supervisor, _ = start_supervisor(on_operator_loss="stop", operator_timeout_s=1.0)
    publisher = node.create_publisher(Empty, "operator_heartbeat", 1)
    beats = node.create_timer(0.05, lambda: publisher.publish(Empty()))
    assert eventually(lambda: supervisor._operator.state is Link.ALIVE)
    assert not active.next(lambda m: True).data
    node.destroy_timer(beats)
    assert reports.until(lambda m: m.active).reason == "the operator's link was lost"
    assert call("reset_stop").message == "not reset: nothing comes on 'operator_heartbeat'"
    node.create_timer(0.05, lambda: publisher.publish(Empty()))
    assert eventually(lambda: call("reset_stop").success)


def test_the_operators_link_is_nobodys_business_otherwise(start_supervisor, node):
    start_supervisor()
    publisher = node.create_publisher(Empty, "operator_heartbeat", 1)
    assert eventually(lambda: node.count_subscribers("stop_request") == 1)
    assert publisher.get_subscription_count() == 0


def test_the_loss_of_the_scene_stops_what_runs(start_supervisor, node, robot, active, reports):
    supervisor, _ = start_supervisor(on_scene_loss="stop", scene_timeout_s=1.0)
    server = robot.actions["pick"]
    server.behaviour = Behaviour(ending=Ending.HANG)
    assert eventually(lambda: supervisor._scene.state is Link.ALIVE)
    robot.publishing = False
    assert eventually(lambda: supervisor._scene.silent(1.0))
    assert not active.next(lambda m: True).data  # nothing runs that could need it
    robot.publishing = True
    assert eventually(lambda: not supervisor._scene.silent(1.0))
    client = ActionClient(node, Pick, "pick")
    assert client.wait_for_server(SECONDS)
    assert _answer(client.send_goal_async(Pick.Goal())).accepted
    robot.publishing = False
    assert reports.until(lambda m: m.active).reason == "the scene was lost while goals ran (pick)"
    assert eventually(lambda: server.ended == ["canceled"])
    client.destroy()


def test_nothing_in_the_supervisor_is_a_client_of_goals(start_supervisor, node, serve, library_file):
    """It would keep results and feedback of others coming, and need every type installed."""
    start_supervisor(skills_file=library_file)
    serve()
    assert eventually(lambda: node.count_clients("wave/_action/cancel_goal") == 1)
    assert node.count_clients("wave/_action/send_goal") == 0
    assert CancelGoal.Request().goal_info.goal_id.uuid.tolist() == [0] * 16
