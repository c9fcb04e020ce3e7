# SPDX-License-Identifier: Apache-2.0
"""A person drives: keyboard or joystick on `cmd_vel_teleop`, which the supervisor puts before what the skills want.

    ros2 launch agent_planner teleop.launch.py device:=joystick

What the person sends is silent for half a second (the supervisor's `timeout_s`) before the skills drive again.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, GroupAction
from launch.conditions import IfCondition
from launch.substitutions import EqualsSubstitution, LaunchConfiguration
from launch_ros.actions import Node, PushRosNamespace
from launch_ros.parameter_descriptions import ParameterValue

from agent_planner.ros.launching import share

TELEOP = [("cmd_vel", "cmd_vel_teleop")]


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument(
            "device", default_value="keyboard", choices=["keyboard", "joystick"], description="What the person holds."
        ),
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of the robot."),
        DeclareLaunchArgument(
            "use_stamped", default_value="false", description="TwistStamped, if the supervisor has use_stamped too."
        ),
        DeclareLaunchArgument(
            "teleop_params_file",
            default_value=share("agent_planner", "config/teleop.yaml"),
            description="Speeds, axes and buttons.",
        ),
        DeclareLaunchArgument(
            "terminal", default_value="xterm -e", description="Command that gives the keyboard a window of its own."
        ),
    ]
    stamped = ParameterValue(LaunchConfiguration("use_stamped"), value_type=bool)
    file = LaunchConfiguration("teleop_params_file")
    joystick = _is("device", "joystick")
    return LaunchDescription(
        [
            *arguments,
            GroupAction(
                [
                    PushRosNamespace(LaunchConfiguration("namespace")),
                    Node(
                        package="teleop_twist_keyboard",
                        executable="teleop_twist_keyboard",
                        name="teleop_twist_keyboard",
                        prefix=LaunchConfiguration("terminal"),
                        parameters=[file, {"stamped": stamped}],
                        remappings=TELEOP,
                        condition=_is("device", "keyboard"),
                    ),
                    Node(package="joy", executable="joy_node", name="joy_node", parameters=[file], condition=joystick),
                    Node(
                        package="teleop_twist_joy",
                        executable="teleop_node",
                        name="teleop_twist_joy_node",
                        parameters=[file, {"publish_stamped_twist": stamped}],
                        remappings=TELEOP,
                        condition=joystick,
                    ),
                ]
            ),
        ]
    )


def _is(argument, value):
    return IfCondition(EqualsSubstitution(LaunchConfiguration(argument), value))
