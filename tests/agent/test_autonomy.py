# SPDX-License-Identifier: Apache-2.0
from agent_planner.agent.autonomy import AutonomySwitch
from agent_planner.types import Autonomy

AUTO, CONFIRM, PLAN_ONLY, TELEOP = Autonomy


def test_teleop_lies_over_the_level_of_instructions():
    switch = AutonomySwitch(AUTO)
    assert switch.set(TELEOP) is AUTO
    assert (switch.level, switch.instructed) == (TELEOP, AUTO)
    assert switch.set(CONFIRM) is TELEOP
    assert (switch.level, switch.instructed) == (CONFIRM, CONFIRM)


def test_where_it_begins_with_teleop_a_person_is_asked_afterwards():
    assert AutonomySwitch(TELEOP).instructed is CONFIRM


def test_an_instructions_own_level_holds_until_a_person_changes_it():
    switch = AutonomySwitch(AUTO)
    own, usual = switch.for_instruction(CONFIRM), switch.for_instruction(None)
    assert (own(), usual()) == (CONFIRM, AUTO)
    switch.set(TELEOP)
    switch.set(AUTO)  # the return of the robot is no change
    assert (own(), usual()) == (CONFIRM, AUTO)
    switch.set(PLAN_ONLY)
    assert (own(), usual()) == (PLAN_ONLY, PLAN_ONLY)
    assert switch.for_instruction(AUTO)() is AUTO


def test_who_sets_the_level_that_is_set_means_the_running_instruction_too():
    switch = AutonomySwitch(CONFIRM)
    own = switch.for_instruction(AUTO)
    assert own() is AUTO
    switch.set(CONFIRM)
    assert own() is CONFIRM
