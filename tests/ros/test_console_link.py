# SPDX-License-Identifier: Apache-2.0
"""A running robot for the operator's console: what it tells, and what comes of what a person asks."""

import io
import threading

import numpy as np
import pytest
import rclpy
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import OccupancyGrid
from PIL import Image as PilImage
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_msgs.msg import Empty, Float64, String
from std_srvs.srv import Trigger

from agent_planner.errors import InfrastructureError
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.console_link import ConsoleLink
from agent_planner.ros.names import NEWEST
from tests.ros.scripts import AT_SHELF
from tests.ros.waits import SECONDS, Ear, eventually


class Told:
    """What a console hears, and a wait for something in it."""

    def __init__(self):
        self.all = []
        self._changed = threading.Condition()

    def __call__(self, topic, data):
        with self._changed:
            self.all.append((topic, data))
            self._changed.notify_all()

    def of(self, topic):
        return [data for name, data in self.all if name == topic]

    def until(self, topic, fits=lambda data: True):
        """The newest of the topic, once it fits."""
        with self._changed:
            held = self._changed.wait_for(lambda: self.of(topic) and fits(self.of(topic)[-1]), SECONDS)
            assert held, (topic, self.of(topic)[-3:])
            return self.of(topic)[-1]


@pytest.fixture
def client(namespace, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(rclpy.get_default_context().get_domain_id()))
    client = ClientNode("console", namespace=namespace)
    client.open()
    yield client
    client.close()


@pytest.fixture
def connect(client, start_supervisor, start_planner):
    """Call it with the model's answers and parameters of the planner; returns link and what it tells."""

    def connect(answers=(), supervisor=None, **parameters):
        start_supervisor(**(supervisor or {}))
        start_planner(list(answers), supervised=False, **parameters)
        link, told = ConsoleLink(client, "hand"), Told()
        link.join(SECONDS)
        link.open(told)
        return link, told

    return connect


def answer(future):
    return future.result(SECONDS)


def kinds(told):
    return [event["kind"] for event in told.of("event")]


def test_it_tells_what_the_robot_is_and_how_it_stands(robot, connect, tmp_path):
    link, told = connect(runs_folder=str(tmp_path), supervisor={"max_linear": 0.4, "arm_joints": ["a"]})
    about = told.until("robot", lambda about: about["name"] != "")
    assert (about["max_linear"], about["drives"], about["arm"], about["camera"]) == (0.4, True, True, False)
    assert about["skills"][0]["name"] == "navigate_to" and about["levels"][-1] == "teleop"
    assert told.until("status")["state"] == "IDLE"
    assert told.until("autonomy") == {"level": "auto"}
    assert told.until("stop", lambda stop: stop["heard"])["stopped"] is False
    assert told.until("teleop")["active"] is False
    assert link.runs == tmp_path
    things = {thing["name"]: thing for thing in told.until("scene")["things"]}
    assert things["red cube"] == {
        "name": "red cube", "kind": "object", "x": 0.0, "y": 0.0, "yaw": 0.0, "w": 0.04, "d": 0.04,
        "color": "#d62121", "words": "on shelf, away",
    }  # fmt: skip
    assert things["blue bin"]["kind"] == "container" and things["shelf"]["kind"] == "place"


def test_who_comes_later_hears_what_there_is(robot, connect):
    link, told = connect()
    told.until("autonomy")
    link.close()
    later = Told()
    link.open(later)
    assert later.of("autonomy") == [{"level": "auto"}]


def test_an_instruction_of_its_own_is_told_with_its_result(robot, connect):
    link, told = connect(AT_SHELF)
    assert answer(link.instruct("go to the shelf", ""))[0]
    result = told.until("result")
    assert (result["outcome"], result["steps"]) == ("succeeded", ('navigate_to(target="shelf")',))
    assert told.until("status", lambda status: status["state"] == "IDLE")
    found = kinds(told)
    assert [kind for kind in ("GOAL", "CALL", "EXECUTING", "RESULT", "ENDED") if kind in found] == [
        "GOAL", "CALL", "EXECUTING", "RESULT", "ENDED",
    ]  # fmt: skip
    assert found.count("ENDED") == found.count("GOAL") == 1
    assert {event["episode_id"] for event in told.of("event")} <= {"", result["episode_id"]}
    call = next(event for event in told.of("event") if event["kind"] == "CALL")
    assert call["call"] == 'navigate_to(target="shelf")' and call["thought"]


def test_an_instruction_of_another_client_is_told_too(robot, connect, instruct):
    _, told = connect(AT_SHELF)
    told.until("status")
    status, result = instruct()
    ended = told.until("event", lambda event: event["kind"] == "ENDED")
    assert (ended["text"], ended["episode_id"]) == ("succeeded", result.episode_id)
    assert {"GOAL", "EXECUTING"} <= set(kinds(told)) and not told.of("result")


def test_a_second_instruction_and_one_that_is_refused_say_so(hanging, connect):
    link, told = connect(AT_SHELF)
    assert answer(link.instruct("go to the shelf", ""))[0]
    assert hanging.running.wait(SECONDS)
    assert "busy with 'go to the shelf'" in answer(link.instruct("go home", "")).message
    assert answer(link.cancel()).ok
    assert told.until("result")["outcome"] == "cancelled" and hanging.ended == ["canceled"]
    assert "the instruction is empty" in answer(link.instruct(" ", "")).message
    assert len(told.of("result")) == 1


def test_a_cancel_ends_another_clients_instruction(hanging, connect, instruct):
    link, told = connect(AT_SHELF)
    results = []
    thread = threading.Thread(target=lambda: results.append(instruct()[1].outcome))
    thread.start()
    assert hanging.running.wait(SECONDS)
    assert answer(link.cancel()).ok
    thread.join(SECONDS)
    assert results == ["cancelled"]


def test_a_question_is_told_answered_and_closed(robot, connect):
    link, told = connect(AT_SHELF)
    link.instruct("go to the shelf", "confirm")
    (question,) = told.until("questions", lambda told: len(told) == 1)
    assert question["kind"] == "approve_goal" and question["options"] == ["yes", "no"]
    assert 0 < question["remaining_s"] <= 120
    assert "answer with one of: yes, no" in answer(link.answer(question["id"], "perhaps")).message
    assert not answer(link.answer("another", "yes")).ok
    assert answer(link.answer(question["id"], "no")).ok
    told.until("questions", lambda told: told == [])
    assert told.until("result")["outcome"] == "needs_operator"


def test_a_question_that_is_over_is_not_told_to_who_comes_later(robot, connect, client):
    link, told = connect(AT_SHELF)
    link.instruct("go to the shelf", "confirm")
    (question,) = told.until("questions", lambda told: len(told) == 1)
    link.answer(question["id"], "no")
    told.until("result")
    other, heard = ConsoleLink(client, "hand"), Told()
    other.join(SECONDS)
    other.open(heard)
    heard.until("status")
    assert heard.until("questions", lambda told: told == []) == []


def test_a_stop_and_its_reset_are_told(hanging, connect):
    link, told = connect(AT_SHELF)
    link.instruct("go to the shelf", "")
    assert hanging.running.wait(SECONDS)
    assert link.stop("space bar; twice").ok
    assert told.until("result")["outcome"] == "cancelled" and hanging.ended == ["canceled"]
    told.until("stop", lambda stop: stop["parts"].get("navigate_to") == "confirmed, nothing runs")
    stop = told.until("stop", lambda stop: "console: space bar, twice" in stop["reasons"])
    assert stop["stopped"] and stop["heard"]
    assert "stopped" in answer(link.instruct("go to the shelf", "")).message
    assert eventually(lambda: answer(link.reset()).ok)
    assert told.until("stop", lambda stop: not stop["stopped"])["reasons"] == []


def test_a_supervisor_that_falls_silent_is_told(robot, client, start_supervisor, start_planner):
    _, end = start_supervisor()
    start_planner([], supervised=False)
    link, told = ConsoleLink(client, "hand"), Told()
    link.join(SECONDS)
    link.open(told)
    told.until("stop", lambda stop: stop["heard"])
    end()
    told.until("stop", lambda stop: not stop["heard"])
    assert eventually(lambda: not link.stop("now").ok)
    assert "nobody serves" in answer(link.take_over()).message


def test_a_stop_to_a_supervisor_that_hangs_is_sent_and_told_as_unheard(
    robot, client, start_supervisor, start_planner, node, monkeypatch
):
    _, end = start_supervisor()
    start_planner([], supervised=False)
    link, told = ConsoleLink(client, "hand"), Told()
    link.join(SECONDS)
    link.open(told)
    told.until("stop", lambda stop: stop["heard"])
    end()
    # Bad data hides no silence.
    monkeypatch.setattr(link._scene, "look", lambda: 1 / 0)
    # All of it is on the network still, but nothing is said.
    node.create_service(Trigger, "stop", lambda request, response: response)
    requests = Ear(node, String, "stop_request")
    told.until("stop", lambda stop: not stop["heard"])
    assert eventually(lambda: link.stop("now") == (False, "the supervisor is silent; use the hardware's"))
    requests.until(lambda message: message.data == "console: now")
    requests.close()


def test_a_person_takes_over_drives_and_gives_back(robot, connect, listen):
    link, told = connect(supervisor={"max_linear": 0.4, "max_angular": 1.0})
    ear = listen(Twist, "cmd_vel")
    link.drive(0.5, -1.0)
    ear.until(lambda m: (round(m.linear.x, 3), round(m.angular.z, 3)) == (0.2, -1.0))
    assert told.until("teleop", lambda state: state["active"])["source"] == "stick"
    assert answer(link.give_back()).ok
    told.until("teleop", lambda state: not state["active"])
    assert answer(link.take_over()).ok
    assert told.until("teleop", lambda state: state["active"])["source"] == "service"


def test_stamped_velocities_where_the_supervisor_has_them(robot, connect, listen):
    link, _ = connect(supervisor={"use_stamped": True, "base_frame": "footprint"})
    ear = listen(TwistStamped, "cmd_vel_teleop")
    assert eventually(lambda: (link.drive(1.0, 0.0), ear.messages)[1])
    assert ear.messages[0].header.frame_id == "footprint" and ear.messages[0].twist.linear.x == pytest.approx(0.5)


def test_arm_and_gripper_move_after_a_takeover(robot, connect, listen):
    link, told = connect()
    twists, openings = listen(TwistStamped, "delta_twist_cmds"), listen(Float64, "gripper_opening")
    assert eventually(lambda: (link.jog((0, 0, 0), (0, 0, 0)), twists.messages)[1])
    assert told.until("teleop")["active"] is False
    link.jog((0.5, 0, 0), (0, 0, -1))
    message = twists.until(lambda m: m.twist.linear.x == 0.5)
    assert message.header.frame_id == "hand" and message.twist.angular.z == -1.0
    told.until("teleop", lambda state: state["active"])
    assert link.gripper(0.25).ok
    openings.until(lambda m: m.data == 0.25)


def test_a_gripper_that_cannot_move_says_why(robot, connect, listen):
    link, told = connect()
    openings = listen(Float64, "gripper_opening")
    told.until("teleop", lambda state: not state["active"])
    assert "not taken over yet" in link.gripper(1).message
    told.until("teleop", lambda state: state["active"])
    assert eventually(lambda: (link.gripper(1), openings.messages)[1])
    link.stop("now")
    told.until("stop", lambda stop: stop["stopped"])
    assert link.gripper(0) == (False, "the robot is stopped")
    assert {message.data for message in openings.messages} == {1.0}


def test_the_operators_link_keeps_the_robot_going(robot, connect, listen):
    link, _ = connect()
    ear = listen(Empty, "operator_heartbeat")
    assert eventually(lambda: (link.beat(), ear.messages)[1])


def test_the_level_of_autonomy_is_changed(robot, connect):
    link, told = connect()
    assert answer(link.set_autonomy("plan_only")).ok
    told.until("autonomy", lambda told: told["level"] == "plan_only")


def test_pictures_come_while_somebody_looks(robot, connect, node):
    link, told = connect()
    publisher = node.create_publisher(Image, "head_camera/image", qos_profile_sensor_data)
    blue = Image(height=2, width=3, step=9, encoding="bgr8", data=bytes([255, 0, 0] * 6))
    told.until("robot", lambda about: about["camera"])
    node.create_timer(0.05, lambda: publisher.publish(blue))
    assert publisher.get_subscription_count() == 0
    link.look(True)
    number = told.until("picture")
    picture = link.picture()
    assert picture.number >= number
    shown = PilImage.open(io.BytesIO(picture.jpeg))
    assert shown.size == (3, 2) and shown.getpixel((0, 0))[2] > 200 > 100 > shown.getpixel((0, 0))[0]
    link.look(False)
    assert eventually(lambda: publisher.get_subscription_count() == 0)
    assert eventually(lambda: link.picture() is None)


def test_a_picture_that_cannot_be_read_is_none(robot, connect, node):
    link, told = connect()
    publisher = node.create_publisher(Image, "head_camera/image", qos_profile_sensor_data)
    node.create_timer(0.05, lambda: publisher.publish(Image(height=2, width=3, step=9, encoding="yuv422")))
    link.look(True)
    told.until("picture")
    assert link.picture() is None


def test_the_map_is_told(robot, connect, node):
    link, told = connect()
    message = OccupancyGrid(data=[0, 100, -1, 0, 0, 0])
    message.info.width, message.info.height, message.info.resolution = 3, 2, 0.5
    message.info.origin.position.x = -1.0
    node.create_publisher(OccupancyGrid, "map", NEWEST).publish(message)
    shown = told.until("map")
    assert (shown["width"], shown["height"], shown["resolution"]) == (3, 2, 0.5)
    grid = link.grid()
    assert grid.origin == (-1.0, 0.0) and np.array_equal(grid.cells, [[0, 100, -1], [0, 0, 0]])


def test_at_the_end_its_own_instruction_is_ended(hanging, connect):
    link, _ = connect(AT_SHELF)
    link.instruct("go to the shelf", "")
    assert hanging.running.wait(SECONDS)
    link.end(SECONDS)
    assert hanging.ended == ["canceled"]
    assert answer(link.instruct("go to the shelf", "")) == (False, "the console is ending")


def test_where_nothing_runs_the_end_waits_for_nothing(robot, connect):
    link, _ = connect()
    link.end(SECONDS)


def test_without_a_planner_that_is_told(client):
    with pytest.raises(InfrastructureError, match="the planner's parameters: no answer"):
        ConsoleLink(client, "hand").join(0.2)
