# SPDX-License-Identifier: Apache-2.0
"""Language models behind one protocol. Importing this loads neither torch nor transformers."""

from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, Message, OnToken, Progress
from agent_planner.llm.choose import choose_model

__all__ = ["ChatModel", "ChatReply", "ChatRequest", "Message", "OnToken", "Progress", "choose_model"]
