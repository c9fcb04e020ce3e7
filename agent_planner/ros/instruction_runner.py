# SPDX-License-Identifier: Apache-2.0
"""One instruction, or one call, from its acceptance to its verdict: model, scene, episode, record."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.agent.autonomy import AutonomySwitch
from agent_planner.agent.believed import Believed
from agent_planner.agent.driver import Driver
from agent_planner.agent.events import Event, EventKind, told
from agent_planner.agent.loop import Episode
from agent_planner.agent.requests import Question
from agent_planner.agent.result import EpisodeResult
from agent_planner.agent.rollout import Rollout
from agent_planner.agent.single_call import SingleCall, source_of
from agent_planner.agent.takeover import Takeovers
from agent_planner.errors import ModelError, UserError
from agent_planner.llm.base import ChatModel
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.recording.episode import EpisodeRecorder, new_episode_id
from agent_planner.ros.dispatcher import SkillDispatcher
from agent_planner.ros.instruction_server import Job
from agent_planner.ros.model_loader import ModelLoader
from agent_planner.ros.operator_desk import OperatorDesk
from agent_planner.ros.planner_parameters import PlannerParameters
from agent_planner.ros.safe_record import SafeRecord
from agent_planner.ros.scene_source import TopicSceneSource
from agent_planner.ros.status_board import LOADING_MODEL, StatusBoard
from agent_planner.ros.topic_recorder import TopicRecorder
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

    ``clock`` gives ROS time in seconds; ``complain`` logs what is wrong but ends nothing; ``believed`` is what calls
    made since the last instruction and no scene shows.
    """

    parameters: PlannerParameters
    library: SkillLibrary
    judge: Judge
    loader: ModelLoader
    scenes: TopicSceneSource
    dispatcher: SkillDispatcher
    desk: OperatorDesk
    board: StatusBoard
    topics: TopicRecorder
    clock: Callable[[], float]
    autonomy: AutonomySwitch
    takeovers: Takeovers
    complain: Callable[[str], object]
    believed: Believed = field(default_factory=Believed)

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
            model = self._model(job)
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
        try:
            level = self.autonomy.for_instruction(Autonomy(job.request.autonomy) if job.request.autonomy else None)
        except UserError as error:
            return aborted("malformed", _Result.MALFORMED, str(error))
        return verdict_of(self._run(job, episode_id, model, scene, level), episode_id)

    def _model(self, job: Job) -> ChatModel | None:
        """Wait for the model.

        A call needs none, but while one is being loaded no heartbeat goes out, and nothing may move.
        """
        try:
            model = self.loader.wait(job.cancel, lambda progress: self._loading(job, progress))
        except ModelError:
            if not job.is_call:
                raise
            return ScriptedModel([], "none")
        return ScriptedModel([], "none") if job.is_call and model is not None else model

    def _episode(self, job: Job, scene: SceneGraph, autonomy: Autonomy, tell: "_Teller") -> Episode:
        config = self.parameters.loop_config(autonomy, job.request.check_plan)
        given = (self.library, job.request.instruction, scene, config, tell.event, self.clock, self.judge)
        if not job.is_call:
            self.believed = Believed()
            return Episode(*given)
        # What is imagined is not believed afterwards.
        return SingleCall(*given, believed=Believed() if autonomy is Autonomy.PLAN_ONLY else self.believed)

    def _run(
        self, job: Job, episode_id: str, model: ChatModel, scene: SceneGraph, level: Callable[[], Autonomy]
    ) -> EpisodeResult:
        autonomy = level()
        source = source_of(job.request.instruction) if job.is_call else "model"
        record = self._record(job, episode_id, model, autonomy, source)
        tell = _Teller(job, self.board, record, self.clock)
        episode = self._episode(job, scene, autonomy, tell)
        if autonomy is Autonomy.PLAN_ONLY:
            world = Rollout(scene, self.library)
            driver = Driver(model, world.gated(self.judge), world, world, job.cancel)
        else:
            episode.autonomy = level
            gate = self._gate(self.takeovers.interrupt(job.cancel), episode, tell)
            driver = Driver(model, gate, self.scenes, self.desk, job.cancel, self.takeovers)
        try:
            if record.folder is not None:
                self.topics.begin(record.folder)
            with closing(tell):
                result = driver.run(episode, episode_id)
            if result.outcome is Outcome.CANCELLED and job.outcome is not None:
                result = replace(result, outcome=job.outcome, message=job.reason)
            # Told already here, so that the recording has it, too.
            self.board.end(result.outcome.value)
        finally:
            recording = self.topics.end()
        # The scene at the end of a plan is imagined.
        seen = None if autonomy is Autonomy.PLAN_ONLY else episode.scene
        record.finish(
            job.request.instruction, episode.messages, episode.refused, result, seen, episode.earlier, recording
        )
        return result

    def _gate(self, interrupt: threading.Event, episode: Episode, tell: "_Teller") -> Gate:
        """What stands between this episode and the robot's servers."""

        def ask(text: str) -> str | None:
            step = episode.at_turn
            tell.event(Event(EventKind.QUESTION, step, text))
            answer = self.desk.ask(Question("approve_call", text, ("yes", "no")), interrupt)
            tell.event(Event(EventKind.QUESTION, step, f"answered: {answer or 'nothing'}", data={"answer": answer}))
            return answer

        return Gate(
            self.dispatcher,
            self.library,
            self.judge,
            ask,
            lambda: self.scenes.observe(interrupt),
            asked_before=lambda: episode.approved,
        )

    def _record(self, job: Job, episode_id: str, model: ChatModel, autonomy: Autonomy, source: str) -> SafeRecord:
        recorder = None
        if self.parameters.runs_folder:
            recorder = EpisodeRecorder(Path(self.parameters.runs_folder).expanduser() / episode_id, episode_id)
        record = SafeRecord(recorder, self.complain)
        policy = self.judge.policy
        known = {
            "instruction": job.request.instruction,
            "autonomy": autonomy.value,
            "source": source,
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
    """An event as the client's message has it."""
    return ExecuteInstruction.Feedback(**vars(told(event)))
