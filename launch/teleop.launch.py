# SPDX-License-Identifier: Apache-2.0
"""A person drives: keyboard or joystick, which the supervisor puts before what the skills want.

    ros2 launch agent_planner teleop.launch.py device:=joystick

The first motion takes the robot over: a running instruction stands still until the person gives back, by a key, by a
button, or by

    ros2 service call give_back std_srvs/srv/Trigger
"""

import sys

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, GroupAction, OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import EqualsSubstitution, LaunchConfiguration, PythonExpression
from launch_ros.actions import Node, PushRosNamespace

from agent_planner.ros.launching import is_true, share


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument(
            "device", default_value="keyboard", choices=["keyboard", "joystick"], description="What the person holds."
        ),
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of the robot."),
        DeclareLaunchArgument(
            "use_stamped",
            default_value="",
            choices=["", "true", "false"],
            description="TwistStamped, if the supervisor has use_stamped too; empty: false for the keyboard, for the "
            "joystick as teleop_params_file has it.",
        ),
        DeclareLaunchArgument(
            "teleop_params_file",
            default_value=share("agent_planner", "config/teleop.yaml"),
            description="Speeds, axes and buttons of the joystick; whether it sends TwistStamped.",
        ),
        DeclareLaunchArgument(
            "terminal", default_value="xterm -e", description="Command that gives the keyboard a window of its own."
        ),
    ]
    stamped = LaunchConfiguration("use_stamped")
    return LaunchDescription(
        [
            *arguments,
            ExecuteProcess(
                cmd=[
                    *(sys.executable, "-m", "agent_planner.cli.main", "teleop"),
                    PythonExpression(["'--use-stamped' if '", stamped, "' == 'true' else '--no-use-stamped'"]),
                    *("--namespace", LaunchConfiguration("namespace")),
                ],
                prefix=LaunchConfiguration("terminal"),
                condition=_is("device", "keyboard"),
            ),
            GroupAction(
                [
                    PushRosNamespace(LaunchConfiguration("namespace")),
                    OpaqueFunction(function=_joystick, condition=_is("device", "joystick")),
                ]
            ),
        ]
    )


def _joystick(context):
    chosen = context.launch_configurations
    file = chosen["teleop_params_file"]
    stamped = [{"publish_stamped_twist": is_true(chosen, "use_stamped")}] if chosen["use_stamped"] else []
    return [
        Node(package="joy", executable="joy_node", name="joy_node", parameters=[file]),
        Node(package="agent_planner", executable="teleop_joy", name="teleop_joy", parameters=[file, *stamped]),
    ]


def _is(argument, value):
    return IfCondition(EqualsSubstitution(LaunchConfiguration(argument), value))
