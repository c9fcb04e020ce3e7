# SPDX-License-Identifier: Apache-2.0
"""Records the robot's topics beside each episode, without a part in what the planner does.

It has a node and an executor of its own, so that no thread of the planner's wakes up for these messages, and takes them
serialized, as they are. A topic is subscribed as soon as somebody publishes it, with what its publishers offer.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from rclpy._rclpy_pybind11 import RCLError
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo

from agent_planner.errors import UserError
from agent_planner.recording.mcap_file import Channel
from agent_planner.recording.topic_log import TopicLog
from agent_planner.ros.interface_types import InterfaceMissing, load_interface
from agent_planner.ros.message_definition import message_definition
from agent_planner.ros.names import recorder_name
from agent_planner.ros.process import spinning
from agent_planner.ros.timers import steady_timer

_LOOK_S = 0.5
_DEPTH = 100
_CLOSE_S = 2.0
# What was published at the end of an episode is still on its way.
_ON_ITS_WAY_S = 0.2


@dataclass(frozen=True)
class _Topic:
    """A subscription, and what it was made for."""

    subscription: Subscription
    type: str
    qos: tuple[ReliabilityPolicy, DurabilityPolicy]


class TopicRecorder:
    """Records while an episode runs.

    Args:
        node: the planner; its namespace and remappings say what the topics' names mean, its clock gives the time.
        topics: their names; those that nobody publishes are waited for.
        make_log: makes the log of an episode, given its folder; None where nothing is to be recorded.
        tell: is told what cannot be recorded.
    """

    def __init__(
        self,
        node: Node,
        topics: Sequence[str],
        make_log: Callable[[Path], TopicLog] | None,
        tell: Callable[[str], object],
    ):
        self._node = node
        self._make_log = make_log if topics else None
        self._names = list(topics)
        self._tell = tell
        self._lock = threading.Lock()
        self._log: TopicLog | None = None
        self._last: TopicLog | None = None
        self._subscribed_for: TopicLog | None = None
        self._topics: dict[str, _Topic] = {}
        self._refused: set[str] = set()
        self._leaving = threading.Event()
        self._life = ExitStack()

    def configure(self) -> None:
        """Create the node and spin it.

        Raises:
            UserError: a topic cannot have such a name.
        """
        if self._make_log is None:
            return
        self._names = [self._resolved(topic) for topic in self._names]
        # The arguments of the process are the planner's: another node would get its name from them.
        self._own = Node(
            recorder_name(self._node),
            namespace=self._node.get_namespace(),
            context=self._node.context,
            use_global_arguments=False,
            enable_rosout=False,
            start_parameter_services=False,
        )
        self._life.callback(self._own.destroy_node)
        steady_timer(self._own, _LOOK_S, self._look)
        self._now = self._own.create_guard_condition(self._look)
        self._life.enter_context(spinning(SingleThreadedExecutor(context=self._node.context), self._own))

    def release(self) -> None:
        """End what is being recorded, and destroy the node."""
        self._leaving.set()
        self.end()
        self._life.close()

    def begin(self, folder: Path) -> None:
        """Record into an episode's folder from now on; returns at once, or when an earlier recording has ended."""
        if self._make_log is None:
            return
        self.end()
        log = self._make_log(folder)
        log.start()
        with self._lock:
            self._log = self._last = log
        self._now.trigger()

    def end(self) -> dict[str, Any] | None:
        """Stop, once the last messages have come; waits for them, so call it in a worker.

        Returns:
            What the episode's record is to say of it; None where nothing was to be recorded.
        """
        if self._log is not None:
            self._leaving.wait(_ON_ITS_WAY_S)
        with self._lock:
            log, self._log = self._log, None
        if log is None:
            return None
        self._now.trigger()
        return log.stop(_CLOSE_S)

    @property
    def is_on(self) -> bool:
        """Whether episodes are recorded at all."""
        return self._make_log is not None

    @property
    def log(self) -> TopicLog | None:
        """That of the present episode, or else of the last one."""
        return self._last

    def _resolved(self, topic: str) -> str:
        try:
            return self._node.resolve_topic_name(topic)
        except RCLError as error:
            fault = str(error).removeprefix("failed to resolve name: ").partition(", at ")[0]
            raise UserError(f"record_topics: no topic can be named '{topic}': {fault}") from error

    # --- called by the recorder's own executor

    def _look(self) -> None:
        """Subscribe to what has appeared, and no longer to what was for an earlier episode."""
        with self._lock:
            log = self._log
        if log is not self._subscribed_for:
            # Anew for each episode, so that each gets what is sent only once, to whoever comes.
            self._subscribed_for = log
            for name in list(self._topics):
                self._own.destroy_subscription(self._topics.pop(name).subscription)
        if log is not None:
            for name in self._names:
                self._see(name, log)

    def _see(self, name: str, log: TopicLog) -> None:
        publishers = self._own.get_publishers_info_by_topic(name)
        if not publishers:
            return
        kind, qos = publishers[0].topic_type, _agreed(publishers)
        known = self._topics.get(name)
        if known is not None:
            if (known.type, known.qos) == (kind, qos):
                return
            self._own.destroy_subscription(known.subscription)
        try:
            channel = Channel(name, kind, message_definition(kind), offered(publishers), _is_lasting(publishers))
            message_type = load_interface(kind)
        except InterfaceMissing as error:
            if name not in self._refused:
                self._refused.add(name)
                self._tell(f"the topic {name} is not recorded: {error}")
            return
        profile = QoSProfile(depth=_DEPTH, reliability=qos[0], durability=qos[1])
        take = partial(self._take, log, channel)
        subscription = self._own.create_subscription(message_type, name, take, profile, raw=True)
        self._topics[name] = _Topic(subscription, kind, qos)

    def _take(self, log: TopicLog, channel: Channel, data: bytes) -> None:
        log.offer(channel, data, self._node.get_clock().now().nanoseconds)


def _agreed(publishers: Sequence[TopicEndpointInfo]) -> tuple[ReliabilityPolicy, DurabilityPolicy]:
    """The most that all of them offer, so that each is heard."""
    profiles = [publisher.qos_profile for publisher in publishers]
    reliable = all(profile.reliability == ReliabilityPolicy.RELIABLE for profile in profiles)
    lasting = all(profile.durability == DurabilityPolicy.TRANSIENT_LOCAL for profile in profiles)
    return (
        ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        DurabilityPolicy.TRANSIENT_LOCAL if lasting else DurabilityPolicy.VOLATILE,
    )


def _is_lasting(publishers: Sequence[TopicEndpointInfo]) -> bool:
    return any(one.qos_profile.durability == DurabilityPolicy.TRANSIENT_LOCAL for one in publishers)


def offered(publishers: Sequence[TopicEndpointInfo]) -> str:
    """Their qualities of service as rosbag2 writes them, so that `ros2 bag play` offers the same."""
    return yaml.safe_dump([_plain(publisher.qos_profile) for publisher in publishers], sort_keys=False)


def _plain(qos: QoSProfile) -> dict[str, Any]:
    return {
        "history": int(qos.history),
        "depth": qos.depth,
        "reliability": int(qos.reliability),
        "durability": int(qos.durability),
        "deadline": _seconds(qos.deadline),
        "lifespan": _seconds(qos.lifespan),
        "liveliness": int(qos.liveliness),
        "liveliness_lease_duration": _seconds(qos.liveliness_lease_duration),
        "avoid_ros_namespace_conventions": qos.avoid_ros_namespace_conventions,
    }


def _seconds(duration: Duration) -> dict[str, int]:
    sec, nsec = divmod(duration.nanoseconds, 1_000_000_000)
    return {"sec": sec, "nsec": nsec}
