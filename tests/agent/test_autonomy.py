# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.agent.autonomy import AutonomySwitch
from agent_planner.errors import UserError
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


def test_who_sets_the_level_that_is_set_means_the_running_instruction_too():
    switch = AutonomySwitch(AUTO)
    own = switch.for_instruction(CONFIRM)
    assert own() is CONFIRM
    switch.set(AUTO)
    assert own() is AUTO


@pytest.mark.parametrize(("level", "own"), [(PLAN_ONLY, CONFIRM), (PLAN_ONLY, AUTO), (CONFIRM, AUTO), (TELEOP, AUTO)])
def test_an_instruction_cannot_go_beyond_the_planners_own_level(level, own):
    switch = AutonomySwitch(level)
    most = switch.instructed
    with pytest.raises(UserError, match=f"'{own.value}' goes beyond the planner's own, '{most.value}': leave it out"):
        switch.for_instruction(own)
    assert switch.for_instruction(most)() is most
    assert switch.for_instruction(PLAN_ONLY)() is PLAN_ONLY
