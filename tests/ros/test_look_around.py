# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node

from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.look_around import look_around, worth_a_look
from agent_planner.ros.process import spinning
from agent_planner.scene import Relation, SceneGraph, ScenePlace
from agent_planner.testing.fake_action import Ending
from agent_planner.testing.fake_robot import FakeRobot


@pytest.fixture
def client(ros, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(rclpy.get_default_context().get_domain_id()))
    client = ClientNode("tourist")
    client.open()
    yield client
    client.close()


@pytest.fixture
def plain_robot(ros, library, scene):
    """A robot without a namespace, as the command line's programs find it."""
    node = Node("robot")
    with spinning(MultiThreadedExecutor(4), node):
        robot = FakeRobot(node, library, scene)
        yield robot
        robot.destroy()
    node.destroy_node()


def test_every_place_is_driven_to_in_turn(plain_robot, client):
    heard = []
    assert look_around(client, ["shelf", "blue bin"], heard.append) == []
    assert heard == ["shelf", "blue bin"]
    assert [call.args["target"] for call in plain_robot.done] == ["shelf", "blue bin"]


def test_what_cannot_be_reached_is_told_and_the_tour_goes_on(plain_robot, client):
    server = plain_robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, ending=Ending.ABORT)
    assert look_around(client, ["shelf", "blue bin"]) == ["shelf", "blue bin"]


def test_closed_things_areas_and_what_stands_on_others_are_left_out():
    container, area = frozenset({"container"}), frozenset()
    places = (
        ScenePlace(name="desk"),
        ScenePlace(name="tray", affordances=container),
        ScenePlace(name="drawer", affordances=container | {"openable"}, is_open=False, explored=False),
        ScenePlace(name="kitchen", affordances=area),
    )
    assert worth_a_look(SceneGraph(places=places, relations=(Relation("on", "tray", "desk"),))) == ["desk"]
