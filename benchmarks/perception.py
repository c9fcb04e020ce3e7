# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""How well perception sees the simulated scenes, against their ground truth.

For each seed a scene is built (tidy, apartment and table_top in turn), and the robot visits every piece of furniture as
a skill would: near it, not exactly in front, facing it roughly, the arm in one of its postures. A third of the drawers
and doors stand open. What counts is told in docs/perception.md.

    recall      objects of which half or more of the outline is to be seen, and that were detected within 5 cm
    error       distance of their middles from the true ones
    phantoms    pictures with a detection where there is no object
    names       after all visits: objects known under the right name within 3 cm, of those seen well at least once
    time        of one picture, all steps, on one core

`. scripts/env.sh && python benchmarks/perception.py --help`
"""

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator, Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402
from random import Random  # noqa: E402

import cv2  # noqa: E402
import mujoco  # noqa: E402
import numpy as np  # noqa: E402

from agent_planner.perception.body import RobotBody  # noqa: E402
from agent_planner.perception.chain import DEFAULT_CHAIN, ChainSettings  # noqa: E402
from agent_planner.perception.detection import Detection  # noqa: E402
from agent_planner.perception.frame import Frame, Intrinsics  # noqa: E402
from agent_planner.perception.perceiver import Perceiver, Robot  # noqa: E402
from agent_planner.perception.places import SceneMap  # noqa: E402
from agent_planner.perception.rigid import apply  # noqa: E402
from agent_planner.perception.tracker import Hand  # noqa: E402
from agent_planner_sim.mujoco import truth  # noqa: E402
from agent_planner_sim.mujoco.scene_model import item_body  # noqa: E402
from agent_planner_sim.mujoco.simulation import Simulation  # noqa: E402
from agent_planner_sim.mujoco.view import View  # noqa: E402
from agent_planner_sim.nodes.scene_map import scene_map  # noqa: E402
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator  # noqa: E402
from agent_planner_sim.robots.urdf import to_urdf  # noqa: E402
from agent_planner_sim.scenes import generate  # noqa: E402
from agent_planner_sim.scenes.description import Furniture, MovingPart  # noqa: E402
from agent_planner_sim.scenes.layout import approach  # noqa: E402
from agent_planner_sim.shapes import Box, Cylinder, Sphere  # noqa: E402

SCENES = ("tidy", "apartment", "table_top")
POSTURES = ("stow", "stow", "home", "ready")
FOUND_M, NAMED_M, VISIBLE = 0.05, 0.03, 0.5
SIDEWAYS_M, BACK_M, ASKEW = 0.12, 0.20, 0.2
OPEN_SHARE = 1 / 3


@dataclass
class Figures:
    """What was counted; lists hold a value for each detected object or picture."""

    objects: int = 0
    found: int = 0
    errors: list[float] = field(default_factory=list)
    colors: int = 0
    kinds: int = 0
    pictures: int = 0
    with_phantoms: int = 0
    milliseconds: list[float] = field(default_factory=list)
    known: int = 0
    named: int = 0
    ghosts: int = 0
    openings: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float | int]:
        """The figures, rounded."""
        errors, times = np.array(self.errors) * 100, np.array(self.milliseconds)
        return {
            "pictures": self.pictures,
            "objects at least half visible": self.objects,
            "recall": round(self.found / max(self.objects, 1), 4),
            "error median cm": round(float(np.median(errors)), 3),
            "error p95 cm": round(float(np.percentile(errors, 95)), 3),
            "error max cm": round(float(errors.max()), 3),
            "colour right": round(self.colors / max(self.found, 1), 4),
            "kind right": round(self.kinds / max(self.found, 1), 4),
            "pictures without phantoms": round(1 - self.with_phantoms / max(self.pictures, 1), 4),
            "ms median": round(float(np.median(times)), 1),
            "ms p95": round(float(np.percentile(times, 95)), 1),
            "ms max": round(float(times.max()), 1),
            "objects seen well in a tour": self.known,
            "of these named right within 3 cm": round(self.named / max(self.known, 1), 4),
            "things told of that are not there": self.ghosts,
            "opening error p95": round(float(np.percentile(self.openings, 95)), 3) if self.openings else 0.0,
        }


class Stage:
    """A scene in which the robot is put down here and there."""

    def __init__(self, seed: int, noise: float):
        self.rng = Random(seed)
        self._noise, self._numbers = noise, np.random.default_rng(seed)
        self.sim = Simulation(generate(SCENES[seed % len(SCENES)], seed), mobile_manipulator())
        self.view = View(self.sim.model, self.sim.scene)
        self.sim.run(0.3)
        self.map = SceneMap.parse(scene_map(self.sim))
        self.openings: dict[str, float] = {}
        self._geoms = {
            item.name: self.sim.model.body(item_body(item.name)).geomadr[0]
            + np.arange(self.sim.model.body(item_body(item.name)).geomnum[0])
            for item in self.sim.scene.items
        }

    def visits(self) -> Iterator[Furniture]:
        """Put the robot before every piece in turn."""
        for piece in self.sim.scene.furniture:
            if not piece.regions or not piece.room_to_open:
                continue
            for part in piece.parts:
                self._open(part, piece, 1.0 if self.rng.random() < OPEN_SHARE else 0.0)
            self._stand(piece)
            yield piece

    def frame(self, stamp: float) -> Frame:
        """What the head camera sees."""
        camera = self.sim.robot.camera
        self.view.show(self.sim.data.qpos)
        image, depth = self.view.head(camera.width, camera.height)
        if self._noise:
            # Of a stereo camera the depth's noise grows with the distance squared.
            spread = self._noise * np.where(np.isfinite(depth), depth, 0.0) ** 2
            depth = depth + (spread * self._numbers.normal(size=depth.shape)).astype(np.float32)
        focal = camera.height / 2 / math.tan(camera.vertical_fov / 2)
        intrinsics = Intrinsics(focal, focal, (camera.width - 1) / 2, (camera.height - 1) / 2)
        return Frame(stamp, image, depth, intrinsics, self.pose(camera.frame))

    def robot(self) -> Robot:
        """The robot's links and hand."""
        links = {link.name: self.pose(link.name) for link in self.sim.robot.links}
        return Robot(links, Hand(links[self.sim.robot.end_effector], self.sim.opening()))

    def pose(self, body: str) -> np.ndarray:
        """Pose of a body, (4, 4)."""
        data, pose = self.sim.data.body(body), np.eye(4)
        pose[:3, :3], pose[:3, 3] = data.xmat.reshape(3, 3), data.xpos
        return pose

    def visible(self, frame: Frame) -> dict[str, float]:
        """The share of each object's outline that is seen; outside the picture and behind things it is not."""
        camera = self.sim.robot.camera
        shown = self.view.head_geoms(camera.width, camera.height)
        found = {}
        for item in self.sim.scene.items:
            pixels = int(np.isin(shown, self._geoms[item.name]).sum())
            area = self._outline(frame, item.name, item.solids[0].shape)
            found[item.name] = min(1.0, pixels / area) if area > 0 else 0.0
        return found

    def _outline(self, frame: Frame, name: str, shape: Box | Cylinder | Sphere) -> float:
        """Pixels of the outline, were nothing else there and the picture without end; all shapes are convex."""
        turn = np.linspace(0, 2 * np.pi, 48)
        match shape:
            case Box(size):
                corners = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5])).reshape(3, -1).T * size
            case Cylinder(radius, length):
                ring = np.column_stack([radius * np.cos(turn), radius * np.sin(turn), np.full(48, length / 2)])
                corners = np.concatenate([ring, ring * (1, 1, -1)])
            case Sphere(radius):
                rows = [np.column_stack([np.cos(turn), np.sin(turn), np.full(48, h)]) for h in np.linspace(-1, 1, 41)]
                around = np.concatenate([row * (*(math.sqrt(1 - row[0, 2] ** 2),) * 2, 1) for row in rows])
                corners = radius * around
        pixels, depth = frame.project(apply(self.pose(item_body(name)), corners))
        if (depth < 0.05).any():
            return 0.0
        return float(cv2.contourArea(cv2.convexHull(pixels.astype(np.float32))))

    def _stand(self, piece: Furniture) -> None:
        sim, rng = self.sim, self.rng
        x, y = approach(piece)
        ahead = math.atan2(piece.placement.y - y, piece.placement.x - x)
        aside, back = rng.uniform(-SIDEWAYS_M, SIDEWAYS_M), rng.uniform(0, BACK_M)
        x += -math.sin(ahead) * aside - math.cos(ahead) * back
        y += math.cos(ahead) * aside - math.sin(ahead) * back
        pose = (x, y, ahead + rng.uniform(-ASKEW, ASKEW))
        for joint, value in zip(("base_x", "base_y", "base_yaw"), pose, strict=True):
            sim.data.joint(joint).qpos[0] = value
        for joint, value in zip(sim.robot.arm, sim.robot.postures[rng.choice(POSTURES)], strict=True):
            sim.data.joint(joint).qpos[0] = value
        mujoco.mj_forward(sim.model, sim.data)

    def _open(self, part: MovingPart, piece: Furniture, opening: float) -> None:
        """Pull a drawer out, with what lies in it, or turn a door."""
        sim = self.sim
        joint = sim.data.joint(f"part/{part.name}")
        way = (opening - self.openings.get(part.name, 0.0)) * part.travel
        region = next(s for s in truth.places(sim) if s.region.part == part.name)
        self.openings[part.name] = opening
        if part.mechanism == "drawer":
            yaw = piece.placement.yaw
            for state in truth.objects(sim):
                apart = np.array(state.pose.position) - region.pose.position
                local = (
                    math.cos(yaw) * apart[0] + math.sin(yaw) * apart[1],
                    -math.sin(yaw) * apart[0] + math.cos(yaw) * apart[1],
                )
                if (
                    abs(local[0]) < region.region.size[0] / 2
                    and abs(local[1]) < region.region.size[1] / 2
                    and abs(apart[2]) < 0.1
                ):
                    sim.data.joint(item_body(state.item.name)).qpos[:2] += way * np.array(
                        [math.cos(yaw), math.sin(yaw)]
                    )
        joint.qpos[0] = opening * part.travel
        mujoco.mj_forward(sim.model, sim.data)


def measure(seeds: Sequence[int], chain: ChainSettings, noise: float, overlays: Path | None) -> Figures:
    """Visit everything in the scenes of some seeds; overlays are written of what went wrong, and of some others."""
    figures = Figures()
    body = RobotBody.parse(to_urdf(mobile_manipulator()))
    for seed in seeds:
        stage = Stage(seed, noise)
        perceiver = Perceiver(chain, stage.map, body)
        well: set[str] = set()
        for number, piece in enumerate(stage.visits()):
            frame = stage.frame(float(number))
            began = time.process_time()
            seen = perceiver.look(frame, stage.robot())
            perceiver.objects()
            figures.milliseconds.append((time.process_time() - began) * 1e3)
            visible = stage.visible(frame)
            # A robot that stands there takes more than one picture; what is seen badly has to be seen twice.
            perceiver.look(stage.frame(number + 0.5), stage.robot())
            well |= {name for name, share in visible.items() if share >= VISIBLE}
            faults = _score(figures, stage, seen.detections, visible)
            if faults:
                print(f"seed {seed}, at {piece.name}: {'; '.join(faults)}", flush=True)
            if overlays and (faults or figures.pictures % 25 == 1):
                name = f"{'fault' if faults else 'fine'}_{seed}_{number}.png"
                _draw(overlays / name, frame, seen.detections, seen.foreground.mask)
            opened = {p.name: p.opening for p in perceiver.places if p.entry.opens}
            here = [part.name for part in piece.parts]
            figures.openings += [abs(opened[name] - stage.openings[name]) for name in here]
        _score_names(figures, stage, perceiver, well)
        stage.view.close()
    return figures


def _score(figures: Figures, stage: Stage, found: list[Detection], visible: dict[str, float]) -> list[str]:
    figures.pictures += 1
    states = {state.item.name: state for state in truth.objects(stage.sim)}
    centres = {name: np.array(state.pose.position) for name, state in states.items()}
    faults = []
    for name, share in visible.items():
        if share < VISIBLE:
            continue
        figures.objects += 1
        apart = [float(np.linalg.norm(d.centre - centres[name])) for d in found]
        if not apart or min(apart) > FOUND_M:
            faults.append(f"{name} missed ({share:.0%} visible)")
            continue
        best = found[int(np.argmin(apart))]
        item = states[name].item
        figures.found += 1
        figures.errors.append(min(apart))
        figures.colors += best.color == item.color
        figures.kinds += best.kind == item.category
        if best.color != item.color or best.kind != item.category or min(apart) > 0.02:
            faults.append(
                f"{item.color} {item.category} taken for {best.color} {best.kind}, {min(apart) * 100:.1f} cm off"
            )
    seen = [centres[name] for name, share in visible.items() if share > 0]
    phantoms = [d for d in found if all(np.linalg.norm(d.centre - c) > FOUND_M + max(d.size) / 2 for c in seen)]
    if phantoms:
        figures.with_phantoms += 1
        faults += [f"phantom {d.color} {d.kind} of {d.pixels} pixels, confidence {d.confidence:.2f}" for d in phantoms]
    return faults


def _score_names(figures: Figures, stage: Stage, perceiver: Perceiver, well: set[str]) -> None:
    told = {thing.name: thing for thing in perceiver.objects()}
    centres = {s.item.name: np.array(s.pose.position) for s in truth.objects(stage.sim)}
    for name in sorted(well):
        figures.known += 1
        there = name in told and float(np.linalg.norm(np.array(told[name].pose[:3]) - centres[name])) <= NAMED_M
        figures.named += there
        if not there:
            where = (
                f"{np.linalg.norm(np.array(told[name].pose[:3]) - centres[name]) * 100:.0f} cm off"
                if name in told
                else "not known"
            )
            print(f"  after the tour: {name} {where}; known: {', '.join(told)}", flush=True)
    free = dict(centres)
    for thing in told.values():
        here = next((n for n, c in free.items() if np.linalg.norm(np.array(thing.pose[:3]) - c) <= FOUND_M), None)
        if here is not None:
            del free[here]  # a second thing in its place would be one too many
        else:
            figures.ghosts += 1
            print(f"  after the tour: '{thing.name}' is not there", flush=True)


def _draw(path: Path, frame: Frame, found: list[Detection], mask: np.ndarray) -> None:
    """The picture with the foreground, a box around each detection, and what it is taken for."""
    scale = 2
    image = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
    image[mask] = image[mask] // 2 + np.array([90, 60, 0], dtype=np.uint8)
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    corners = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5])).reshape(3, -1).T
    for detection in found:
        pixels, _ = frame.project(apply(detection.pose, corners * detection.size))
        at = np.rint((pixels + 0.5) * scale).astype(int)
        for a in range(8):
            for b in range(a):
                if np.sum(corners[a] != corners[b]) == 1:
                    start, end = (int(at[a, 0]), int(at[a, 1])), (int(at[b, 0]), int(at[b, 1]))
                    cv2.line(image, start, end, (40, 220, 40), 1, cv2.LINE_AA)
        words = f"{detection.color} {detection.kind} {detection.confidence:.2f}"
        corner = (int(at[:, 0].min()), int(at[:, 1].min()) - 5)
        cv2.putText(image, words, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 3, cv2.LINE_AA)
        cv2.putText(image, words, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=50, help="first seed (0 to 49 were used to make it)")
    parser.add_argument("--scenes", type=int, default=100, help="how many seeds")
    parser.add_argument("--chain", type=Path, default=DEFAULT_CHAIN, help="the chain's file")
    parser.add_argument("--noise", type=float, default=0.0, help="noise of the depth, metres at one metre")
    parser.add_argument("--overlays", type=Path, help="folder for pictures")
    parser.add_argument("--out", type=Path, help="file for the figures (JSON)")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    seeds = range(arguments.first, arguments.first + arguments.scenes)
    told = measure(seeds, ChainSettings.load(arguments.chain), arguments.noise, arguments.overlays).told()
    for name, value in told.items():
        print(f"{name:36} {value}")
    if arguments.out:
        arguments.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
