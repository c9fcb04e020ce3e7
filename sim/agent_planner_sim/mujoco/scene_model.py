# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A scene as bodies of a MuJoCo specification, with light and floor."""

import mujoco

from agent_planner_sim.mujoco.solids import add_solids, set_mass
from agent_planner_sim.scenes.bodies import furniture_body, item_body, part_body
from agent_planner_sim.scenes.description import DRAWER, FLOOR_MARGIN, Furniture, Item, MovingPart, Placement, Scene
from agent_planner_sim.transforms import Quat, quat_from_rpy

FLOOR = "floor"


def add_scene(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Add everything but the robot."""
    _add_floor(spec, scene)
    _add_lights(spec, scene)
    add_solids(spec.worldbody, scene.walls, "wall")
    for piece in scene.furniture:
        _add_furniture(spec, piece)
    for item in scene.items:
        _add_item(spec, item)


def _heading(placement: Placement) -> Quat:
    return quat_from_rpy((0.0, 0.0, placement.yaw))


def _add_floor(spec: mujoco.MjSpec, scene: Scene) -> None:
    x0, y0, x1, y1 = scene.bounds
    spec.add_texture(
        name=FLOOR,
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        rgb1=(0.78, 0.74, 0.68),
        rgb2=(0.72, 0.68, 0.61),
        width=256,
        height=256,
    )
    material = spec.add_material(name=FLOOR, texrepeat=(2.0, 2.0), texuniform=True)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = FLOOR
    spec.worldbody.add_geom(
        name=FLOOR,
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=((x1 - x0) / 2 + FLOOR_MARGIN, (y1 - y0) / 2 + FLOOR_MARGIN, 0.05),
        pos=((x0 + x1) / 2, (y0 + y1) / 2, 0.0),
        material=FLOOR,
        condim=4,
        group=1,
    )


def _add_lights(spec: mujoco.MjSpec, scene: Scene) -> None:
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=(0.62, 0.72, 0.82),
        rgb2=(0.90, 0.92, 0.95),
        width=128,
        height=128,
    )
    headlight = spec.visual.headlight
    headlight.ambient, headlight.diffuse, headlight.specular = (0.42,) * 3, (0.30,) * 3, (0.05,) * 3
    # Without a GPU a picture costs ten times more with reflections, smoothing and fine shadows.
    spec.visual.quality.shadowsize = 1024
    spec.visual.quality.offsamples = 0
    spec.visual.map.znear = 0.01
    x0, y0, x1, y1 = scene.bounds
    spec.worldbody.add_light(
        name="sun",
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=((x0 + x1) / 2 - 1.5, (y0 + y1) / 2 - 1.0, 5.0),
        dir=(0.28, 0.2, -1.0),
        diffuse=(0.55, 0.55, 0.52),
        specular=(0.12, 0.12, 0.12),
        castshadow=True,
    )


def _add_furniture(spec: mujoco.MjSpec, piece: Furniture) -> None:
    placement = piece.placement
    body = spec.worldbody.add_body(name=furniture_body(piece.name), pos=placement[:3], quat=_heading(placement))
    add_solids(body, piece.solids, body.name)
    for part in piece.parts:
        _add_part(body, part)
        # Rails and hinges guide the part, not friction with its furniture.
        spec.add_exclude(bodyname1=body.name, bodyname2=part_body(part.name))


def _add_part(body: mujoco.MjsBody, part: MovingPart) -> None:
    child = body.add_body(name=part_body(part.name), pos=part.xyz)
    add_solids(child, part.solids, child.name)
    set_mass(child, part.solids, part.mass)
    slides = part.mechanism == DRAWER
    child.add_joint(
        name=child.name,
        type=mujoco.mjtJoint.mjJNT_SLIDE if slides else mujoco.mjtJoint.mjJNT_HINGE,
        axis=part.axis,
        range=(0.0, part.travel),
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        damping=part.damping,
        frictionloss=part.friction,
    )


def _add_item(spec: mujoco.MjSpec, item: Item) -> None:
    body = spec.worldbody.add_body(name=item_body(item.name), pos=item.placement[:3], quat=_heading(item.placement))
    add_solids(body, item.solids, body.name)
    set_mass(body, item.solids[:1], item.mass)
    body.add_freejoint(name=body.name)
