# SPDX-License-Identifier: Apache-2.0
"""Tunes a causal language model on conversations, on one device or, by accelerate, on several.

Loss on the model's turns only, as in AgentTuning (Zeng et al. 2023, arXiv 2310.12823). The loss of a step is the mean
over the learned tokens of all its records, each by its weight: with data mixed at η it estimates the paper's
J = η·E_agent[log π(y|x)] + (1 - η)·E_general[log π(y|x)] up to a factor, since log π(y|x) is itself a sum over tokens,
so a longer answer counts more. It depends neither on how records are packed nor on how many devices there are.

A run that is killed goes on from its last checkpoint, on one device bit for bit as if it had not been: the data have a
place, and dropout is seeded by the step.
"""

import math
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DistributedType
from accelerate.utils import broadcast_object_list
from peft import PeftModel
from torch.utils.data import DataLoader

from agent_planner.errors import UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.weights import end_tokens, quieten
from agent_planner.tuning.scenarios.scenario import stable_seed
from agent_planner.tuning.training.checkpoint import learned_weights, load_checkpoint, save_checkpoint
from agent_planner.tuning.training.config import TrainConfig
from agent_planner.tuning.training.encode import Encoder, Sample
from agent_planner.tuning.training.journal import Journal
from agent_planner.tuning.training.lora import Adapter, adapter_of, check_base
from agent_planner.tuning.training.loss import pass_loss
from agent_planner.tuning.training.model import (
    compute_format,
    find_base,
    load_model,
    load_tokenizer,
    packs_trees,
    save_adapter,
    save_full,
    save_merged,
)
from agent_planner.tuning.training.packing import Pass, padded_passes, tree_passes
from agent_planner.tuning.training.run_file import begun_dtype, begun_with, check_run, end_run, write_run
from agent_planner.tuning.training.schedule import learning_rate, warmup_steps
from agent_planner.tuning.training.sources import Item, RecordSource, SeedSource, Source

_MOST_WORKERS = 12
Figures = dict[str, float]


class Trainer:
    """Owns model, optimizer and the place in the data: which item (``place``) of which ``index`` comes next.

    Args:
        config: what it is told.
        out: folder of the run: ``run.json``, ``checkpoint.pt``, ``log.jsonl``, ``tensorboard/``, ``loss.png``, and
            ``adapter/`` or ``model/``.

    Attributes:
        step: how many are done.
        steps: how many there are.
        tokens: computed so far (``computed_tokens`` in the log): what records share counts once in a pass, what fills
            rows up counts, too. Those of the data are in ``counts``.
        counts: of the data, where they are files.
        held_counts: of what is evaluated.
        adapter: what is learned; None: all weights.
        main: whether this process is the one that writes.
    """

    def __init__(self, config: TrainConfig, out: Path):
        self.config = config
        self.out = out
        self.step = 0
        self.index = 0
        self.place = 0
        self.tokens = 0
        self.seconds = 0.0
        self.counts: dict[str, Any] = {}
        self.held_counts: dict[str, Any] = {}
        self.adapter: Adapter | None = None

    def setup(self, progress: Progress | None = None) -> None:
        """Read the data, load the base, and take up the last checkpoint if there is one."""
        report = progress or (lambda text, fraction: None)
        quieten()
        self.accelerator = Accelerator()
        self.main = self.accelerator.is_main_process
        self.base = find_base(self.config, report)
        if self.config.start_adapter is not None:
            check_base(self.config.start_adapter, *self.base)
        weights = begun_with(self.base.source, self.config.start_adapter)
        if self._checkpoint.exists():
            check_run(self.out, self.config, weights)
        self.format = self._chosen_format()
        self.tokenizer = load_tokenizer(self.base)
        self.trees = packs_trees(self.config, self.base)
        self._read_data(report)
        report(f"loading {self.base.name}", 0.5)
        self._load()
        self.out.mkdir(parents=True, exist_ok=True)
        if self._checkpoint.exists():
            self._resume()
        elif self.main:
            write_run(self.out, self.config, weights, self._facts())
        if self.main:
            self.journal = Journal(self.out, self.step)

    def _chosen_format(self) -> torch.dtype:
        """One for all processes, and to the end of a run: what `auto` measures may be another each time."""
        chosen: list[Any] = [None]
        if self.main:
            begun = begun_dtype(self.out) if self._checkpoint.exists() else None
            chosen = [getattr(torch, begun) if begun else compute_format(self.config, self.accelerator.device.type)]
        return broadcast_object_list(chosen)[0]

    def _facts(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "eval_counts": self.held_counts,
            "adapter": self.adapter and self.adapter._asdict(),
            "steps": self.steps,
            "packing": "tree" if self.trees else "padded",
            "dtype": str(self.format).removeprefix("torch."),
        }

    def _read_data(self, report: Progress) -> None:
        c = self.config
        encoder = Encoder(self.tokenizer, c.forced_weight, c.verdict_weight)
        self.source: Source
        if c.data:
            records = RecordSource(c.data, encoder, c.max_tokens, c.too_long == "drop", report)
            self.source, self.counts, self._end = records, records.counts, len(records.items) * c.epochs
            self.steps = min(c.steps or sys.maxsize, math.ceil(self._end / c.batch))
        else:
            self.source, self._end = SeedSource(c.seed, c.seeds, encoder), sys.maxsize
            self.steps = c.steps or c.seeds.steps
        warmup_steps(c, self.steps)  # before anything long
        self._held_passes: list[Pass] = []
        if c.eval_data:
            held = RecordSource(c.eval_data, encoder, c.max_tokens, c.too_long == "drop", report, held_out=True)
            self.held_counts = held.counts
            self._held_passes = self._passes([s for item in held.items for s in item])

    def _load(self) -> None:
        c = self.config
        torch.manual_seed(c.seed)
        model = load_model(c, self.base, self.trees, self.format)
        self._check_end(model)
        self.adapter = adapter_of(model) if isinstance(model, PeftModel) else None
        self._head: torch.nn.Module = model.get_output_embeddings()  # type: ignore[operator]
        self._whole = model
        groups = parameter_groups(model, c.weight_decay)
        optimizer = torch.optim.AdamW(groups, lr=c.learning_rate, betas=c.betas, eps=c.epsilon)
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer)
        self.model.train()
        self.learned = [p for p in self.model.parameters() if p.requires_grad]

    def _check_end(self, model: Any) -> None:
        """Run time must stop at the token that training teaches as the end of a turn."""
        sample = next(item[0] for index in range(sys.maxsize) for item in self.source[index] if item)
        end = int(sample.tokens[-1])
        if end not in end_tokens(model, self.tokenizer):
            raise UserError(
                f"{self.base.name}: its chat template ends a turn with {self.tokenizer.decode([end])!r}, which neither "
                "its tokenizer nor its generation_config.json (eos_token_id) calls an end; mend one of them"
            )

    @property
    def _checkpoint(self) -> Path:
        return self.out / "checkpoint.pt"

    def _resume(self) -> None:
        saved = load_checkpoint(self._checkpoint, self.model, self.optimizer.optimizer)
        self.step, self.index, self.place = (int(saved[name]) for name in ("step", "index", "place"))
        self.tokens, self.seconds = int(saved["tokens"]), saved["seconds"]

    def save(self) -> None:
        """Write the adapter and the checkpoint, each whole or not at all, and draw the losses."""
        learned = learned_weights(self.model)
        if self.main:
            # Before the checkpoint: a run whose checkpoint is the last one has its result.
            if not self.config.full or self.step == self.steps:
                self._write(learned)
            self.journal.draw()
        place = {name: getattr(self, name) for name in ("step", "index", "place", "tokens", "seconds")}
        save_checkpoint(self._checkpoint, learned, self.model, self.optimizer.optimizer, place, self.main)
        self.accelerator.wait_for_everyone()

    @property
    def _learned_folder(self) -> Path:
        return self.out / ("model" if self.config.full else "adapter")

    def _write(self, learned: Mapping[str, torch.Tensor]) -> None:
        if self.config.full:
            save_full(self.base, learned, self.tokenizer, self._learned_folder)
        else:
            save_adapter(self._whole, learned, self.base, self._learned_folder)  # type: ignore[arg-type]

    @property
    def result(self) -> Path:
        """The folder to load: the merged or whole model, or the adapter."""
        return self.out / ("model" if self.config.full or self.config.merge else "adapter")

    def run(self) -> Iterator[Figures]:
        """Train to the last step; yields the figures of each."""
        c = self.config
        if self.step == self.steps:
            # Somebody may have taken the result away.
            learned = learned_weights(self.model)
            if self.main and not self._learned_folder.exists():
                self._write(learned)
        items = self._items()
        while self.step < self.steps:
            began = time.monotonic()
            batch = list(islice(items, c.batch if c.data else c.seeds.trees))
            figures = self._learn([sample for item in batch for sample in item])
            self.seconds += time.monotonic() - began
            figures |= {"computed_tokens": self.tokens, "seconds": self.seconds}
            if self._held_passes and (self.step % c.eval_every == 0 or self.step == self.steps):
                figures["eval_loss"] = self._evaluate()
            if self.main:
                self.journal.add(figures)
            if self.step % c.save_every == 0 or self.step == self.steps:
                self.save()
            yield figures
        self._finish()

    def _finish(self) -> None:
        if self.main:
            self.journal.close()
            if self.config.merge:
                save_merged(self.base, self.out / "adapter", self.tokenizer, self.out / "model")
            end_run(self.out)
        self.accelerator.end_training()

    def _items(self) -> Iterator[Item]:
        # A GPU is faster than one process that makes its data; on a CPU the processors are the model's.
        drawn_for_gpu = not self.config.data and self.accelerator.device.type == "cuda"
        workers = min(_MOST_WORKERS, os.cpu_count() or 1) if drawn_for_gpu else 0
        indices = range(self.index, self._end)
        loader = DataLoader(self.source, None, sampler=indices, num_workers=workers)  # type: ignore[arg-type]
        for items in loader:
            for item in items[self.place :]:
                self.place += 1
                yield item
            self.index, self.place = self.index + 1, 0

    def _learn(self, samples: Sequence[Sample]) -> Figures:
        """One step of the optimizer; returns its loss and rate."""
        rank, processes = self.accelerator.process_index, self.accelerator.num_processes
        torch.manual_seed(stable_seed("step", self.config.seed, self.step, rank))
        rate = learning_rate(self.config, self.step, self.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        passes = self._passes(samples)
        # Every process packs the same passes and computes its share, all equally many: they wait for each other.
        total = sum(float(p.weights.sum()) for p in passes)
        rounds = math.ceil(len(passes) / processes)
        loss = torch.zeros((), device=self.accelerator.device)
        for number in range(rounds):
            place = number * processes + rank
            with self._joining(number == rounds - 1):
                share = self._loss(passes[place]) / total if place < len(passes) else self._loss(passes[0]) * 0.0
                # Gradients are averaged over the processes.
                self.accelerator.backward(share * processes)
            loss += share.detach()
        self.accelerator.clip_grad_norm_(self.learned, self.config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += sum(p.inputs["input_ids"].numel() for p in passes)
        return {"step": self.step, "loss": self._summed(loss), "rate": rate}

    def _joining(self, last: bool) -> AbstractContextManager[Any]:
        """Where every process holds the whole model, gradients are exchanged once a step."""
        spread = self.accelerator.distributed_type is DistributedType.FSDP
        return nullcontext() if last or spread else self.accelerator.no_sync(self.model)

    def _summed(self, loss: torch.Tensor) -> float:
        return float(self.accelerator.reduce(loss, "sum"))  # type: ignore[arg-type]

    def _passes(self, samples: Sequence[Sample]) -> list[Pass]:
        share = math.ceil(sum(map(len, samples)) / self.accelerator.num_processes)
        limit = min(self.config.pass_tokens, share)
        return tree_passes(samples, limit) if self.trees else padded_passes(samples, limit)

    def _loss(self, packed: Pass) -> torch.Tensor:
        return pass_loss(self.model, self._head, packed, self.format)

    @torch.no_grad()
    def _evaluate(self) -> float:
        """The loss of the evaluation's records, a mean over learned tokens."""
        self.model.eval()
        rank, processes = self.accelerator.process_index, self.accelerator.num_processes
        loss = torch.zeros((), device=self.accelerator.device)
        for number in range(0, len(self._held_passes), processes):
            place = number + rank
            share = self._loss(self._held_passes[min(place, len(self._held_passes) - 1)])
            loss += share if place < len(self._held_passes) else 0.0
        self.model.train()
        return self._summed(loss) / sum(float(p.weights.sum()) for p in self._held_passes)


def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """What is learned, as groups of AdamW's: norms and biases (vectors) do not decay, as in transformers' Trainer."""
    learned = [p for p in model.parameters() if p.requires_grad]
    matrices, vectors = ([p for p in learned if (p.ndim > 1) is wanted] for wanted in (True, False))
    groups = {"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}
    return [group for group in groups if group["params"]]  # an adapter has matrices alone
