# SPDX-License-Identifier: Apache-2.0
"""Gazebo with a generated scene, its bridge to ROS, and the node that offers what the simulator offers.

`sim.launch.py sim:=gazebo` includes it. World, bridge and controllers are written anew from the scene's description
into a folder that goes when the launch ends. Each launch has a GZ_PARTITION of its own, since two servers in one mix
their topics.
"""

import os
import shutil
import tempfile
from pathlib import Path

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    GroupAction,
    LogInfo,
    OpaqueFunction,
    RegisterEventHandler,
    SetEnvironmentVariable,
)
from launch.event_handlers import OnShutdown
from launch_ros.actions import Node, PushRosNamespace, SetParameter

from agent_planner.errors import UserError
from agent_planner.ros.launching import end_all, given, is_true, parameters

WORLD = {"scene": str, "seed": int, "robot": str, "control": str, "use_stamped": bool}


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument("scene", default_value="tidy", description="Kind of the generated scene."),
        DeclareLaunchArgument("seed", default_value="0", description="Number of the scene."),
        DeclareLaunchArgument("robot", default_value="mobile_manipulator", description="Simulated robot."),
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of all nodes and relative topics."),
        DeclareLaunchArgument(
            "rtf", default_value="1.0", description="Simulated seconds a wall second, at most; 0: as fast as possible."
        ),
        DeclareLaunchArgument("gui", default_value="false", description="Gazebo's window."),
        DeclareLaunchArgument(
            "render_engine",
            default_value="ogre2",
            choices=["ogre2", "ogre"],
            description="ogre where there is no GPU and no EGL (then with a display, and the lidar tells nothing).",
        ),
        DeclareLaunchArgument(
            "control",
            default_value="gz_systems",
            choices=["gz_systems", "ros2_control"],
            description="What moves the joints: systems of Gazebo, or ros2_control's controllers inside it.",
        ),
        DeclareLaunchArgument(
            "use_stamped", default_value="false", description="TwistStamped instead of Twist, everywhere at once."
        ),
        DeclareLaunchArgument("verbosity", default_value="2", description="Of Gazebo's log, 0 to 4."),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_gazebo)])


def _gazebo(context):
    # Needed here alone: on a robot neither of them is installed.
    from agent_planner_sim.export import Gazebo, export_gazebo, robot_named
    from agent_planner_sim.scenes import generate

    chosen = context.launch_configurations
    if shutil.which("gz") is None:
        raise UserError("Gazebo's command gz is not on the PATH; install ros-jazzy-ros-gz, or take sim:=mujoco")
    numbers = {"seed": 0, "rtf": 1.0} | given(chosen, {"seed": int, "rtf": float})
    robot = robot_named(chosen["robot"])
    gazebo = Gazebo(numbers["rtf"], chosen["render_engine"], chosen["control"], chosen["namespace"])
    folder = Path(tempfile.mkdtemp(prefix="agent_planner_gazebo_"))
    files = export_gazebo(generate(chosen["scene"], numbers["seed"]), robot, folder, gazebo)
    partition = f"agent_planner_{os.getpid()}"
    return [
        RegisterEventHandler(OnShutdown(on_shutdown=lambda event, context: shutil.rmtree(folder, ignore_errors=True))),
        LogInfo(msg=f"Gazebo's GZ_PARTITION is {partition}"),
        GroupAction(
            [
                SetEnvironmentVariable("GZ_PARTITION", partition),
                PushRosNamespace(chosen["namespace"]),
                SetParameter("use_sim_time", True),
                *_processes(chosen, files.world),
                _bridge(files.bridge),
                Node(
                    package="agent_planner_sim",
                    executable="gazebo_world",
                    name="simulator",
                    output="screen",
                    parameters=[parameters(given(chosen, WORLD))],
                    on_exit=end_all,
                ),
                *(_ros2_control(robot) if files.controllers else []),
            ]
        ),
    ]


def _processes(chosen, world):
    """The server, and the window where it is wanted; the server begins paused, `gazebo_world` lets time go on."""
    from agent_planner_sim.gazebo.server import server_command

    gui = is_true(chosen, "gui")
    server = server_command(world, chosen["render_engine"], chosen["verbosity"], gui)
    yield ExecuteProcess(cmd=server, output="screen", on_exit=end_all)
    if gui:
        yield ExecuteProcess(cmd=["gz", "sim", "-g", "-v", chosen["verbosity"]], output="screen")


def _bridge(file):
    from agent_planner_sim.gazebo.bridge import service_arguments, service_remappings

    return Node(
        package="ros_gz_bridge",
        executable="parameter_bridge",
        name="gazebo_bridge",
        output="screen",
        arguments=service_arguments(),
        remappings=service_remappings(),
        parameters=[{"config_file": str(file)}],
        respawn=True,
        respawn_delay=2.0,
    )


def _ros2_control(robot):
    """The controller manager in Gazebo takes the robot from robot_state_publisher; spawners start its controllers."""
    from agent_planner_sim.gazebo.bridge import CONTROLLERS
    from agent_planner_sim.robots.urdf import to_urdf

    description = parameters({"robot_description": to_urdf(robot, ros2_control=True)})
    yield Node(
        package="robot_state_publisher",
        executable="robot_state_publisher",
        parameters=[description],
        remappings=[("joint_states", "gazebo/joints"), ("/tf", "gazebo/tf"), ("/tf_static", "gazebo/tf_static")],
    )
    yield Node(package="controller_manager", executable="spawner", arguments=list(CONTROLLERS), output="screen")
