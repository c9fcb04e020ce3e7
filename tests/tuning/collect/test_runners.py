# SPDX-License-Identifier: Apache-2.0
"""However the work is shared out, and whoever dies, the records are the same."""

import os
import select
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent_planner.errors import ConfigError, InfrastructureError
from agent_planner.tuning.collect import runners
from agent_planner.tuning.collect.config import CollectConfig
from agent_planner.tuning.collect.trajectories import trajectories
from tests.waits import eventually

WORK = partial(trajectories, config=CollectConfig(seed=4))


@pytest.fixture(scope="module")
def wanted(situations):
    return dict(runners.here(situations, WORK))


def descendants(pid, named):
    """Processes below this one whose command line begins so."""
    found, parents = [], {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has just ended
    for child in parents:
        above = child
        while above in parents and above != pid:
            above = parents[above]
        if above == pid and child != pid:
            try:
                text = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if named in text:
                found.append(child)
    return found


def with_a_death(results, named):
    """Go through results; after the first, kill one of the workers."""
    got = {}
    for name, records in results:
        if not got:
            victims = descendants(os.getpid(), named)
            assert victims, f"no process called {named}"
            os.kill(victims[0], signal.SIGKILL)
        got[name] = records
    return got


def test_processes_give_the_same(situations, wanted):
    assert dict(runners.in_processes(situations, WORK, 2)) == wanted


def seen(folder):
    """The GPU of the process, once there are as many processes as there are units."""
    (folder / str(os.getpid())).touch()
    assert eventually(lambda: len(os.listdir(folder)) == 3, 120)
    return os.environ["CUDA_VISIBLE_DEVICES"]


@pytest.mark.parametrize(("with_model", "wanted"), [(True, ["4", "4", "7"]), (False, ["4, 7"] * 3)])
def test_processes_with_a_model_have_gpus_in_turn(tmp_path, monkeypatch, with_model, wanted):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4, 7")
    run = runners.runner(seen, 3, "", with_model=with_model)
    assert sorted(gpu for _, gpu in run(dict.fromkeys("abc", tmp_path))) == wanted


@pytest.mark.live
def test_a_process_that_dies_loses_nothing(situations, wanted):
    assert with_a_death(runners.in_processes(situations, WORK, 2), "spawn_main") == wanted


def refusing(unit):
    raise ConfigError("a.yaml:3", f"{unit} is wrong")


def test_processes_end_with_the_command_that_began_them():
    code = """
import multiprocessing, time
from agent_planner.tuning.collect import runners
for _ in runners.in_processes({"short": 0, "long": 3600}, time.sleep, 2):
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        workers = [os.pidfd_open(int(pid)) for pid in command.stdout.readline().split()]
        command.kill()
    assert len(workers) == 2
    for worker in workers:
        assert select.select([worker], [], [], 60)[0]
        os.close(worker)


def test_processes_that_always_die_are_an_error(situations, monkeypatch):
    def broken(*args):
        raise runners.BrokenProcessPool
        yield

    monkeypatch.setattr(runners, "_pooled", broken)
    with pytest.raises(InfrastructureError, match="died 5 times"):
        dict(runners.in_processes(situations, WORK, 2))


@pytest.mark.live
def test_a_ray_worker_that_dies_loses_nothing(situations, wanted):
    assert with_a_death(runners.on_ray(situations, WORK, "local"), "ray::_Worker") == wanted


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:one"])
def test_a_cluster_that_is_not_there(situations, address):
    with pytest.raises(InfrastructureError, match=f"--ray {address}: there is no cluster"):
        dict(runners.on_ray(situations, WORK, address))


@pytest.fixture
def cluster(monkeypatch):
    """What Ray was told; its only actor ends with the error that stands there."""
    ray, util = pytest.importorskip("ray"), pytest.importorskip("ray.util")
    told = {}

    class Pool:
        def __init__(self, actors):
            pass

        def map_unordered(self, work, units):
            raise told["error"]

    monkeypatch.setattr(ray, "init", lambda **words: told.update(words))
    monkeypatch.setattr(ray, "cluster_resources", lambda: {"CPU": 1.0})
    monkeypatch.setattr(
        ray, "remote", lambda **words: told.update(words) or (lambda kind: SimpleNamespace(remote=kind))
    )
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    monkeypatch.setattr(util, "ActorPool", Pool)
    return told


def test_a_unit_that_kills_its_actor_again_and_again_is_an_error(cluster):
    from ray.exceptions import ActorDiedError

    cluster["error"] = ActorDiedError()
    with pytest.raises(InfrastructureError, match="an actor died 5 times"):
        dict(runners.on_ray({"a": "one"}, refusing, "local"))
    assert (cluster["max_restarts"], cluster["max_task_retries"]) == (5, 5)
    assert cluster["address"] == "local", "None would be whatever RAY_ADDRESS or a running cluster says"


def test_an_error_of_an_actor_is_told_as_it_is(cluster):
    from ray.exceptions import RayTaskError

    cause = ConfigError("a.yaml:3", "is wrong")
    cluster["error"] = RayTaskError("do", "a traceback", cause, "actor", 1, "here").as_instanceof_cause()
    with pytest.raises(ConfigError) as error:
        dict(runners.on_ray({"a": "one"}, refusing, "local"))
    assert error.value is cause
