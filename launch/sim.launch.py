# SPDX-License-Identifier: Apache-2.0
"""A simulated robot in MuJoCo or Gazebo, and everything that `bringup.launch.py` starts; takes its arguments too.

ros2 launch agent_planner sim.launch.py scene:=apartment seed:=3 rviz:=true
ros2 launch agent_planner sim.launch.py sim:=gazebo gui:=true
"""

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import EqualsSubstitution, LaunchConfiguration
from launch_ros.actions import Node, PushRosNamespace

from agent_planner.ros.launching import end_all, given, parameters, share

SIMULATOR = {"scene": str, "seed": int, "robot": str, "rtf": float, "use_stamped": bool, "camera_rate": float}


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument(
            "sim", default_value="mujoco", choices=["mujoco", "gazebo"], description="Which simulator."
        ),
        DeclareLaunchArgument(
            "scene",
            default_value="tidy",
            choices=["tidy", "apartment", "table_top"],
            description="Kind of the generated scene.",
        ),
        DeclareLaunchArgument("seed", default_value="0", description="Number of the scene; each is another one."),
        DeclareLaunchArgument(
            "robot",
            default_value="mobile_manipulator",
            choices=["mobile_manipulator", "fixed_arm", "delivery_base"],
            description="Simulated robot; the fixed arm wants scene:=table_top.",
        ),
        DeclareLaunchArgument(
            "rtf", default_value="1.0", description="Simulated seconds a wall second; 0: as fast as possible."
        ),
        DeclareLaunchArgument(
            "camera_rate",
            default_value="1.0",
            description="Head camera's pictures a simulated second, in MuJoCo; Gazebo's camera has five.",
        ),
        DeclareLaunchArgument("gui", default_value="false", description="Gazebo's window; MuJoCo has none here."),
        DeclareLaunchArgument("rviz", default_value="false", description="RViz with camera, scene and plan."),
        DeclareLaunchArgument(
            "discovery",
            default_value="LOCALHOST",
            choices=["LOCALHOST", "SUBNET", "SYSTEM_DEFAULT"],
            description="Who can join: other machines only with SUBNET, where a real robot may listen as well.",
        ),
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of all nodes and relative topics."),
        DeclareLaunchArgument(
            "params_file",
            default_value="",
            description="Parameters of the nodes (YAML); empty: config/ROBOT.yaml.",
        ),
        DeclareLaunchArgument(
            "policy", default_value="simulation", description="Safety policy: a shipped one's name or a file."
        ),
        DeclareLaunchArgument(
            "scene_source",
            default_value="simulator",
            choices=["simulator", "camera", "none"],
            description="Who publishes scene_graph: the simulator's truth without what is hidden, or perception.",
        ),
        DeclareLaunchArgument(
            "motion_params_file",
            default_value="",
            description="Parameters of the shipped motion servers; empty: their config/ROBOT.yaml.",
        ),
        DeclareLaunchArgument(
            "use_stamped", default_value="false", description="TwistStamped instead of Twist, everywhere at once."
        ),
    ]
    return LaunchDescription(
        [
            *arguments,
            OpaqueFunction(function=_files_of_the_robot),
            SetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE", LaunchConfiguration("discovery")),
            GroupAction(
                [
                    PushRosNamespace(LaunchConfiguration("namespace")),
                    OpaqueFunction(function=_mujoco, condition=_is("sim", "mujoco")),
                    Node(
                        package="agent_planner_sim",
                        executable="scene_from_simulator",
                        name="scene_from_simulator",
                        output="screen",
                        parameters=[{"use_sim_time": True}],
                        respawn=True,
                        respawn_delay=2.0,
                        condition=_is("scene_source", "simulator"),
                    ),
                    Node(
                        package="agent_planner_sim",
                        executable="simulated_person",
                        name="simulated_person",
                        output="screen",
                        parameters=[LaunchConfiguration("params_file"), {"use_sim_time": True}],
                        respawn=True,
                        respawn_delay=2.0,
                        condition=_is("robot", "delivery_base"),
                    ),
                ]
            ),
            _include("gazebo.launch.py", _is("sim", "gazebo")),
            _include("bringup.launch.py", None, use_sim_time="true"),
            _include("rviz.launch.py", IfCondition(LaunchConfiguration("rviz")), use_sim_time="true"),
        ]
    )


def _files_of_the_robot(context):
    chosen = context.launch_configurations
    file = f"config/{chosen['robot']}.yaml"
    for argument, package in (("params_file", "agent_planner"), ("motion_params_file", "agent_planner_motion")):
        chosen[argument] = chosen[argument] or share(package, file)


def _include(file, condition, **arguments):
    source = PythonLaunchDescriptionSource(share("agent_planner", f"launch/{file}"))
    return IncludeLaunchDescription(source, launch_arguments=arguments.items(), condition=condition)


def _mujoco(context):
    """The simulator makes the time, so that it does not take it from /clock. When it ends, so does the launch."""
    return [
        Node(
            package="agent_planner_sim",
            executable="simulator",
            name="simulator",
            output="screen",
            parameters=[parameters(given(context.launch_configurations, SIMULATOR))],
            on_exit=end_all,
        )
    ]


def _is(argument, value):
    return IfCondition(EqualsSubstitution(LaunchConfiguration(argument), value))
