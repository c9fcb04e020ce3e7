# SPDX-License-Identifier: Apache-2.0
"""`agent-planner run`: a robot and its planner that stay up."""

import threading

from agent_planner.cli.options import (
    MODEL,
    ROBOT,
    RUNS,
    CheckPlan,
    Domain,
    Factor,
    ModelName,
    PolicyName,
    RobotName,
    Runs,
    SceneFrom,
    SceneName,
    SceneSeed,
    SceneSource,
)
from agent_planner.cli.terminal import Terminal

_LOOK_SECONDS = 0.5


def run(
    robot: RobotName = ROBOT,
    scene: SceneName = "",
    scene_source: SceneFrom = SceneSource.TRUTH,
    seed: SceneSeed = 0,
    model: ModelName = MODEL,
    policy: PolicyName = "",
    check_plan: CheckPlan = False,
    rtf: Factor = 1.0,
    runs: Runs = RUNS,
    domain: Domain = None,
) -> None:
    """Start a robot with its planner and keep it up until Ctrl-C; what dies is started again."""
    from agent_planner.cli.ros_shell import enter_ros
    from agent_planner.cli.wanted import wanted

    want = wanted(robot, model, scene, policy, scene_source, seed=seed, rtf=rtf, check_plan=check_plan)
    enter_ros()
    from agent_planner.cli.bringup import brought_up
    from agent_planner.cli.keeper import Keeper

    terminal = Terminal()
    with brought_up(want, terminal, runs, domain) as up:
        terminal.say('instructions:    agent-planner send "put the red cube in the blue bin"')
        terminal.say("page to steer:   agent-planner console")
        terminal.say("your own client: eval $(agent-planner env), then the action execute_instruction")
        terminal.say(f"logs, episodes:  {up.folder}")
        terminal.say("stop, reset:     agent-planner stop, agent-planner reset, from any terminal")
        terminal.say("Ctrl-C stops the robot and everything started here")
        keeper = Keeper(up.stack, terminal.say)
        never = threading.Event()
        while not never.wait(_LOOK_SECONDS):
            keeper.look()
