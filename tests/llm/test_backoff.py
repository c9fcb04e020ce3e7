# SPDX-License-Identifier: Apache-2.0
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from agent_planner.llm.backoff import Backoff


def test_waits_double_and_are_drawn():
    backoff = Backoff(first=1.0, longest=100.0, random_source=random.Random(0))
    waits = [[backoff.seconds(n) for _ in range(50)] for n in range(4)]
    for n, drawn in enumerate(waits):
        assert 0.5 * 2**n <= min(drawn) < max(drawn) <= 2**n
        assert len(set(drawn)) > 40


def test_no_wait_is_longer_than_the_longest():
    assert Backoff(first=1.0, longest=3.0).seconds(20) == 3.0
    assert Backoff(first=0.1, longest=3.0).seconds(0, "3600") == 3.0


@pytest.mark.parametrize("asked", ["7", "7.0", None])
def test_the_server_may_ask_for_longer(asked):
    asked = asked or format_datetime(datetime.now(UTC) + timedelta(seconds=7.5), usegmt=True)
    assert 5.5 < Backoff(first=0.1).seconds(0, asked) <= 7.5


@pytest.mark.parametrize("asked", ["soon", "", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_an_unusable_wish_changes_nothing(asked):
    assert Backoff(first=0.1).seconds(0, asked) <= 0.1
