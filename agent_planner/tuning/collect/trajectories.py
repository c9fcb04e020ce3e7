# SPDX-License-Identifier: Apache-2.0
"""From a situation to records: the expert's trajectories, or a model's own.

As in AgentTuning (arXiv 2310.12823) each record says who acted and what reward the world gave. An episode of the
expert is worth 1 if the scenario's own predicates hold in the final state, if there was no goal to reach (a question, a
thing that is missing), or if it gave up where a call failed for good and no way led round; its forks are worth as much.
One of a model is judged as the panel does (`evaluate.judge`). Goals that are stated alone, and what the expert says in
a student's states, are worth 1, since both are right by construction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

from agent_planner.agent.conversation import first_turn, system_turn
from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import format_goal
from agent_planner.llm.base import ChatModel, Message
from agent_planner.llm.choose import choose_model
from agent_planner.tuning.collect.accidents import case_of
from agent_planner.tuning.collect.config import EXPERT, CollectConfig
from agent_planner.tuning.collect.dagger import Labelled
from agent_planner.tuning.collect.example import finished_example
from agent_planner.tuning.collect.expert import Injection, Turn, attempt
from agent_planner.tuning.collect.listening import Drawing, Listening
from agent_planner.tuning.data.records import AGENT, Record, human, said
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.scenarios.failure_table import FailureTable, measured_failures
from agent_planner.tuning.scenarios.scenario import Scenario, stable_seed
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import Situation

_REFUSED = "refused "
# Episodes of a model that are computed side by side, and lost where it dies.
_TOGETHER = 8


def parts(situation: Situation, config: CollectConfig) -> Iterator[tuple[str, Situation]]:
    """Yield what is done at a time, by names: a situation for the expert, a few of its tasks for a model.

    They are the same wherever they are done, since what is computed together may differ in the last digit.
    """
    if not config.model:
        yield situation.id, situation
        return
    few = max(1, _TOGETHER // config.repeat)
    for start in range(0, len(situation.tasks), few):
        yield f"{situation.id}#{start}", situation.model_copy(update={"tasks": situation.tasks[start : start + few]})


def trajectories(
    situation: Situation, config: CollectConfig, table: FailureTable | None = None
) -> list[dict[str, Any]]:
    """Return the records of one situation; the same configuration gives the same ones again.

    (A model behind an endpoint that draws is the exception where the server keeps to no seed.)

    Args:
        situation: the tasks.
        config: who does them, and how.
        table: how calls fail; the package's own if left out.
    """
    injection = Injection(**config.mistakes.model_dump(), table=table or measured_failures())
    collect = _students if config.student else _models if config.model else _experts
    return [record.plain() for record in collect(situation, config, injection)]


def _experts(situation: Situation, config: CollectConfig, injection: Injection) -> Iterator[Record]:
    whole = 0
    for scenario in situation.scenarios():
        turns, reached = attempt(scenario, _rng(config, scenario), injection)
        stated = 1 + max(i for i, turn in enumerate(turns) if turn.loss and turn.content.startswith("goal:"))
        acts = len(turns) > stated
        if acts and config.whole is not None and whole >= config.whole:
            turns, reached = turns[:stated], True
        whole += acts
        facts = _facts(situation, scenario, EXPERT, float(reached))
        yield _record(scenario.id, scenario, turns, facts)
        for number, fork in enumerate(_forks(turns)):
            yield _record(f"{scenario.id}/fork{number}", scenario, fork, facts)


def _forks(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    """For each mistake what should have been said there; what came before is learned from the whole episode."""
    for i, turn in enumerate(turns):
        if turn.instead:
            before = [Turn(t.role, t.content, None if t.loss is None else False) for t in turns[:i]]
            yield [*before, Turn("assistant", turn.instead, True)]


def _models(situation: Situation, config: CollectConfig, injection: Injection) -> Iterator[Record]:
    cases = _cases(situation, config, injection)
    model = Listening(_opened(config, cases), finished_example() if config.example else ())
    for number, score in enumerate(run_symbolic(model, cases, _loop(config))):
        scenario = score.scenario
        name = scenario.id if config.repeat == 1 else f"{scenario.id}/{number // len(situation.tasks)}"
        facts = _facts(situation, scenario, config.teacher, float(score.success))
        facts |= {"outcome": score.result.outcome.value, "error": score.error}
        turns = _turns(model.conversations[str(number)], score.result.counts.refused)
        yield _record(name, scenario, turns, facts)


def _students(situation: Situation, config: CollectConfig, injection: Injection) -> Iterator[Record]:
    """What the student did, learned where the expert agrees; and for each other state what the expert says there."""
    cases = _cases(situation, config, injection)
    model = Labelled(cases, _opened(config, cases))
    for number, score in enumerate(run_symbolic(model, cases, _loop(config))):
        # No state where the opening alone is more than the student reads: a record, too, for `tune filter` to count.
        scenario, visited = score.scenario, model.visited.get(str(number), [])
        facts = _facts(situation, scenario, EXPERT, float(score.success)) | {"student": config.student}
        agreed = iter([state.agreed for state in visited])
        turns = [
            Turn(m.role, m.content, next(agreed) if m.role == "assistant" else None)
            for last in visited[-1:]
            for m in (*last.messages[2:], Message("assistant", last.answered))
        ]
        yield _record(scenario.id, scenario, turns, facts)
        for fork, state in enumerate(visited):
            if not state.agreed:
                before = [Turn(m.role, m.content, None if m.role == "user" else False) for m in state.messages[2:]]
                turns = [*before, Turn("assistant", state.label, True)]
                yield _record(f"{scenario.id}/fork{fork}", scenario, turns, facts | {"reward": 1.0})


def _rng(config: CollectConfig, scenario: Scenario) -> Random:
    return Random(stable_seed("collect", config.seed, scenario.id))


def _cases(situation: Situation, config: CollectConfig, injection: Injection) -> list[Case]:
    """Each task with what goes wrong in it, as often as the model is given it."""
    cases = [case_of(scenario, _rng(config, scenario), injection) for scenario in situation.scenarios()]
    return cases * config.repeat


def _opened(config: CollectConfig, cases: Sequence[Case]) -> ChatModel:
    """The model, for episodes of these cases."""
    model = _model(config.model)
    if not config.temperature:
        return model
    tasks = len(cases) // config.repeat
    seeds = [stable_seed("draw", config.seed, case.scenario.id, i // tasks) for i, case in enumerate(cases)]
    return Drawing(model, config.temperature, seeds)


def _loop(config: CollectConfig) -> LoopConfig:
    """Goals are learned whole, and what a look brings to light is a situation of its own (`scenarios.hidden`)."""
    return LoopConfig(level=config.level, look_ahead=config.look_ahead, look_for_missing=False, by_parts=False)


def _turns(messages: Sequence[Message], refused: int) -> list[Turn]:
    """What follows the first user turn; what was refused, so many times in all, is not to be learned."""
    turns: list[Turn] = []
    for i, message in enumerate(messages[2:], start=2):
        after = messages[i + 1].content if i + 1 < len(messages) else ""
        learned = None if message.role == "user" else not after.startswith(_REFUSED)
        turns.append(Turn(message.role, message.content, learned))
    # A refusal that ends the episode is told to nobody: one more was counted than the conversation holds.
    if refused > [turn.loss for turn in turns].count(False):
        turns[-1] = replace(turns[-1], loss=False)
    return turns


def _record(name: str, scenario: Scenario, turns: Sequence[Turn], facts: Mapping[str, Any]) -> Record:
    opening = (system_turn(scenario.library), first_turn(observed(scenario.world), scenario.instruction))
    rest = [human(t.content) if t.loss is None else said(t.content, t.loss) for t in turns]
    return Record(id=name, conversations=(*map(human, opening), *rest), **facts)


def _facts(situation: Situation, scenario: Scenario, teacher: str, reward: float) -> dict[str, Any]:
    return {
        "source": AGENT,
        "teacher": teacher,
        "split": situation.split,
        "group": situation.id,
        "family": scenario.kind,
        "instruction": scenario.instruction,
        "goal": format_goal(scenario.goal),
        "reward": reward,
        "violations": [],
    }


@lru_cache(maxsize=1)  # a process that collects has one teacher
def _model(name: str) -> ChatModel:
    model = choose_model(name)
    model.load()
    return model
