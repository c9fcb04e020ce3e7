# SPDX-License-Identifier: Apache-2.0
"""Planner, supervisor and what sees the scene, for any robot; nothing of a simulator's.

`sim.launch.py` and `robot.launch.py` include it. Values stand in the parameter file; an argument that is left empty
changes nothing in it. What ends unexpectedly is started again (the supervisor stopped, so that a person resets);
a program that refuses its parameters ends the launch.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, GroupAction, OpaqueFunction, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch_ros.actions import LifecycleNode, Node, PushRosNamespace, SetParameter

from agent_planner.ros.launching import REFUSED, end_if_refused, given, is_true, parameters, share

PLANNER = {
    "model": str,
    "level": str,
    "look_ahead": bool,
    "autonomy": str,
    "check_plan": bool,
    "runs_folder": str,
    "autostart": bool,
}


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of all nodes and relative topics."),
        DeclareLaunchArgument(
            "params_file",
            default_value=share("agent_planner", "config/bringup.yaml"),
            description="Parameters of the nodes (YAML); copy config/bringup.yaml for a robot of your own.",
        ),
        DeclareLaunchArgument("use_sim_time", default_value="false", description="Take the time from /clock."),
        DeclareLaunchArgument(
            "skills",
            default_value="",
            description="Skill library, a file or the name of a shipped one; else that of the parameters.",
        ),
        DeclareLaunchArgument(
            "policy", default_value="", description="Safety policy: a shipped one's name (simulation) or a file."
        ),
        DeclareLaunchArgument(
            "model", default_value="", description="Language model: default, base, a folder or name, openai:MODEL@URL."
        ),
        DeclareLaunchArgument(
            "level", default_value="", description="How far decoding is constrained: raw, grammar, applicable."
        ),
        DeclareLaunchArgument(
            "look_ahead", default_value="", description="Refuse calls that bring the goal no nearer: true or false."
        ),
        DeclareLaunchArgument(
            "autonomy", default_value="", description="What happens without asking: auto, confirm, plan_only."
        ),
        DeclareLaunchArgument(
            "check_plan", default_value="", description="Check the whole plan before the first motion: true or false."
        ),
        DeclareLaunchArgument("runs_folder", default_value="", description="Where episodes are recorded."),
        DeclareLaunchArgument(
            "autostart", default_value="", description="Whether the planner configures and activates itself."
        ),
        DeclareLaunchArgument(
            "motion_params_file",
            default_value="",
            description="Starts the shipped motion servers with this parameter file; empty: the robot has its own.",
        ),
        DeclareLaunchArgument(
            "scene_source",
            default_value="camera",
            choices=["camera", "simulator", "none"],
            description="Who publishes scene_graph: the node camera_scene, the simulator's, or a node of yours.",
        ),
        DeclareLaunchArgument(
            "places",
            default_value="",
            description="Map of places (YAML) for the node camera_scene; else it comes on the topic scene_map.",
        ),
        DeclareLaunchArgument(
            "use_stamped",
            default_value="false",
            description="TwistStamped instead of Twist, everywhere at once (ros2_control and newer Nav2).",
        ),
        DeclareLaunchArgument("respawn", default_value="true", description="Start again what ended unexpectedly."),
        DeclareLaunchArgument("log_level", default_value="info", description="Of the nodes: debug, info, warn, error."),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_group)])


def _group(context):
    chosen = context.launch_configurations
    nodes = [_planner(chosen), _supervisor(chosen)]
    if chosen["motion_params_file"]:
        nodes.append(_motion(chosen))
    if chosen["scene_source"] == "camera":
        nodes.append(_camera_scene(chosen))
    return [
        GroupAction(
            [
                PushRosNamespace(chosen["namespace"]),
                SetParameter("use_sim_time", is_true(chosen, "use_sim_time")),
                *(_watched(node) for node in nodes),
                OpaqueFunction(function=_second_supervisor, args=[nodes[1]]),
                *nodes,
            ]
        )
    ]


def _planner(chosen):
    return LifecycleNode(
        package="agent_planner",
        executable="planner",
        name="planner",
        exec_name="planner",
        namespace="",
        # Its model takes every processor; what drives and what stops the robot goes first.
        prefix="nice -n 5",
        parameters=[chosen["params_file"], parameters({**given(chosen, PLANNER), **_files(chosen)})],
        **_kept(chosen),
    )


def _supervisor(chosen, respawned=False):
    """The first one is not respawned as it is: another one takes its place, see `_second_supervisor`."""
    values = {**_skills(chosen), "use_stamped": is_true(chosen, "use_stamped")}
    if respawned:
        values["start_stopped"] = True
    kept = _kept(chosen)
    return Node(
        package="agent_planner",
        executable="supervisor",
        name="supervisor",
        parameters=[chosen["params_file"], parameters(values)],
        **{**kept, "respawn": kept["respawn"] and respawned},
    )


def _second_supervisor(context, first):
    """A supervisor that died is started stopped, since what ran before is not known: a person resets."""
    chosen = dict(context.launch_configurations)
    if not is_true(chosen, "respawn"):
        return []
    second = _supervisor(chosen, respawned=True)

    def restart(event, context):
        if event.returncode == REFUSED or context.is_shutdown:
            return None
        # Namespace, remappings and parameters for all are those of the group, which has been left by now.
        scope = OpaqueFunction(function=lambda context: context.launch_configurations.update(chosen))
        return [GroupAction([scope, _watched(second), second])]

    return [RegisterEventHandler(OnProcessExit(target_action=first, on_exit=restart))]


def _motion(chosen):
    return Node(
        package="agent_planner_motion",
        executable="motion_servers",
        name="motion_servers",
        parameters=[chosen["motion_params_file"], {"use_stamped": is_true(chosen, "use_stamped")}],
        **_kept(chosen),
    )


def _camera_scene(chosen):
    return Node(
        package="agent_planner",
        executable="camera_scene",
        name="camera_scene",
        parameters=[chosen["params_file"], parameters({**_skills(chosen), **_places(chosen)})],
        **_kept(chosen),
    )


def _skills(chosen):
    return {"skills_file": chosen["skills"]} if chosen["skills"] else {}


def _places(chosen):
    return {"places_file": chosen["places"]} if chosen["places"] else {}


def _files(chosen):
    return {**_skills(chosen), **({"policy_file": chosen["policy"]} if chosen["policy"] else {})}


def _kept(chosen):
    """What all nodes have in common."""
    return {
        "output": "screen",
        "respawn": is_true(chosen, "respawn"),
        "respawn_delay": 2.0,
        "ros_arguments": ["--log-level", chosen["log_level"]],
        "sigterm_timeout": "20",  # a goal that runs is ended first, and the model's turn is waited for
    }


def _watched(node):
    return RegisterEventHandler(OnProcessExit(target_action=node, on_exit=end_if_refused))
