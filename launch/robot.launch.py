# SPDX-License-Identifier: Apache-2.0
"""The planner on a real robot; takes the arguments of `bringup.launch.py` too. No simulator is looked for.

    ros2 launch agent_planner robot.launch.py skills:=my_robot.yaml policy:=my_policy.yaml

The robot brings its own driver and the servers that the skill library names; where that is a simulator of its own,
`use_sim_time:=true`. The supervisor begins stopped: a person resets it (`agent-planner reset`) once the robot may move.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration

from agent_planner.ros.launching import share


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument(
            "skills",
            description="Skill library, a file or the name of a shipped one: what the robot can do, and how.",
        ),
        DeclareLaunchArgument(
            "params_file",
            default_value=share("agent_planner", "config/robot.yaml"),
            description="Parameters of the nodes (YAML); copy config/robot.yaml.",
        ),
        DeclareLaunchArgument(
            "scene_source",
            default_value="none",
            choices=["camera", "none"],
            description="Who publishes scene_graph: the node camera_scene, or a node of yours.",
        ),
        DeclareLaunchArgument("rviz", default_value="false", description="RViz with camera, scene and plan."),
    ]
    return LaunchDescription(
        [
            *arguments,
            _include("bringup.launch.py", None),
            _include("rviz.launch.py", IfCondition(LaunchConfiguration("rviz"))),
        ]
    )


def _include(file, condition):
    source = PythonLaunchDescriptionSource(share("agent_planner", f"launch/{file}"))
    return IncludeLaunchDescription(source, condition=condition)
