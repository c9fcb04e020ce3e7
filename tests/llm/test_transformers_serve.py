# SPDX-License-Identifier: Apache-2.0
"""The client against `transformers serve`, with the same weights as the local backend."""

import pytest

from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.openai import OpenAIModel
from tests.llm.serving import NOT_SERVED, serving

pytestmark = [pytest.mark.model, pytest.mark.skipif(NOT_SERVED is not None, reason=str(NOT_SERVED))]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve") / "log.txt") as root:
        yield root


@pytest.mark.timeout(600)
def test_the_served_model_says_what_the_local_one_says(endpoint, base_folder, model):
    served = OpenAIModel(str(base_folder), endpoint, read_seconds=120)
    served.load()
    messages = (Message("system", "You direct a robot."), Message("user", "Say hello."))
    requests = [
        ChatRequest("a", messages, None, 6),
        ChatRequest("b", (*messages[:1], Message("user", "Count.")), None, 6),
    ]
    heard = []
    replies = served.chat(requests, on_token=lambda c, t: heard.append((c, t)))
    served.close()
    assert [r.text for r in replies] == [r.text.strip() for r in model.chat(requests)]
    assert "".join(t for c, t in heard if c == "a").strip() == replies[0].text
