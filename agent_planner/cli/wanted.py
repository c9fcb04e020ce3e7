# SPDX-License-Identifier: Apache-2.0
"""What a command is to bring up, checked before anything is started."""

from dataclasses import dataclass
from pathlib import Path

from agent_planner.cli.models import checked
from agent_planner.cli.options import SceneSource
from agent_planner.cli.robots import Parameter, RobotProfile, load_robot, variant
from agent_planner.errors import UserError, did_you_mean
from agent_planner.safety.policy import Policy, policy_path


@dataclass(frozen=True)
class Wanted:
    """What a command is to bring up; ``scene`` and what follows it is for simulated robots."""

    profile: RobotProfile
    model: str
    scene: str = ""
    seed: int = 0
    rtf: float = 1.0
    video: bool = False
    level: str = "applicable"
    look_ahead: bool = True
    policy: str = ""
    check_plan: bool = False
    by_camera: bool = False
    camera_rate: float = 1.0

    def values(self, folder: Path) -> dict[str, Parameter]:
        """What the profile's placeholders stand for."""
        return {
            "scene": self.scene,
            "seed": self.seed,
            "rtf": self.rtf,
            "model": self.model,
            "level": self.level,
            "look_ahead": self.look_ahead,
            "policy": self.policy,
            "check_plan": self.check_plan,
            "skills": str(self.profile.skills_file),
            "runs": str(folder),
            "video": str(folder / "video.mp4") if self.video else "",
            "camera_rate": self.camera_rate,
            "path": str(folder / "path.png") if self.video else "",
        }


def wanted(
    robot: str,
    model: str,
    scene: str = "",
    policy: str = "",
    scene_source: SceneSource = SceneSource.TRUTH,
    **others: object,
) -> Wanted:
    """Check names before anything is started. ``policy`` takes the place of the profile's own.

    A robot that knows only what its camera sees has a profile of its own, ``ROBOT_camera``.

    Raises:
        UserError: robot, model, scene or policy is not known, or the robot's skills or the policy are wrong.
    """
    by_camera = scene_source is SceneSource.CAMERA
    profile = load_robot(variant(robot, scene_source.value) if by_camera else robot)
    policy = _policy(profile, policy)
    if profile.simulated:
        from agent_planner_sim.scenes import BUILDERS

        scene = scene or profile.default_scene
        if scene not in BUILDERS:
            raise UserError(f"there is no scene '{scene}'; {did_you_mean(scene, BUILDERS)}")
    elif scene:
        raise UserError(f"the robot '{robot}' is not simulated: it takes no --scene")
    return Wanted(profile, checked(model), scene, policy=policy, by_camera=by_camera, **others)  # type: ignore[arg-type]


def _policy(profile: RobotProfile, choice: str) -> str:
    """The path of the policy that is to be used; empty where there is none."""
    library = profile.library()
    if choice and not any("{policy}" in node.parameters.values() for node in profile.nodes):
        raise UserError(
            f"--policy {choice}: the profile of '{profile.name}' does not pass a policy on; give its planner the "
            'parameter policy_file: "{policy}"'
        )
    path = str(policy_path(choice)) if choice else profile.policy_file
    if path:
        Policy.load(Path(path), library)
    return path
