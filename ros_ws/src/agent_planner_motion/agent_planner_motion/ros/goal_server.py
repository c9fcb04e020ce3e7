# SPDX-License-Identifier: Apache-2.0
"""An action server that carries out one goal at a time in a thread of its own and ends each exactly once."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from rclpy.action.server import CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.task import Future

from agent_planner.ros.action_server import AnsweringActionServer
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.skills.job import CancelRequested, Job

_NO_DATA = {"joint_states": "NO_JOINT_STATES", "odom": "NO_ODOMETRY", "/tf": "NO_ODOMETRY", "map": "NO_MAP"}
_JOIN = 5.0


class Resource:
    """Something that one goal at a time may use, such as the arm."""

    def __init__(self, name: str):
        self.name = name
        self._lock = threading.Lock()
        self._holder = ""

    @property
    def holder(self) -> str:
        """Name of the action that uses it, or empty."""
        return self._holder

    def take(self, holder: str) -> bool:
        """Take it if it is free; tell whether it was."""
        if not self._lock.acquire(blocking=False):
            return False
        self._holder = holder
        return True

    def release(self) -> None:
        """Give it back."""
        self._holder = ""
        self._lock.release()


class GoalServer:
    """One action.

    A goal that comes while another one, or another action that needs the same resource, is running is accepted and
    aborted with BUSY (a rejection could not say why).

    Args:
        node: the node.
        action: type of the action; its result has `error_code` and `error_msg`.
        name: of the action.
        run: carries out a goal: (request, job, result to fill in).
        resources: what it needs for itself.
        limits: time-outs in seconds of ROS time and of steady time.
        feedback: turns a job's state and number into a message.
    """

    def __init__(
        self,
        node: Node,
        action: Any,
        name: str,
        run: Callable[[Any, Job, Any], None],
        resources: Sequence[Resource],
        limits: tuple[float, float],
        feedback: Callable[[str, float, Job], Any],
    ):
        self._node = node
        self._action = action
        self._name = name
        self._run = run
        self._resources = tuple(resources)
        self._limits = limits
        self._feedback = feedback
        self._closing = False
        self._workers: list[threading.Thread] = []
        self._server = AnsweringActionServer(
            node,
            action,
            name,
            self._execute,
            goal_callback=lambda goal: GoalResponse.REJECT if self._closing else GoalResponse.ACCEPT,
            cancel_callback=lambda handle: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )

    def close(self) -> None:
        """End what is running (the robot comes to rest) and take no more goals."""
        self._closing = True
        for worker in self._workers:
            worker.join(_JOIN)
        self._server.answered(_JOIN)

    def destroy(self) -> None:
        """Release the server; no callback may run any more."""
        self._server.destroy()

    async def _execute(self, handle: ServerGoalHandle) -> Any:
        result = self._action.Result()
        taken: list[Resource] = []
        try:
            for resource in self._resources:
                if not resource.take(self._name):
                    raise MotionError("BUSY", f"{resource.name} is in use by '{resource.holder}'; wait or cancel it")
                taken.append(resource)
            await self._in_worker(handle, result)
            handle.succeed()
            result.error_code, result.error_msg = self._action.Result.NONE, ""
        except CancelRequested as request:
            rest = "the robot is at rest" if request.at_rest else "it was told to stop, but not seen at rest"
            self._fill(result, "CANCELLED", f"cancelled by the client; {rest}")
            # While closing there may be no request: then it ends as aborted.
            handle.canceled() if handle.is_cancel_requested else handle.abort()
        except MotionError as error:
            self._fill(result, self._code(error), error.message)
            handle.abort()
        except Exception as error:  # noqa: BLE001 - rclpy would turn it into an empty result
            self._node.get_logger().error(f"{self._name}: {type(error).__name__}: {error}")
            self._fill(result, "UNKNOWN", f"internal error: {type(error).__name__}: {error}")
            handle.abort()
        finally:
            for resource in taken:
                resource.release()
        return result

    async def _in_worker(self, handle: ServerGoalHandle, result: Any) -> None:
        executor = self._node.executor
        future = Future(executor=executor)
        job: Job | None = None

        def tell(state: str, value: float) -> None:
            assert job is not None
            message = self._feedback(state, value, job)
            if message is not None and handle.is_active:
                handle.publish_feedback(message)

        def work() -> None:
            try:
                assert job is not None
                self._run(handle.request, job, result)
                future.set_result(None)
            except Exception as error:  # noqa: BLE001 - it is raised again where the goal is ended
                future.set_exception(error)
            # A pending coroutine is looked at when the executor wakes up.
            if executor is not None:
                executor.wake()

        clock = self._node.get_clock()
        job = Job(
            lambda: clock.now().nanoseconds * 1e-9,
            time.monotonic,
            *self._limits,
            lambda: self._closing or handle.is_cancel_requested,
            tell,
        )
        worker = threading.Thread(target=work, name=self._name)
        self._workers = [w for w in self._workers if w.is_alive()] + [worker]
        worker.start()
        await future

    def _code(self, error: MotionError) -> str:
        if isinstance(error, MissingData):
            code = _NO_DATA.get(error.topic.split(" ")[0], "NO_DATA")
            return code if hasattr(self._action.Result, code) else "NO_DATA"
        return error.code

    def _fill(self, result: Any, code: str, message: str) -> None:
        known = hasattr(self._action.Result, code)
        result.error_code = getattr(self._action.Result, code if known else "UNKNOWN")
        result.error_msg = message if known else f"{code}: {message}"
