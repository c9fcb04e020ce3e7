# SPDX-License-Identifier: Apache-2.0
"""An action client for tests: every wait ends."""

import threading

from agent_planner.ros.action_client import SafeActionClient

SECONDS = 60.0


def wait_for(future, what, seconds=SECONDS):
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    assert done.wait(seconds), f"{what} not within {seconds} s"
    return future.result()


class Sent:
    """A goal under way."""

    def __init__(self, client, goal):
        self.feedback = []
        self._news = threading.Condition()
        self._handle = wait_for(client.send_goal_async(goal, self._hear), "an answer to the goal")
        assert self._handle.accepted, "the goal was rejected"
        self._future = self._handle.get_result_async()

    def _hear(self, message):
        with self._news:
            self.feedback.append(message.feedback)
            self._news.notify_all()

    def until(self, true, seconds=SECONDS):
        """Wait until something holds of the feedback so far."""
        with self._news:
            assert self._news.wait_for(lambda: true(self.feedback), seconds), self.feedback[-3:]

    def cancel(self):
        return wait_for(self._handle.cancel_goal_async(), "an answer to the cancel request")

    def result(self, seconds=SECONDS):
        """Status and result."""
        answer = wait_for(self._future, "a result", seconds)
        return answer.status, answer.result


class Actions:
    """Clients of several actions on one node."""

    def __init__(self, node, kinds):
        self._clients = {name: SafeActionClient(node, kind, name) for name, kind in kinds.items()}
        self._kinds = kinds

    def wait(self, seconds=SECONDS):
        for name, client in self._clients.items():
            assert client.wait_for_server(seconds), f"no server of {name} within {seconds} s"

    def send(self, name, **goal):
        return Sent(self._clients[name], self._kinds[name].Goal(**goal))

    def destroy(self):
        for client in self._clients.values():
            client.destroy()
