# SPDX-License-Identifier: Apache-2.0
"""The life of a process that holds one node: arguments, signals, executor, and a clean end."""

import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import rclpy
from rclpy._rclpy_pybind11 import RCLError, UnknownROSArgsError
from rclpy.executors import Executor, MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args, try_shutdown

from agent_planner.errors import AgentPlannerError, UserError

_JOIN_S = 5.0
_HOW = "parameters are given as --ros-args -p NAME:=VALUE or --params-file FILE"
_IN_C = re.compile(r", at [^ ]+\.c:\d+")


def run_node(make: Callable[[], Node], args: list[str] | None = None, threads: int = 1) -> int:
    """Run a node until SIGINT or SIGTERM; returns the exit code.

    One thread is right where no callback waits for anything: the threads of rclpy's executor wake up for every message
    and get in each other's way, so that with eight of them control loops were held up for half a second at times.

    Signals do not end ROS under the node's feet: the node is told to stop first, with everything still working, so
    that goals it has sent are cancelled and those it has accepted end with a result. Errors of the user are one
    line on stderr and exit code 2.

    Args:
        make: makes the node. It has ``start()``, called before anything spins, and ``stop()``, called while everything
            still spins, to end what runs.
        args: of the command line, without the program's name; those of this process by default.
        threads: of the executor.
    """
    ended = threading.Event()
    try:
        init_ros(sys.argv if args is None else ["", *args])
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    node: Node | None = None
    try:
        with _signals(ended):
            node = make()
            node.start()  # type: ignore[attr-defined]
            with spinning(MultiThreadedExecutor(threads) if threads > 1 else SingleThreadedExecutor(), node):
                ended.wait()
                node.stop()  # type: ignore[attr-defined]
        return 0
    except AgentPlannerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    finally:
        if node is not None:
            node.destroy_node()
        try_shutdown()


def init_ros(arguments: Sequence[str]) -> None:
    """Begin with ROS in this process (its context, not its signal handlers), with the arguments of an executable.

    Raises:
        UserError: they are no ROS arguments, or wrong ones.
    """
    try:
        foreign = remove_ros_args(list(arguments))[1:]
        if foreign:
            raise UserError(f"unknown argument '{foreign[0]}'; {_HOW}")
        rclpy.init(args=list(arguments), signal_handler_options=SignalHandlerOptions.NO)
    except (UnknownROSArgsError, RCLError) as error:
        # What follows tells where in the C sources it was found.
        what = _IN_C.sub("", str(error).splitlines()[0])
        raise UserError(f"{what}; {_HOW}") from error


@contextmanager
def spinning(executor: Executor, *nodes: Node) -> Iterator[Executor]:
    """Spin nodes in a thread of its own; it is gone when the block is left."""
    for node in nodes:
        executor.add_node(node)
    leaving = threading.Event()
    thread = threading.Thread(target=_spin, args=(executor, leaving), name="spin")
    thread.start()
    try:
        yield executor
    finally:
        leaving.set()
        executor.create_task(lambda: None)  # lets the wait for work return
        thread.join(_JOIN_S)
        executor.shutdown(_JOIN_S)
        for node in nodes:
            executor.remove_node(node)


def _spin(executor: Executor, leaving: threading.Event) -> None:
    """A fault in one callback is told and does not take the whole node down."""
    while not leaving.is_set() and executor.context.ok():
        try:
            executor.spin_once(timeout_sec=1.0)
        except Exception as error:  # noqa: BLE001 - whatever a callback raises comes out here
            # rclpy may look at what another thread has just destroyed; in the next round it does not.
            gone = isinstance(error, RCLError) and "pointer is invalid" in str(error)
            if not (gone or leaving.is_set()):
                print(f"error in a callback:\n{traceback.format_exc()}", file=sys.stderr)


@contextmanager
def _signals(ended: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.signal(s, lambda *_: ended.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
