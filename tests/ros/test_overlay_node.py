# SPDX-License-Identifier: Apache-2.0
import pytest

pytest.importorskip("agent_planner_interfaces.msg")

from agent_planner_interfaces.msg import PlanStatus, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from geometry_msgs.msg import Point, Pose
from rclpy.executors import SingleThreadedExecutor
from visualization_msgs.msg import Marker, MarkerArray

from agent_planner.ros.names import NEWEST
from agent_planner.ros.overlay_node import OverlayNode, overlay_markers, plan_text
from agent_planner.ros.process import spinning
from tests.ros.waits import Ear


def scene():
    message = SceneGraph()
    message.header.frame_id = "map"
    message.robot = RobotState(name="robot", base=Pose(position=Point(x=1.0, y=2.0)))
    message.places = [ScenePlace(name="desk", pose=Pose(position=Point(x=3.0)))]
    message.objects = [SceneObject(name="red cube", pose=Pose(position=Point(x=3.0, z=0.8)))]
    message.relations = [
        Relation(name="on", a="red cube", b="desk"),
        Relation(name="at", a="desk"),
        Relation(name="near", a="red cube", b="desk"),
        Relation(name="on", a="red cube", b="a thing that is not there"),
    ]
    return message


STATUS = PlanStatus(
    instruction="clear the desk",
    goal="not on(red cube, desk)",
    state="EXECUTING",
    step=2,
    call='pick(object="red cube")',
)


def test_relations_are_lines_between_their_entities_and_of_one_entity_from_the_robot():
    markers = overlay_markers(scene(), STATUS).markers
    assert markers[0].action == Marker.DELETEALL
    lines = [m for m in markers if m.ns == "relations"]
    labels = [m.text for m in markers if m.ns == "relation names"]
    assert labels == ["on", "at"]
    assert [(p.x, p.z) for p in lines[0].points] == [(3.0, 0.8), (3.0, 0.0)]
    assert [(p.x, p.y) for p in lines[1].points] == [(3.0, 0.0), (1.0, 2.0)]
    assert len({(m.ns, m.id) for m in markers[1:]}) == len(markers) - 1


def test_the_plan_stands_above_the_robot():
    (plan,) = [m for m in overlay_markers(scene(), STATUS).markers if m.ns == "plan"]
    assert (plan.pose.position.x, plan.pose.position.y) == (1.0, 2.0) and plan.pose.position.z > 1.0
    assert plan.text.splitlines() == [
        "clear the desk",
        "goal: not on(red cube, desk)",
        'step 2: pick(object="red cube")',
        "executing",
    ]


def test_what_is_not_known_takes_no_line_and_the_outcome_replaces_the_state():
    assert plan_text(PlanStatus(state="IDLE")) == "idle"
    ended = PlanStatus(instruction="hello", state="IDLE", outcome="answered")
    assert plan_text(ended) == "hello\nanswered"


def test_the_node_shows_scene_and_plan(node, namespace):
    scenes = node.create_publisher(SceneGraph, "scene_graph", 1)
    plans = node.create_publisher(PlanStatus, "plan_status", NEWEST)
    ear = Ear(node, MarkerArray, "overlay_markers")
    overlay = OverlayNode(namespace=namespace)
    overlay.start()
    with spinning(SingleThreadedExecutor(), overlay):
        plans.publish(STATUS)
        node.create_timer(0.1, lambda: scenes.publish(scene()))
        ear.until(lambda message: any(m.text.startswith("clear the desk") for m in message.markers))
    overlay.destroy_node()
