# SPDX-License-Identifier: Apache-2.0
"""How fast a stop is, and how many goals are orphaned by cancels that come at the wrong moment.

A supervisor in a process of its own, motion servers and a base that brakes at a constant rate in another, all over
rclpy. Stops come at random moments while random goals run, the base drives or stands: on an idle machine, with every
core busy counting, and while the default model speaks in another process on all cores. Times count from the call of
the service ``stop``, in steady time, and as they are seen by whoever is concerned: the base, the servers, a listener.

    zero       the base, which drives, gets zero velocity
    asked      the last server that has a goal gets the cancel request
    accepted   ... has accepted the cancel of every goal
    terminal   ... has ended every goal
    rest       the base stands by its odometry, less the time that it needs to brake from its speed
    reported   the supervisor has told that all goals have ended and the base is at rest

The races: a goal is cancelled before the server accepts it, while it does, or while it ends. Orphaned is a goal that
still runs 1 s after its client has done with it. The usual client waits for the acceptance for 20 ms and for the
result a while longer, cancels then if it holds a handle, and looks no further.

`make bench`, or `. scripts/env.sh && python benchmarks/stop.py --help`
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import rclpy
from agent_planner_interfaces.action import Pick
from agent_planner_interfaces.msg import StopReport
from geometry_msgs.msg import Twist
from nav_msgs.msg import Odometry
from rclpy.action.server import ActionServer, CancelResponse, ServerGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.task import Future
from std_srvs.srv import Trigger

from agent_planner.cli.running import claimed
from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.process import spinning
from agent_planner.ros.remote_goal import RemoteGoal
from agent_planner.ros.waiting import Deadline
from agent_planner.skills import SkillLibrary
from agent_planner.testing.fake_action import Behaviour, Ending, FakeAction

PARTS = ("zero", "asked", "accepted", "terminal", "rest", "reported")
SUPERVISOR = "import sys; from agent_planner.ros.supervisor_node import main; sys.exit(main())"
COUNTER = "print('at it', flush=True)\nwhile True: pass"
# As the planner's process is while its model speaks: torch takes all cores, and stands back as a profile has it.
SPEAKER = """
import os
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.choose import choose_model
model = choose_model("default")
model.load()
os.nice(5)
print("at it", flush=True)
number = 0
while True:
    number += 1
    model.chat([ChatRequest(str(number), (Message("user", "Tell a long story about a robot. " * 50),))])
    model.forget(str(number))
"""
MACHINES = {"idle": (), "busy": (COUNTER,) * (os.cpu_count() or 1), "speaking": (SPEAKER,)}
BRAKING, SPEED = 0.8, 0.4  # m/s², m/s
WAIT_SECONDS = 20.0
MOMENTS = ("before accept", "during accept", "during result")


class Base:
    """A base that follows ``cmd_vel`` and publishes ``odom`` at 100 Hz."""

    def __init__(self, node: Node):
        self.drives = False
        self.speed = 0.0
        self.wanted = 0.0
        self.zero_at = self.rest_at = 0.0
        self._drive = node.create_publisher(Twist, "cmd_vel_skills", 1)
        self._odom = node.create_publisher(Odometry, "odom", 1)
        group = MutuallyExclusiveCallbackGroup()
        node.create_subscription(Twist, "cmd_vel", self._take, 1, callback_group=group)
        node.create_timer(0.01, self._tick, callback_group=group)
        self._before = time.monotonic()

    def _take(self, message: Twist) -> None:
        self.wanted = message.linear.x
        if self.wanted == 0.0 and not self.zero_at:
            self.zero_at = time.monotonic()

    def _tick(self) -> None:
        now = time.monotonic()
        span, self._before = now - self._before, now
        change = self.wanted - self.speed
        self.speed += max(-BRAKING * span, min(BRAKING * span, change))
        if self.speed == 0.0 and self.zero_at and not self.rest_at:
            self.rest_at = now
        odom, twist = Odometry(), Twist()
        odom.twist.twist.linear.x = self.speed
        self._odom.publish(odom)
        if self.drives:
            twist.linear.x = SPEED
            self._drive.publish(twist)


class TimedAction:
    """Accepts every goal, which goes on until it is cancelled, and notes when. No callback of it waits."""

    def __init__(self, node: Node, kind: type, name: str):
        self._node = node
        self.kind = kind
        self.asked_at = self.accepted_at = self.ended_at = 0.0
        self.running: dict[bytes, Future] = {}
        self._server = ActionServer(
            node, kind, name, self._execute, cancel_callback=self._asked, callback_group=ReentrantCallbackGroup()
        )

    def _asked(self, handle: ServerGoalHandle) -> CancelResponse:
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        self.running[bytes(handle.goal_id.uuid)].set_result(None)
        self.accepted_at = time.monotonic()
        return CancelResponse.ACCEPT

    async def _execute(self, handle: ServerGoalHandle) -> object:
        cancelled = Future(executor=self._node.executor)
        self.running[bytes(handle.goal_id.uuid)] = cancelled
        await cancelled
        handle.canceled()
        del self.running[bytes(handle.goal_id.uuid)]
        self.ended_at = time.monotonic()
        return self.kind.Result()

    def forget(self) -> None:
        """Begin anew."""
        self.asked_at = self.accepted_at = self.ended_at = 0.0

    def destroy(self) -> None:
        """Leave the network."""
        self._server.destroy()


class Bench:
    """Everything that the benchmark needs, connected."""

    def __init__(self, node: Node):
        self.node = node
        bindings = {s.action.name: s.action.type for s in SkillLibrary.load() if s.action}
        self.servers = {name: TimedAction(node, load_interface(kind), name) for name, kind in bindings.items()}
        group = ReentrantCallbackGroup()
        self.clients = {
            name: SafeActionClient(node, server.kind, name, callback_group=group)
            for name, server in self.servers.items()
        }
        self.base = Base(node)
        self.stop = node.create_client(Trigger, "stop", callback_group=group)
        self.reset = node.create_client(Trigger, "reset_stop", callback_group=group)
        self.report = StopReport()
        self.reported_at = 0.0
        node.create_subscription(StopReport, "stop_report", self._take, QoSProfile(depth=10), callback_group=group)

    def _take(self, report: StopReport) -> None:
        self.report = report
        if report.active and report.all_ended and report.base.state == "AT_REST" and not self.reported_at:
            self.reported_at = time.monotonic()

    def call(self, client) -> bool:  # noqa: ANN001 - rclpy's client has no usable type
        """Call a Trigger service and wait for its answer."""
        return answer(client.call_async(Trigger.Request())).success


def answer(future, seconds: float = WAIT_SECONDS):  # noqa: ANN001, ANN201 - rclpy's futures have no usable type
    """A future's result."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    if not done.wait(seconds):
        raise TimeoutError(f"no answer within {seconds:g} s")
    return future.result()


def until(met: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait for something, looking every millisecond."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not met():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        pause.wait(0.001)


def one_stop(bench: Bench, chance: random.Random) -> dict[str, float]:
    """One stop in a random state; milliseconds."""
    busy = chance.sample(sorted(bench.servers), chance.randint(1, 3))
    for server in bench.servers.values():
        server.forget()
    bench.base.drives = chance.random() < 0.7
    for name in busy:
        for _ in range(chance.randint(1, 2)):
            answer(bench.clients[name].send_goal_async(bench.servers[name].kind.Goal()))
    running = [bench.servers[name] for name in busy]
    until(lambda: all(server.running for server in running), "the goals' start")
    threading.Event().wait(chance.uniform(0.05, 0.6))
    base = bench.base
    base.zero_at = base.rest_at = bench.reported_at = 0.0
    speed, began = base.speed, time.monotonic()
    bench.stop.call_async(Trigger.Request())
    until(lambda: not any(server.running for server in running), "the goals' end")
    until(lambda: bool(base.rest_at and bench.reported_at), "rest")
    base.drives = False
    until(lambda: bench.call(bench.reset), "the reset")
    times = {
        "asked": max(s.asked_at for s in running),
        "accepted": max(s.accepted_at for s in running),
        "terminal": max(s.ended_at for s in running),
        "reported": bench.reported_at,
    }
    if speed > 0.0:
        # A base that stands is told so all the time.
        times |= {"zero": base.zero_at, "rest": base.rest_at - speed / BRAKING}
    return {part: 1000 * (when - began) for part, when in times.items()}


def our_client(client: SafeActionClient, cancel_after: float) -> None:
    """Send, cancel, and stay with it until the server says that it has ended."""
    goal = RemoteGoal(client, Pick.Goal(), lambda feedback: None)
    goal.send()
    threading.Event().wait(cancel_after)

    def over() -> bool:
        goal.cancel()
        return goal.ended.is_set()

    goal.changes.wait(over, Deadline(WAIT_SECONDS))


def usual_client(client: SafeActionClient, cancel_after: float) -> None:
    """Send, wait for the future, cancel on time-out."""
    began = time.monotonic()
    try:
        handle = answer(client.send_goal_async(Pick.Goal()), 0.02)
        answer(handle.get_result_async(), max(0.001, cancel_after - (time.monotonic() - began)))
    except TimeoutError:
        if "handle" in locals():
            handle.cancel_goal_async()


def orphans(node: Node, races: int, chance: random.Random, run: Callable[[SafeActionClient, float], None]) -> dict:
    """How many goals are orphaned, by the moment of the cancel."""
    server = FakeAction(node, "agent_planner_interfaces/action/Pick", "race")
    client = SafeActionClient(node, Pick, "race", callback_group=ReentrantCallbackGroup())
    until(client.server_is_ready, "the server")
    found = {}
    for moment in MOMENTS:
        server.goals.clear()
        server.ended.clear()
        delay = 0.03
        server.behaviour = Behaviour(
            accept_after_s=0.0 if moment == "during result" else delay,
            seconds=delay,
            ending=Ending.SUCCEED if moment == "during result" else Ending.HANG,
        )
        for _ in range(races):
            centre = 0.0 if moment == "before accept" else delay
            run(client, max(0.0, chance.gauss(centre, 0.01)))
        threading.Event().wait(1.0)
        found[moment] = len(server.goals) - len(server.ended)
        server.closing.set()
        until(lambda: len(server.goals) == len(server.ended), "the orphans' end")
        server.closing.clear()
    client.destroy()
    server.destroy()
    return found


@contextmanager
def beside(*programs: str) -> Iterator[None]:
    """Python programs that say on stdout that they are at it, and go on until they are killed."""
    others = [subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) for text in programs]
    try:
        for other in others:
            assert other.stdout is not None
            if not other.stdout.readline():
                raise RuntimeError(f"what should keep the machine busy ended with {other.wait()}")
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def measure(stops: int, races: int, seed: int, folder: Path) -> dict:
    """All figures."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        running = stack.enter_context(claimed("benchmark", folder, "LOCALHOST"))
        os.environ["ROS_DOMAIN_ID"] = str(running.domain)
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = running.discovery
        supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR], stderr=subprocess.DEVNULL)
        stack.callback(supervisor.wait)
        stack.callback(supervisor.terminate)
        rclpy.init()
        stack.callback(rclpy.shutdown)
        found = {"stops": {}, "orphans": {}, "races": races}
        with spinning(SingleThreadedExecutor(), node := Node("robot")):
            bench = Bench(node)
            until(bench.reset.service_is_ready, "the supervisor")
            until(lambda: all(client.server_is_ready() for client in bench.clients.values()), "the servers")
            threading.Event().wait(2.0)  # the supervisor finds them too
            for machine, programs in MACHINES.items():
                with beside(*programs):
                    one_stop(bench, chance)  # to warm up
                    found["stops"][machine] = [
                        one_stop(bench, chance) for _ in counted(range(stops), f"stops, {machine} machine")
                    ]
            for server in bench.servers.values():
                server.destroy()
        with spinning(MultiThreadedExecutor(8), node := Node("racer")):
            for name, client in {"ours": our_client, "usual": usual_client}.items():
                print(f"races, {name} client", file=sys.stderr)
                found["orphans"][name] = orphans(node, races, chance, client)
        return found


def counted(numbers: Sequence[int], what: str) -> Iterator[int]:
    """Tell how far it is, every hundred."""
    for number in numbers:
        if number % 100 == 0:
            print(f"{what}: {number} of {len(numbers)}", file=sys.stderr)
        yield number


def figures(rows: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """p50, p99 and the largest of each part, milliseconds."""
    columns = {part: sorted(row[part] for row in rows if part in row) for part in PARTS}
    return {
        part: {
            "p50": round(statistics.median(column), 1),
            "p99": round(column[min(len(column) - 1, int(0.99 * len(column)))], 1),
            "max": round(column[-1], 1),
        }
        for part, column in columns.items()
        if column
    }


def show(found: dict) -> None:
    """Tables for a person."""
    for machine, parts in found["stops"].items():
        print(f"{machine:10}{'p50':>10}{'p99':>10}{'max':>10}  ms after the request")
        for part, figure in parts.items():
            print(f"  {part:8}{figure['p50']:>10.1f}{figure['p99']:>10.1f}{figure['max']:>10.1f}")
    print(f"orphaned goals of {found['races']} races each:")
    for client, moments in found["orphans"].items():
        print(f"  {client:8}" + "   ".join(f"{moment}: {number}" for moment, number in moments.items()))


def main() -> None:
    """Run and print."""
    about, _, more = str(__doc__).partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stops", type=int, default=334, help="on the idle, the busy and the speaking machine each")
    parser.add_argument("--races", type=int, default=334, help="for each moment and each client")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the tables")
    options = parser.parse_args()
    if options.stops < 1 or options.races < 1:
        parser.error("--stops and --races: at least 1")
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.stops, options.races, options.seed, Path(folder))
    found["stops"] = {machine: figures(rows) for machine, rows in found["stops"].items()}
    if options.json:
        print(json.dumps(found))
    else:
        show(found)


if __name__ == "__main__":
    main()
