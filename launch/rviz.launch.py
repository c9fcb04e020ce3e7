# SPDX-License-Identifier: Apache-2.0
"""RViz with the robot, its camera, the scene with names and relations, and the plan."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, GroupAction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node, PushRosNamespace, SetParameter
from launch_ros.parameter_descriptions import ParameterValue

from agent_planner.ros.launching import share


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of the robot's topics."),
        DeclareLaunchArgument("use_sim_time", default_value="false", description="Take the time from /clock."),
        DeclareLaunchArgument(
            "rviz_config",
            default_value=share("agent_planner", "config/agent_planner.rviz"),
            description="RViz's configuration; its topics are relative.",
        ),
    ]
    use_sim_time = ParameterValue(LaunchConfiguration("use_sim_time"), value_type=bool)
    return LaunchDescription(
        [
            *arguments,
            GroupAction(
                [
                    PushRosNamespace(LaunchConfiguration("namespace")),
                    SetParameter("use_sim_time", use_sim_time),
                    Node(
                        package="agent_planner", executable="overlay", name="overlay", respawn=True, respawn_delay=2.0
                    ),
                    Node(package="rviz2", executable="rviz2", arguments=["-d", LaunchConfiguration("rviz_config")]),
                ]
            ),
        ]
    )
