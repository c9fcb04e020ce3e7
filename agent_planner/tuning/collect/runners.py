# SPDX-License-Identifier: Apache-2.0
"""Where units of work are done: in this process, in several, or on a Ray cluster. All give the same records."""

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from socket import create_connection
from typing import Any

from agent_planner.errors import InfrastructureError
from agent_planner.tuning.collect.config import CollectConfig
from agent_planner.tuning.collect.trajectories import trajectories
from agent_planner.tuning.collect.work import Records, Runner
from agent_planner.tuning.scenarios.situations import Situation

# Units on their way for each worker: enough that none waits for the next.
_AHEAD = 3
_MOST_DEATHS = 5
_CONNECT_S = 5.0

Units = Mapping[str, Situation]


def here(units: Units, config: CollectConfig) -> Iterator[tuple[str, Records]]:
    """One after the other."""
    for name, situation in units.items():
        yield name, trajectories(situation, config)


def in_processes(units: Units, config: CollectConfig, count: int) -> Iterator[tuple[str, Records]]:
    """In that many processes. What a process that dies had in hand is done again by others.

    Raises:
        InfrastructureError: they die again and again.
    """
    left = dict(units)
    for _ in range(_MOST_DEATHS):
        try:
            for name, records in _pooled(left, config, count):
                del left[name]
                yield name, records
            return
        except BrokenProcessPool:
            continue
    raise InfrastructureError(
        f"processes died {_MOST_DEATHS} times (out of memory?); take fewer with --processes, and run the same again"
    )


def _pooled(units: Units, config: CollectConfig, count: int) -> Iterator[tuple[str, Records]]:
    # A fork would copy locks that threads of ours hold.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting = iter(list(units.items()))
        running: dict[Future[Records], str] = {}
        try:
            while True:
                for name, situation in islice(waiting, count * _AHEAD - len(running)):
                    running[pool.submit(trajectories, situation, config)] = name
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    # Asked before it is forgotten: the others that are done are then still known.
                    records = future.result()
                    yield running.pop(future), records
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def on_ray(
    units: Units, config: CollectConfig, address: str, workers: int | None = None
) -> Iterator[tuple[str, Records]]:
    """On a Ray cluster. An actor that dies is started again, and with it what it had in hand.

    Args:
        units: what is to be done.
        config: how.
        address: of the cluster (``host:6379``, ``ray://host:10001``), ``auto``, or ``local`` for one of its own here.
        workers: how many; one for each of the cluster's processors if left out.

    Raises:
        InfrastructureError: there is no cluster.
    """
    import ray
    from ray.util import ActorPool

    try:
        _look_for(address)
        ray.init(address=None if address == "local" else address, log_to_driver=False, include_dashboard=False)
    except OSError as error:
        raise InfrastructureError(
            f"--ray {address}: there is no cluster ({error}); start one with `ray start --head`"
        ) from error
    try:
        worker = ray.remote(max_restarts=-1, max_task_retries=-1, num_cpus=1)(_Worker)
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        pool = ActorPool([worker.remote(config) for _ in range(count)])
        done: Any = pool.map_unordered(lambda actor, unit: actor.collect.remote(*unit), list(units.items()))
        yield from done
    finally:
        ray.shutdown()


def _look_for(address: str) -> None:
    """Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").partition(":")
    if port:
        try:
            create_connection((host, int(port)), timeout=_CONNECT_S).close()
        except ValueError as error:
            raise ConnectionError(f"'{port}' is no port") from error


class _Worker:
    """What an actor runs."""

    def __init__(self, config: CollectConfig):
        self._config = config

    def collect(self, name: str, situation: Situation) -> tuple[str, Records]:
        return name, trajectories(situation, self._config)


def runner(config: CollectConfig, processes: int, ray_address: str) -> Runner:
    """The way that was asked for, as `WorkFile.run` takes it."""
    if ray_address:
        return lambda units: on_ray(units, config, ray_address)
    if processes > 1:
        return lambda units: in_processes(units, config, processes)
    return lambda units: here(units, config)
