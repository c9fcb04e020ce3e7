# SPDX-License-Identifier: Apache-2.0
"""Live rclpy: one context a session, a namespace a test, everything of a test destroyed after it."""

import itertools
import json
import os
import threading
from dataclasses import replace

import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces")

from agent_planner_interfaces.action import ExecuteInstruction  # noqa: E402
from geometry_msgs.msg import Twist  # noqa: E402
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from agent_planner.ros.action_client import SafeActionClient  # noqa: E402
from agent_planner.ros.planner_node import PlannerNode  # noqa: E402
from agent_planner.ros.process import spinning  # noqa: E402
from agent_planner.ros.supervisor_node import SupervisorNode  # noqa: E402
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace  # noqa: E402
from agent_planner.skills import SkillLibrary  # noqa: E402
from agent_planner.testing.fake_action import Behaviour, Ending, FakeAction  # noqa: E402
from agent_planner.testing.fake_robot import FakeRobot  # noqa: E402
from agent_planner.testing.scripted_model import ScriptedModel  # noqa: E402
from tests.processes import free_domain  # noqa: E402
from tests.ros.scripts import AT_SHELF  # noqa: E402
from tests.ros.waits import SECONDS, answer_of, ears_of  # noqa: E402

_NUMBERS = itertools.count()
PICK = "agent_planner_interfaces/action/Pick"


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/ros/" in str(item.path):
            item.add_marker(pytest.mark.ros)


@pytest.fixture(scope="session")
def ros():
    before = dict(os.environ)
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    rclpy.init(args=[], domain_id=free_domain())
    yield
    rclpy.shutdown()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def namespace(ros):
    return f"/t{next(_NUMBERS)}"


@pytest.fixture
def node(namespace):
    """A node of the test's own (the robot, a client), spinning."""
    node = Node("test", namespace=namespace)
    with spinning(MultiThreadedExecutor(8), node):
        yield node
    node.destroy_node()


@pytest.fixture
def library():
    return SkillLibrary.load()


@pytest.fixture
def scene():
    """A red cube on the shelf, a blue bin on the floor; the robot stands at neither."""
    return SceneGraph(
        objects=(SceneObject(name="red cube", color="red", size=(0.04, 0.04, 0.04)),),
        places=(
            ScenePlace(name="shelf", size=(0.6, 0.4, 0.5)),
            ScenePlace(name="blue bin", affordances=frozenset({"container"}), size=(0.3, 0.3, 0.2)),
        ),
        # `at` of nothing would be no relation at all: a fact that only a source can know keeps them as they are.
        relations=(Relation("on", "red cube", "shelf"),),
    )


@pytest.fixture
def robot(node, library, scene):
    robot = FakeRobot(node, library, scene)
    yield robot
    robot.destroy()


@pytest.fixture
def hanging(robot):
    """The robot's navigate_to, which goes on until it is cancelled."""
    server = robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, ending=Ending.HANG)
    return server


@pytest.fixture
def drive(node):
    """The skill drives; the forward velocities that the base gets."""
    heard = []
    node.create_subscription(Twist, "cmd_vel", lambda m: heard.append(m.linear.x), 10)
    nav = node.create_publisher(Twist, "cmd_vel_skills", 1)
    fast = Twist()
    fast.linear.x = 0.25
    node.create_timer(0.05, lambda: nav.publish(fast))
    return heard


@pytest.fixture
def shelf_script(tmp_path):
    """The file of a scripted model that goes to the shelf."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(AT_SHELF))
    return path


class Sent:
    """An instruction under way."""

    def __init__(self, client, goal):
        self.feedback = []
        self.arrived = threading.Condition()
        self._ended = threading.Event()
        self._handle = answer_of(client.send_goal_async(goal, self._hear))
        assert self._handle.accepted
        self._future = self._handle.get_result_async()
        self._future.add_done_callback(lambda _: self._ended.set())

    def _hear(self, message):
        with self.arrived:
            self.feedback.append(message.feedback)
            self.arrived.notify_all()

    @property
    def states(self):
        return [f.state for f in self.feedback]

    def until(self, state):
        with self.arrived:
            assert self.arrived.wait_for(lambda: state in self.states, SECONDS), self.states

    def cancel(self):
        return answer_of(self._handle.cancel_goal_async())

    def result(self):
        """Status and result."""
        assert self._ended.wait(SECONDS), f"no result; so far: {self.feedback}"
        return self._future.result().status, self._future.result().result


class Planner:
    """A client of a planner; of one in this process also its node, which spins, and its model."""

    def __init__(self, node, planner=None, model=None):
        self.node = planner
        self.model = model
        self._client = SafeActionClient(node, ExecuteInstruction, "execute_instruction")
        assert self._client.wait_for_server(SECONDS)

    def send(self, instruction="go to the shelf", **fields):
        goal = ExecuteInstruction.Goal(instruction=instruction, **fields)
        return Sent(self._client, goal)


@pytest.fixture
def instruct(node):
    """Send an instruction to the planner that is there, a process maybe; returns status and result."""
    return lambda: Planner(node).send().result()


@pytest.fixture
def start_supervisor(namespace):
    """Call it with parameters; returns the node, spinning, and a function that ends it."""
    running = []

    def start(**parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        supervisor = SupervisorNode(namespace=namespace, parameter_overrides=overrides)
        supervisor.start()
        spin = spinning(SingleThreadedExecutor(), supervisor)
        spin.__enter__()

        def end():
            running.remove(end)
            supervisor.stop()
            spin.__exit__(None, None, None)
            supervisor.destroy_node()

        running.append(end)
        return supervisor, end

    yield start
    for end in list(running):
        end()


@pytest.fixture
def supervisor(start_supervisor):
    """A supervisor with which everything may move."""
    return start_supervisor()[0]


@pytest.fixture
def start_planner(request, node, namespace):
    """Call it with answers (or a model) and parameters; ``supervised=False`` leaves the supervisor to the test."""
    running = []

    def start(answers, supervised=True, **parameters):
        if supervised:
            request.getfixturevalue("supervisor")
        model = answers if hasattr(answers, "chat") else ScriptedModel(answers)
        given = {"policy_file": "simulation"} | parameters
        overrides = [Parameter(name, value=value) for name, value in given.items()]
        planner = PlannerNode(lambda _: model, namespace=namespace, parameter_overrides=overrides)
        planner.start()
        spin = spinning(MultiThreadedExecutor(8), planner)
        spin.__enter__()
        running.append((planner, spin))
        return Planner(node, planner, model)

    yield start
    for planner, spin in running:
        planner.stop()
        spin.__exit__(None, None, None)
        planner.destroy_node()


@pytest.fixture
def serve(node):
    """Serve an action (of type Pick) with a behaviour."""
    servers = []

    def start(name="wave", **behaviour):
        servers.append(FakeAction(node, PICK, name, Behaviour(**behaviour)))
        return servers[-1]

    yield start
    for server in servers:
        server.destroy()


@pytest.fixture
def listen(node):
    """Call it with a type and a topic; returns an Ear."""
    with ears_of(node) as listen:
        yield listen


@pytest.fixture
def call(node):
    """Call a service and wait for its answer."""

    def call(kind, name, request):
        client = node.create_client(kind, name)
        assert client.wait_for_service(SECONDS)
        answer = answer_of(client.call_async(request))
        node.destroy_client(client)
        return answer

    return call


@pytest.fixture
def trigger(call):
    """Call a Trigger service and wait for its answer."""
    return lambda name: call(Trigger, name, Trigger.Request())
