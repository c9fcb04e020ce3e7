# SPDX-License-Identifier: Apache-2.0
"""Lines of results that nobody ran."""

from typing import Any

from agent_planner.tuning.panel.results import EpisodeLine, RunLine, TaskLine

RUN = RunLine(command="agent-planner tune evaluate r.jsonl", date="2026-01-02T03:04:05+00:00", versions={"torch": "2"})


def episode(success: bool = True, **known: Any) -> EpisodeLine:
    """An episode; what is not given is as in most."""
    usual: dict[str, Any] = {
        "model": "default", "level": "grammar", "look_ahead": False, "cell": "held_in", "split": "dev", "seed": 0,
        "kind": "in", "success": success, "goal_exact": success, "outcome": "succeeded" if success else "failed",
        "error": "" if success else "loop", "category": "" if success else "loop", "calls": 3, "refused": 1,
        "codes": {"NEEDS": 1},
        "raw_invalid": 1, "turns": 5, "instruction": "put the cup in the bin", "truth": "in(cup, bin)",
        "goal": "in(cup, bin)", "steps": (),
    }  # fmt: skip
    return EpisodeLine(**usual | known)


def episodes(wins: str, **known: Any) -> list[EpisodeLine]:
    """An episode a letter, seeds from 0: ``+`` for success."""
    return [episode(letter == "+", seed=seed, pair=f"p{seed}", **known) for seed, letter in enumerate(wins)]


def task(success: bool = True, **known: Any) -> TaskLine:
    """An answer to a general task."""
    usual: dict[str, Any] = {
        "model": "default", "split": "dev", "seed": 0, "kind": "arithmetic", "success": success,
        "instruction": "What is 2 + 2?", "truth": "4", "answer": "4" if success else "5",
    }  # fmt: skip
    return TaskLine(**usual | known)
