# SPDX-License-Identifier: Apache-2.0
"""Opening a language model by its name, with progress."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent_planner.cli.terminal import Terminal
from agent_planner.llm import ChatModel


@contextmanager
def loaded(name: str, terminal: Terminal) -> Iterator[ChatModel]:
    """Open and load a model; it is closed at the end.

    Raises:
        UserError: there is none of that name, or its endpoint does not answer.
    """
    from agent_planner.llm.choose import choose_model

    model = choose_model(name)
    try:
        with terminal.busy(f"loading the model {name}") as status:
            model.load(lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
        yield model
    finally:
        model.close()


def checked(name: str) -> str:
    """Return the name of a model that can be opened; nothing heavy is loaded.

    Raises:
        UserError: there is none of that name, or its endpoint does not answer.
    """
    from agent_planner.llm.choose import choose_model

    model = choose_model(name)
    try:
        if name.startswith("openai:"):
            model.load()
    finally:
        model.close()
    return name
