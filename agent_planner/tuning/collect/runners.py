# SPDX-License-Identifier: Apache-2.0
"""Where units of work are done: in this process, in several, or on a Ray cluster. All give the same results.

What is done with a unit is a function that goes to other processes, so it must be one that can be pickled. What it
needs for long (a model) it should open on its first call, and keep.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from multiprocessing.sharedctypes import Synchronized
from socket import create_connection
from threading import Thread
from typing import Any, TypeVar

from agent_planner.errors import InfrastructureError
from agent_planner.llm.gpus import own_gpu, visible_gpus

# Units on their way for each worker: enough that none waits for the next.
_AHEAD = 3
_MOST_DEATHS = 5
_CONNECT_S = 5.0
_DIED = f"died {_MOST_DEATHS} times (out of memory?)"

Unit = TypeVar("Unit")
Result = TypeVar("Result")


def here(units: Mapping[str, Unit], work: Callable[[Unit], Result]) -> Iterator[tuple[str, Result]]:
    """One after the other."""
    for name, unit in units.items():
        yield name, work(unit)


def in_processes(
    units: Mapping[str, Unit], work: Callable[[Unit], Result], count: int, gpus: Sequence[str] = ()
) -> Iterator[tuple[str, Result]]:
    """In that many processes. What a process that dies had in hand is done again by others.

    Args:
        units: what is to be done.
        work: what is done with each of them.
        count: how many processes.
        gpus: of which each process is given one, in turn (as `visible_gpus` calls them).

    Raises:
        InfrastructureError: they die again and again.
    """
    left = dict(units)
    for _ in range(_MOST_DEATHS):
        try:
            for name, result in _pooled(left, work, count, gpus):
                del left[name]
                yield name, result
            return
        except BrokenProcessPool:
            continue
    raise InfrastructureError(f"processes {_DIED}; take fewer with --processes, and run the same again")


def _pooled(
    units: Mapping[str, Unit], work: Callable[[Unit], Result], count: int, gpus: Sequence[str]
) -> Iterator[tuple[str, Result]]:
    threads = max(1, len(os.sched_getaffinity(0)) // count)
    context = get_context("spawn")  # a fork would copy locks that threads of ours hold
    begun = context.Value("i", 0)
    with ProcessPoolExecutor(count, context, _begin, (threads, gpus, begun)) as pool:
        waiting = iter(list(units.items()))
        running: dict[Future[Result], str] = {}
        try:
            while True:
                for name, unit in islice(waiting, count * _AHEAD - len(running)):
                    running[pool.submit(work, unit)] = name
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    # Asked before it is forgotten: the others that are done are then still known.
                    result = future.result()
                    yield running.pop(future), result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin(threads: int, gpus: Sequence[str], begun: "Synchronized[int]") -> None:
    """In a new process, before torch is imported; a number of threads that the environment has is kept.

    ``begun`` counts the processes of the pool.
    """
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    with begun:
        os.environ.update(own_gpu(gpus, begun.value))
        begun.value += 1
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's processes would go on for good once the command that began them is killed."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


def on_ray(
    units: Mapping[str, Unit],
    work: Callable[[Unit], Result],
    address: str,
    workers: int | None = None,
    with_model: bool = False,
) -> Iterator[tuple[str, Result]]:
    """On a Ray cluster. An actor that dies is started again, and with it what it had in hand.

    Args:
        units: what is to be done.
        work: what is done with each of them.
        address: of the cluster (``host:6379``, ``ray://host:10001``), ``auto``, or ``local`` for one of its own here.
        workers: how many; if left out, one for each of the cluster's processors, or of its GPUs.
        with_model: the work has a model, and so wants a GPU where there is one.

    Raises:
        InfrastructureError: there is no cluster, or actors die again and again.
    """
    import ray
    from ray.exceptions import RayActorError, RayTaskError
    from ray.util import ActorPool

    try:
        _look_for(address)
        ray.init(address=address, log_to_driver=False, include_dashboard=False)
    except OSError as error:
        raise InfrastructureError(
            f"--ray {address}: there is no cluster ({error}); start one with `ray start --head`"
        ) from error
    try:
        there = ray.cluster_resources()
        # Ray hides the GPUs from who has asked for none.
        gpus = int(there.get("GPU", 0)) if with_model else 0
        worker = ray.remote(
            max_restarts=_MOST_DEATHS, max_task_retries=_MOST_DEATHS, num_cpus=1, num_gpus=min(1, gpus)
        )(_Worker)
        count = min(len(units), workers or gpus or max(1, int(there.get("CPU", 1))))
        pool = ActorPool([worker.remote(work) for _ in range(count)])
        done: Any = pool.map_unordered(lambda actor, unit: actor.do.remote(*unit), list(units.items()))
        yield from done
    except RayActorError as error:
        raise InfrastructureError(f"--ray {address}: an actor {_DIED}; run the same again") from error
    except RayTaskError as error:
        raise error.cause from error
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

    def __init__(self, work: Callable[[Any], Any]):
        self._work = work

    def do(self, name: str, unit: Any) -> tuple[str, Any]:
        return name, self._work(unit)


def runner(
    work: Callable[[Unit], Result], processes: int, ray_address: str, with_model: bool = False
) -> Callable[[Mapping[str, Unit]], Iterator[tuple[str, Result]]]:
    """The way that was asked for, as `WorkFile.run` takes it."""
    if ray_address:
        return lambda units: on_ray(units, work, ray_address, with_model=with_model)
    if processes > 1:
        gpus = visible_gpus() if with_model else []
        return lambda units: in_processes(units, work, processes, gpus)
    return lambda units: here(units, work)
