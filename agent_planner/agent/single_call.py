# SPDX-License-Identifier: Apache-2.0
"""One call that no model has thought of: somebody else's, on the same way through checks, approvals and gate."""

from dataclasses import dataclass, field

from agent_planner.agent.believed import Believed
from agent_planner.agent.checks import read_call, refuse_unmet
from agent_planner.agent.conversation import result_line
from agent_planner.agent.episode import Progress
from agent_planner.agent.events import EventKind
from agent_planner.agent.loop import Episode, Loop
from agent_planner.agent.result import EpisodeResult
from agent_planner.agent.takeover import TAKEOVER, TookOver
from agent_planner.errors import CallRefused
from agent_planner.goals import Goal, unmet
from agent_planner.goals.holds import did_atom
from agent_planner.llm.base import Message
from agent_planner.scene import scene_text
from agent_planner.scene.plain import LABEL, plain
from agent_planner.skills.library import BUILT_IN
from agent_planner.types import Atom, Call, Outcome, ResultStatus

_SOMEBODY = "client"


def source_of(instruction: str) -> str:
    """Who asks for a call: the line before it, where there is one."""
    return plain(instruction.strip().rpartition("\n")[0], LABEL) or _SOMEBODY


@dataclass
class SingleCall(Episode):
    """An episode whose instruction is a call as the model would write it: ``pick(object="red cube")``.

    A line before it says who asks. The goal is what the skill makes: as with an instruction, the call has succeeded
    where the observed scene shows that, not where a server says so. It is tried once; a person's takeover ends it.

    Args:
        believed: what earlier calls made that no scene shows; give the same one to the next call.
    """

    believed: Believed = field(default_factory=Believed)

    def _run(self) -> Loop:
        self._believed = self.believed
        self._agreed = None
        self.scene = self._believed.added_to(self.scene)
        self._progress = Progress(self.scene)
        self.messages = [Message("user", f"Scene:\n{scene_text(self.scene)}"), Message("assistant", self.instruction)]
        # It is not the model's: nothing to learn from.
        self.refused = [1]
        try:
            call = self._checked()
            outcome = yield from self._carry_out(call)
        except CallRefused as error:
            self._refused(error, self.instruction)
            return self.ended(Outcome.FAILED, error.code, error.message)
        except TookOver as took:
            return self._taken_over(took)
        if isinstance(outcome, EpisodeResult):
            return outcome
        self.messages.append(Message("user", result_line(outcome)))
        if not outcome.ok:
            ended = Outcome.TIMEOUT if outcome.status is ResultStatus.TIMEOUT else Outcome.FAILED
            return self.ended(ended, outcome.code or "FAILED", outcome.message)
        return self._verified()

    def _checked(self) -> Call:
        """Raises CallRefused."""
        thought, call = read_call(self.instruction, self.library, self.scene)
        if call.skill in BUILT_IN:
            raise CallRefused("UNKNOWN_SKILL", f"'{call.skill}' is for the language model alone")
        self._tell(EventKind.CALL, self.instruction, thought=plain(thought), call=str(call))
        refuse_unmet(call, self.library, self.scene)
        self.goal = Goal((self.library[call.skill].made(call) or (did_atom(call),),))
        self._tell(EventKind.GOAL, str(self.goal))
        return call

    def _verified(self) -> EpisodeResult:
        if missing := self._missing:
            text = f"the server says ok, but the scene does not show {', '.join(map(str, missing))}"
            return self.ended(Outcome.FAILED, "NOT_SHOWN", text)
        return self.ended(Outcome.SUCCEEDED, "", "")

    def _taken_over(self, took: TookOver) -> EpisodeResult:
        """What they left may be what was asked for; if not, it is for the caller to say what comes next."""
        if not self._take_back(took):
            return self.ended(Outcome.UNKNOWN, "SCENE_STALE", "no scene newer than the takeover")
        if missing := self._missing:
            text = f"{self.takeovers[-1].text}; the scene does not show {', '.join(map(str, missing))}"
            return self.ended(Outcome.FAILED, TAKEOVER, text)
        return self.ended(Outcome.SUCCEEDED, "", "")

    @property
    def _missing(self) -> tuple[Atom, ...]:
        assert isinstance(self.goal, Goal)
        return unmet(self.goal.steps[0], self.scene, self._progress.done)
