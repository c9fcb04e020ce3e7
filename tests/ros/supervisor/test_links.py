# SPDX-License-Identifier: Apache-2.0
"""The operator's link and the scene; who is connected to whom."""

from action_msgs.srv import CancelGoal
from agent_planner_interfaces.action import Pick
from rclpy.callback_groups import ReentrantCallbackGroup
from std_msgs.msg import Empty

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.safety.link_watch import Link
from agent_planner.testing.fake_action import Behaviour, Ending
from tests.ros.waits import SECONDS, answer_of, eventually


def test_the_operators_link_counts_where_it_is_asked_for(start_supervisor, node, reports, active, trigger):
    supervisor, _ = start_supervisor(on_operator_loss="stop", operator_timeout_s=1.0)
    publisher = node.create_publisher(Empty, "operator_heartbeat", 1)
    group = ReentrantCallbackGroup()
    beats = node.create_timer(0.05, lambda: publisher.publish(Empty()), group)
    assert eventually(lambda: supervisor._operator.state is Link.ALIVE)
    assert not active.next(lambda m: True).data
    node.destroy_timer(beats)
    assert reports.until(lambda m: m.active).reason == "the operator's link was lost"
    assert trigger("reset_stop").message == "not reset: nothing comes on 'operator_heartbeat'"
    node.create_timer(0.05, lambda: publisher.publish(Empty()))
    assert eventually(lambda: trigger("reset_stop").success)


def test_a_supervisor_that_was_started_anew_waits_for_the_operators_link(start_supervisor, node, trigger):
    supervisor, _ = start_supervisor(on_operator_loss="stop", start_stopped=True)
    assert trigger("reset_stop").message == "not reset: nothing comes on 'operator_heartbeat'"
    publisher = node.create_publisher(Empty, "operator_heartbeat", 1)
    node.create_timer(0.05, lambda: publisher.publish(Empty()))
    assert eventually(lambda: trigger("reset_stop").success)


def test_the_operators_link_is_nobodys_business_otherwise(start_supervisor, node):
    start_supervisor()
    publisher = node.create_publisher(Empty, "operator_heartbeat", 1)
    assert eventually(lambda: node.count_subscribers("stop_request"))
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
    client = SafeActionClient(node, Pick, "pick")
    assert client.wait_for_server(SECONDS)
    assert answer_of(client.send_goal_async(Pick.Goal())).accepted
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
