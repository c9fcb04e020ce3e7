# SPDX-License-Identifier: Apache-2.0
"""One instruction from its acceptance to its verdict: model, scene, episode, record."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.agent.driver import Driver
from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.loop import Episode
from agent_planner.agent.requests import Question
from agent_planner.agent.result import EpisodeResult
from agent_planner.agent.rollout import Rollout
from agent_planner.errors import ModelError
from agent_planner.llm.base import ChatModel
from agent_planner.recording.episode import EpisodeRecorder, new_episode_id
from agent_planner.ros.dispatcher import SkillDispatcher
from agent_planner.ros.instruction_server import Job
from agent_planner.ros.model_loader import ModelLoader
from agent_planner.ros.operator_desk import OperatorDesk
from agent_planner.ros.planner_parameters import PlannerParameters
from agent_planner.ros.safe_record import SafeRecord
from agent_planner.ros.scene_source import TopicSceneSource
from agent_planner.ros.status_board import LOADING_MODEL, StatusBoard
from agent_planner.ros.verdict import Verdict, aborted, stopped, verdict_of
from agent_planner.safety.gate import Gate
from agent_planner.safety.judge import Judge
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.types import Autonomy, Outcome

_Result = ExecuteInstruction.Result


@dataclass
class InstructionRunner:
    """The parts that an instruction needs.

    ``clock`` gives ROS time in seconds; ``complain`` logs what is wrong but ends nothing.
    """

    parameters: PlannerParameters
    library: SkillLibrary
    judge: Judge
    loader: ModelLoader
    scenes: TopicSceneSource
    dispatcher: SkillDispatcher
    desk: OperatorDesk
    board: StatusBoard
    clock: Callable[[], float]
    autonomy: Callable[[], Autonomy]
    complain: Callable[[str], object]

    def carry_out(self, job: Job) -> Verdict:
        """Run a job in this thread until its end is certain."""
        episode_id = new_episode_id()
        self.dispatcher.begin()
        self.desk.episode_id = episode_id
        self.board.begin(episode_id, job.request.instruction)
        verdict = aborted("unknown", _Result.UNKNOWN, "an error inside the planner; its log has the details")
        try:
            verdict = self._verdict(job, episode_id)
        finally:
            self.board.end(verdict.outcome)
        return verdict

    def _verdict(self, job: Job, episode_id: str) -> Verdict:
        try:
            model = self.loader.wait(job.cancel, lambda progress: self._loading(job, progress))
        except ModelError as error:
            return aborted("failed", _Result.MODEL_ERROR, str(error))
        if model is None:
            return stopped(job.outcome or Outcome.CANCELLED, job.reason)
        scene = self.scenes.current(job.cancel)
        if job.cancel.is_set():
            return stopped(job.outcome or Outcome.CANCELLED, job.reason)
        if scene is None:
            text = f"no usable scene on '{self.scenes.topic}': {self.scenes.trouble}"
            return aborted("unknown", _Result.SCENE_STALE, text)
        return verdict_of(self._run(job, episode_id, model, scene), episode_id)

    def _run(self, job: Job, episode_id: str, model: ChatModel, scene: SceneGraph) -> EpisodeResult:
        autonomy = Autonomy(job.request.autonomy) if job.request.autonomy else self.autonomy()
        config = self.parameters.loop_config(autonomy, job.request.check_plan)
        record = self._record(episode_id, model, autonomy)
        tell = _Teller(job, self.board, record, self.clock)
        said = job.request.instruction
        episode = Episode(self.library, said, scene, config, tell.event, self.clock, self.judge)
        if autonomy is Autonomy.PLAN_ONLY:
            world = Rollout(scene, self.library)
            driver = Driver(model, world.gated(self.judge), world, world, job.cancel)
        else:
            driver = Driver(model, self._gate(job, episode, tell), self.scenes, self.desk, job.cancel)
        result = driver.run(episode, episode_id)
        tell.close()
        if result.outcome is Outcome.CANCELLED and job.outcome is not None:
            result = replace(result, outcome=job.outcome, message=job.reason)
        # The scene at the end of a plan is imagined.
        seen = None if autonomy is Autonomy.PLAN_ONLY else episode.scene
        record.finish(job.request.instruction, episode.messages, episode.refused, result, seen, episode.earlier)
        return result

    def _gate(self, job: Job, episode: Episode, tell: "_Teller") -> Gate:
        """What stands between this episode and the robot's servers."""

        def ask(text: str) -> str | None:
            step = max(0, episode.counts.turns - 1)
            tell.event(Event(EventKind.QUESTION, step, text))
            answer = self.desk.ask(Question("approve_call", text, ("yes", "no")), job.cancel)
            tell.event(Event(EventKind.QUESTION, step, f"answered: {answer or 'nothing'}", data={"answer": answer}))
            return answer

        return Gate(
            self.dispatcher,
            self.library,
            self.judge,
            ask,
            lambda: self.scenes.observe(job.cancel),
            asked_before=episode.config.autonomy is Autonomy.CONFIRM,
        )

    def _record(self, episode_id: str, model: ChatModel, autonomy: Autonomy) -> SafeRecord:
        recorder = None
        if self.parameters.runs_folder:
            recorder = EpisodeRecorder(Path(self.parameters.runs_folder).expanduser() / episode_id, episode_id)
        record = SafeRecord(recorder, self.complain)
        policy = self.judge.policy
        known = {
            "autonomy": autonomy.value,
            "model": model.name,
            "skills_file": str(self.parameters.library_path),
            "policy": policy.model_dump(mode="json", exclude_defaults=True) if policy else None,
        }
        record.open(self.parameters.as_dict() | known)
        return record

    def _loading(self, job: Job, progress: str) -> None:
        self.board.state(LOADING_MODEL)
        job.tell(ExecuteInstruction.Feedback(state=LOADING_MODEL, detail=progress))


class _Teller:
    """Hands each event to the client, the status topic and the record, one at a time and none after `close`.

    (A server's feedback comes in threads of the executor, perhaps after its result.)
    """

    def __init__(self, job: Job, board: StatusBoard, record: SafeRecord, clock: Callable[[], float]):
        self._job = job
        self._board = board
        self._record = record
        self._clock = clock
        self._lock = threading.Lock()
        self._closed = False

    def event(self, event: Event) -> None:
        with self._lock:
            if self._closed:
                return
            self._board.event(event)
            self._record.event(event, self._clock())
            if event.kind is not EventKind.ENDED:
                self._job.tell(feedback_of(event))

    def close(self) -> None:
        with self._lock:
            self._closed = True


def feedback_of(event: Event) -> ExecuteInstruction.Feedback:
    """An event as the client sees it; a goal stands in ``thought``, as the interface says."""
    is_goal = event.kind is EventKind.GOAL
    return ExecuteInstruction.Feedback(
        step=event.step,
        thought=event.text if is_goal else event.thought,
        call=event.call,
        state=event.kind.value,
        detail="" if is_goal or event.kind is EventKind.CALL else event.text,
    )
