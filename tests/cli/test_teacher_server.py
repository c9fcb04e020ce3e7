# SPDX-License-Identifier: Apache-2.0
"""A teacher heard through the client that the planner has."""

import pytest

from agent_planner.cli.teacher_server import TeacherServer
from agent_planner.errors import CallRefused, ModelError
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.choose import choose_model


@pytest.fixture
def server():
    with TeacherServer("expert") as server:
        yield server


@pytest.fixture
def model(server):
    model = choose_model(server.model)
    model.load()
    yield model
    model.close()


def asked(model, *texts):
    return model.chat([ChatRequest("a", tuple(Message("user", text) for text in texts))])[0].text


def test_what_the_teacher_says_is_heard_word_for_word(server, model):
    server.answer = lambda messages: f'{messages[-1].content} of {len(messages)}\npick(object="cup")'
    assert asked(model, "one", "two") == 'two of 2\npick(object="cup")'


def test_what_is_wrong_with_it_ends_the_episode_and_is_told(server, model):
    with pytest.raises(ModelError, match="no conversation has begun"):
        asked(model, "hello")

    def refuse(messages):
        raise CallRefused("BAD_GOAL", "no goal")

    server.answer = refuse
    with pytest.raises(ModelError, match="CallRefused: BAD_GOAL: no goal"):
        asked(model, "hello")
