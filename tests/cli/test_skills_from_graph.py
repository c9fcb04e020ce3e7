# SPDX-License-Identifier: Apache-2.0
"""`skills from-graph` as a person runs it, before a robot whose servers are really there."""

import pytest

from agent_planner.skills import SkillLibrary
from tests.cli.still_robot import output

pytest.importorskip("rclpy")

pytestmark = pytest.mark.ros


@pytest.fixture(scope="module")
def graph(robot, domain):
    """Beside the servers of the default library: an action and services that no shipped library binds."""
    from agent_planner_interfaces.action import ExecuteSkill
    from rclpy.action import ActionServer
    from rclpy.context import Context
    from rclpy.executors import SingleThreadedExecutor
    from rclpy.node import Node
    from std_srvs.srv import SetBool, Trigger

    from agent_planner.ros.process import spinning

    def nothing(*_: object):
        raise AssertionError("nobody calls")

    context = Context()
    context.init(args=[], domain_id=domain)
    node = Node("extras", namespace="lab", context=context)
    action = ActionServer(node, ExecuteSkill, "work", nothing)
    for kind, name in ((SetBool, "lamp"), (Trigger, "9lives")):
        node.create_service(kind, f"/hall/x{name}", nothing)
    with spinning(SingleThreadedExecutor(context=context), node):
        yield
    action.destroy()
    node.destroy_node()
    context.try_shutdown()


def from_graph(domain, *arguments):
    return output("skills", "from-graph", "--domain", str(domain), *arguments)


def test_the_file_passes_the_check_as_it_is_and_is_not_written_over(graph, domain, tmp_path):
    file = tmp_path / "my_robot.yaml"
    done = from_graph(domain, "--out", str(file), "--namespace", "/lab")
    assert done.returncode == 0, done.stderr
    assert f"{file}: 11 skills proposed for 9 servers of 2 nodes" in " ".join(done.stdout.split())

    checked = output("skills", "check", str(file))
    assert checked.returncode == 0, checked.stderr
    library = SkillLibrary.load(file)
    shipped = {skill.name for skill in SkillLibrary.load()}
    assert set(library.by_name) == shipped | {"work", "xlamp", "x9lives"}
    servers = {name: skill.action.name for name, skill in library.by_name.items() if skill.action}
    assert (servers["work"], servers["pick"]) == ("work", "/pick")  # the one lies below the planner's namespace
    assert {library[name].risk for name in ("work", "xlamp", "x9lives")} == {"high"}

    before = file.read_text()
    again = from_graph(domain, "--out", str(file))
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert file.read_text() == before


def test_without_a_file_stdout_is_the_library_and_nothing_else(graph, domain):
    done = from_graph(domain)
    assert done.returncode == 0, done.stderr
    assert "pick" in SkillLibrary.parse(done.stdout).by_name
    assert "looking at the graph" in done.stderr


def test_where_nobody_offers_anything_it_says_what_to_look_at(state):
    done = output("skills", "from-graph", "--domain", "102", "--wait", "1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for hint in ("ROS domain 102", "is the robot running", "--domain, ROS_DOMAIN_ID", "ROS_AUTOMATIC_DISCOVERY_RANGE"):
        assert hint in " ".join(done.stderr.split())
