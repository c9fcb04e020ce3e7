# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A thread that renders, so that physics does not wait for pictures."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from agent_planner.errors import AgentPlannerError
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.mujoco.view import View
from agent_planner_sim.scenes.description import Scene

_WAITING = 2


@dataclass(frozen=True)
class _Job:
    model: mujoco.MjModel
    scene: Scene
    qpos: np.ndarray
    work: Callable[[View], None]


class Artist:
    """Renders states in the order in which they were handed over.

    Args:
        on_failure: told once if nothing can be rendered here; later jobs are then dropped. A job keeps to itself what
            becomes of its picture.
    """

    def __init__(self, on_failure: Callable[[str], None]):
        self._on_failure = on_failure
        self._jobs: queue.Queue[_Job | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="artist")
        self._failure = ""
        self._started = False

    @property
    def failure(self) -> str:
        """Why nothing can be rendered here; empty where nothing is known against it."""
        return self._failure

    def draw(self, sim: Simulation, work: Callable[[View], None], droppable: bool) -> bool:
        """Have a picture of the present state made; tell whether it will be.

        Args:
            sim: the simulation; its state is copied now.
            work: called in the artist's thread with a view of that state.
            droppable: leave it out if the artist lags behind, instead of holding up the caller.
        """
        if self._failure or (droppable and self._jobs.full()):
            return False
        if not self._started:
            self._started = True
            self._thread.start()
        self._jobs.put(_Job(sim.model, sim.scene, sim.data.qpos.copy(), work))
        return True

    def close(self) -> None:
        """Finish what was handed over and end the thread."""
        if self._started:
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        view: View | None = None
        while (job := self._jobs.get()) is not None:
            if self._failure:
                continue
            try:
                if view is None or view.model is not job.model:
                    if view is not None:
                        view.close()
                    view = View(job.model, job.scene)
                view.show(job.qpos)
                job.work(view)
            except Exception as error:  # noqa: BLE001 - simulated time waits for pictures: this thread must not die
                told = str(error) if isinstance(error, AgentPlannerError) else f"{type(error).__name__}: {error}"
                self._failure = told
                self._on_failure(told)
        if view is not None:
            view.close()
