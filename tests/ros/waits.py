# SPDX-License-Identifier: Apache-2.0
"""Waits of tests, all of which end."""

import threading
from contextlib import ExitStack, closing, contextmanager

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.qos import DurabilityPolicy, QoSProfile

from tests.waits import SECONDS, eventually


def stands(velocities):
    """Whether the base comes to be told to stand, again and again."""
    velocities.clear()
    return eventually(lambda: len(velocities) >= 10 and set(velocities[-10:]) == {0.0})


def answer_of(future, seconds=SECONDS):
    """What a future of rclpy holds, once it does."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    assert done.wait(seconds), f"no answer within {seconds} s"
    return future.result()


class Ear:
    """The messages of a topic, and a wait for one that fits."""

    def __init__(self, node, kind, topic, durability=DurabilityPolicy.VOLATILE):
        self.messages = []
        self._changed = threading.Condition()
        self._node = node
        qos = QoSProfile(depth=100, durability=durability)
        self._subscription = node.create_subscription(
            kind, topic, self._take, qos, callback_group=ReentrantCallbackGroup()
        )

    def _take(self, message):
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def until(self, fits):
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(fits, self.messages)), SECONDS), self.messages[-3:]
            return next(m for m in self.messages if fits(m))

    def next(self, fits):
        """As `until`, among those that come from now on."""
        with self._changed:
            self.messages.clear()
        return self.until(fits)

    def close(self):
        self._node.destroy_subscription(self._subscription)


@contextmanager
def ears_of(node):
    """Call it with a type and a topic; returns an Ear of that node."""
    with ExitStack() as stack:
        yield lambda *what: stack.enter_context(closing(Ear(node, *what)))
