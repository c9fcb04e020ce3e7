# SPDX-License-Identifier: Apache-2.0
"""A library proposed from servers that are really there."""

import pytest
from agent_planner_interfaces.action import ExecuteInstruction, ExecuteSkill, NavigateTo, Place
from nav_msgs.srv import GetPlan
from rclpy.action import ActionServer
from rclpy.node import Node
from std_srvs.srv import SetBool, Trigger

from agent_planner.ros.binding import check_binding
from agent_planner.ros.offered import Offered, all_offered, offered_actions, offered_services
from agent_planner.ros.proposal import proposal, shipped_entries
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import DEFAULT_LIBRARY
from tests.waits import eventually

PICK = "agent_planner_interfaces/action/Pick"


@pytest.fixture
def servers(node):
    def nothing(_):
        raise AssertionError("nobody sends a goal")

    kinds = {"go/there": NavigateTo, "place": Place, "work": ExecuteSkill, "execute_instruction": ExecuteInstruction}
    actions = [ActionServer(node, kind, name, nothing) for name, kind in kinds.items()]
    services = ((SetBool, "lamp"), (Trigger, "stop"), (Trigger, "unlock_protective_stop"), (GetPlan, "make_plan"))
    for kind, name in services:
        node.create_service(kind, name, nothing)
    yield
    for action in actions:
        action.destroy()


@pytest.fixture
def looker(namespace):
    """The node of the one who looks."""
    looker = Node("looker", namespace=namespace)
    yield looker
    looker.destroy_node()


@pytest.fixture
def found(looker, servers):
    assert eventually(lambda: len(offered_actions(looker)) == 3 and len(offered_services(looker, everything=True)) == 3)
    return [*offered_actions(looker), *offered_services(looker)]


def test_servers_are_found_and_what_is_no_skill_is_left_out(looker, namespace, found):
    assert [(o.name.removeprefix(namespace), o.type.rpartition("/")[2]) for o in found] == [
        ("/go/there", "NavigateTo"),
        ("/place", "Place"),
        ("/work", "ExecuteSkill"),
        ("/lamp", "SetBool"),
    ]
    assert {o.node for o in found} == {f"{namespace}/test"}
    every = [o.name.removeprefix(namespace) for o in offered_services(looker, everything=True)]
    assert every == ["/lamp", "/make_plan", "/unlock_protective_stop"]
    assert all_offered(looker, quiet_s=0.3) == found


def test_what_is_proposed_loads_and_fits_the_installed_types(looker, found):
    text = proposal([*offered_actions(looker), *offered_services(looker, everything=True)])
    library = SkillLibrary.parse(text)
    assert [fault for skill in library for fault in check_binding(skill)] == []
    names = ["navigate_to", "place_on", "place_in", "work", "lamp"]
    assert [skill.name for skill in library][:5] == names
    assert library["lamp"].service.request == {"data": False}


def test_for_a_known_type_it_is_the_shipped_entry_with_the_servers_own_name(found, namespace):
    ours = SkillLibrary.load(DEFAULT_LIBRARY)["navigate_to"]
    theirs = SkillLibrary.parse(proposal(found, namespace=f"{namespace}/go"))["navigate_to"]
    assert theirs.action.name == "there"
    assert theirs.model_copy(update={"action": ours.action}) == ours


def test_an_unknown_type_gets_parameters_bounds_to_fill_in_and_high_risk(found):
    text = proposal(found)
    skill = SkillLibrary.parse(text)["work"]
    assert {name: p.type for name, p in skill.parameters.items()} == {"skill": "text", "arguments": "text"}
    assert (skill.action.goal["skill"], skill.action.success, skill.risk) == ("{skill}", {"error_code": 0}, "high")
    assert "# skill: what may be said?" in text


def test_two_servers_of_one_type_become_two_skills():
    kind = "std_srvs/srv/Trigger"
    text = proposal([Offered("/a/ring", kind, "/x"), Offered("/b/ring", kind, "/x"), Offered("/ask", kind, "/x")])
    assert [s.name for s in SkillLibrary.parse(text)] == ["ring", "ring_2", "ask_2"]


def test_what_is_not_installed_is_named_and_left_out():
    text = proposal([Offered("/fly", "drone_msgs/action/Fly", "/pilot")])
    assert SkillLibrary.parse(text).skills == ()
    assert "# left out: the type drone_msgs/action/Fly is not installed" in text


def test_names_are_data():
    text = proposal([Offered("/9: {x}\n- name: evil", "std_srvs/srv/Trigger", "/a\nb: c")])
    (skill,) = SkillLibrary.parse(text)
    assert skill.service.name == "9: {x}\n- name: evil"
    assert skill.name == "skill_9_x_name_evil"


@pytest.mark.parametrize("name", ["/a\x1b[31m\x07b", "/go\n- name: evil", "/on", "/0"])
def test_no_name_breaks_the_file_or_the_terminal(name):
    text = proposal([Offered(name, "std_srvs/srv/Trigger", name), Offered(name, PICK, name)])
    (plain, known) = SkillLibrary.parse(text)
    assert (plain.service.name, known.action.name) == (name[1:], name[1:])
    assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("namespace", ["/robot", "robot", "/robot/"])
def test_a_namespace_may_be_written_with_its_slashes_or_without(namespace):
    text = proposal([Offered(f"{n}/ring", "std_srvs/srv/Trigger", "/x") for n in ("/robot", "/robot2")], namespace)
    assert [s.service.name for s in SkillLibrary.parse(text)] == ["ring", "/robot2/ring"]


def test_an_entry_with_another_robots_names_is_of_high_risk():
    """Any arm's controller has the type that a shipped library binds to a head."""
    pytest.importorskip("control_msgs.action")
    kind = "control_msgs/action/FollowJointTrajectory"
    text = proposal([Offered("/arm/follow_joint_trajectory", kind, "/x")])
    (skill,) = SkillLibrary.parse(text)
    assert (skill.risk, skill.action.name) == ("high", "arm/follow_joint_trajectory")
    assert "made for another robot" in text


def test_a_rule_whose_field_the_installed_result_lacks_is_left_out(monkeypatch):
    """As of NavigateToPose in Humble, which has no error_code."""
    (entry,) = shipped_entries()[PICK]
    monkeypatch.setattr("agent_planner.ros.proposal.shipped_entries", lambda: {PICK: [entry.replace("error_", "no_")]})
    text = proposal([Offered("/pick", PICK, "/x")])
    (skill,) = SkillLibrary.parse(text)
    assert (skill.name, skill.action.success, check_binding(skill)) == ("pick", {}, [])
    assert "TODO this distribution's result lacks a field" in text


def test_where_the_shipped_entry_does_not_fit_one_is_made_from_the_fields(monkeypatch):
    (entry,) = shipped_entries()[PICK]
    monkeypatch.setattr(
        "agent_planner.ros.proposal.shipped_entries", lambda: {PICK: [entry.replace("{object:", "{it:")]}
    )
    (skill,) = SkillLibrary.parse(proposal([Offered("/grasp", PICK, "/x")]))
    assert (skill.name, skill.risk, skill.action.goal["object"]) == ("grasp", "high", "{object}")
