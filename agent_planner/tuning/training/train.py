# SPDX-License-Identifier: Apache-2.0
"""LoRA on a causal language model, trained on trees. Resumable; the same seed gives the same data in the same order.

LoRA: Hu et al. 2021 (arXiv 2106.09685). Loss on the model's turns only, as in AgentTuning (arXiv 2310.12823).
"""

import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset
from transformers import AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerBase

from agent_planner.llm.weights import number_format, quieten
from agent_planner.tuning.training.encode import Encoded, encode
from agent_planner.tuning.training.train_config import TrainConfig
from agent_planner.tuning.training.tree_attention import register
from agent_planner.tuning.training.trees import trees

_LINEARS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_MOST_WORKERS = 12


class _Samples(Dataset):
    """The encoded trees of an index; what holds nothing to learn is left out."""

    def __init__(self, config: TrainConfig, tokenizer: PreTrainedTokenizerBase):
        self._config = config
        self._tokenizer = tokenizer

    def __getitem__(self, index: int) -> list[Encoded]:
        c = self._config
        made = trees(c.seed, index, c.branches, c.episodes)
        encoded = (encode(tree, self._tokenizer, c.max_tokens) for tree in made)
        return [sample for sample in encoded if sample.weight.sum() > 0]


class Trainer:
    """Owns model, optimizer and the place in the data: which tree (``place``) of which ``index`` comes next."""

    def __init__(self, config: TrainConfig):
        self.config = config
        self.step = 0
        self.index = 0
        self.place = 0

    def setup(self) -> None:
        """Load the base, add the adapter, and take up the last checkpoint if there is one."""
        quieten()
        torch.manual_seed(self.config.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = AutoTokenizer.from_pretrained(self.config.base)
        # The frozen base in the processor's fast format; peft keeps what is learned in fp32.
        self.format = number_format(self.device.type)
        base = LlamaForCausalLM.from_pretrained(self.config.base, dtype=self.format, attn_implementation=register())
        self.model = self._adapted(base).to(self.device)
        # The same modules: the adapter's layers are put into the base in place.
        self.llama = base
        self.learned = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.learned,
            lr=self.config.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=self.config.weight_decay,
        )
        self.config.out.mkdir(parents=True, exist_ok=True)
        (self.config.out / "train_config.json").write_text(self.config.model_dump_json(indent=2))
        if self._checkpoint.exists():
            self._resume()

    def _adapted(self, base: LlamaForCausalLM) -> PeftModel:
        if self.config.start_adapter is not None:
            return PeftModel.from_pretrained(base, str(self.config.start_adapter), is_trainable=True)
        layers = list(range(self.config.first_layer, base.config.num_hidden_layers))
        lora = LoraConfig(
            r=self.config.rank,
            lora_alpha=self.config.alpha,
            target_modules=list(_LINEARS),
            layers_to_transform=layers,
            task_type="CAUSAL_LM",
        )
        return get_peft_model(base, lora)  # type: ignore[return-value]

    @property
    def _checkpoint(self) -> Path:
        return self.config.out / "checkpoint.pt"

    def _resume(self) -> None:
        saved = torch.load(self._checkpoint, map_location=self.device, weights_only=True)
        for parameter, value in zip(self.learned, saved["learned"], strict=True):
            parameter.data.copy_(value)
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.index, self.place = saved["step"], saved["index"], saved["place"]

    def save(self) -> None:
        """Write checkpoint and adapter (bf16), each whole or not at all."""
        state = {
            "learned": [p.detach().cpu() for p in self.learned],
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "index": self.index,
            "place": self.place,
        }
        partial = self._checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self._checkpoint)
        self.model.peft_config["default"].base_model_name_or_path = self.config.base_name or self.config.base
        # PEFT would ask the hub for the base whether its vocabulary has grown; ours has not.
        self.model.save_pretrained(str(self.config.out / "adapter"), save_embedding_layers=False)
        file = self.config.out / "adapter" / "adapter_model.safetensors"
        halved = {k: v.to(torch.bfloat16).contiguous() for k, v in load_file(file).items()}
        save_file(halved, file.with_suffix(".partial"), metadata={"format": "pt"})
        file.with_suffix(".partial").chmod(0o644)  # safetensors makes it the owner's alone
        os.replace(file.with_suffix(".partial"), file)

    def run(self) -> Iterator[dict[str, float]]:
        """Train to the last step; yields the figures of each."""
        data = self._samples()
        began = time.monotonic()
        tokens = 0
        while self.step < self.config.steps:
            rate = self._rate()
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            samples = list(islice(data, self.config.trees_per_step))
            tokens += sum(len(s.tokens) for s in samples)
            # A GPU has room for all trees at once; one by one it would spend its time on starting kernels.
            parts = [samples] if self.device.type == "cuda" else [[s] for s in samples]
            loss = sum(self._backward(part) for part in parts)
            torch.nn.utils.clip_grad_norm_(self.learned, self.config.clip)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            self.step += 1
            figures = {
                "step": self.step,
                "loss": loss,
                "rate": rate,
                "tokens": tokens,
                "seconds": time.monotonic() - began,
            }
            with (self.config.out / "log.jsonl").open("a") as log:
                log.write(json.dumps(figures) + "\n")
            if self.step % self.config.save_every == 0 or self.step == self.config.steps:
                self.save()
            yield figures

    def _samples(self) -> Iterator[Encoded]:
        # A GPU is faster than one process that makes its data; on a CPU the processors are the model's.
        workers = min(_MOST_WORKERS, os.cpu_count() or 1) if self.device.type == "cuda" else 0
        indices = range(self.index, sys.maxsize)
        loader = DataLoader(_Samples(self.config, self.tokenizer), None, sampler=indices, num_workers=workers)
        for samples in loader:
            for sample in samples[self.place :]:
                self.place += 1
                yield sample
            self.index, self.place = self.index + 1, 0

    def _rate(self) -> float:
        c = self.config
        if self.step < c.warmup_steps:
            return c.learning_rate * (self.step + 1) / c.warmup_steps
        done = (self.step - c.warmup_steps) / max(1, c.steps - c.warmup_steps)
        return c.learning_rate * (c.final_fraction + (1 - c.final_fraction) * (1 + math.cos(math.pi * done)) / 2)

    def _backward(self, samples: Sequence[Encoded]) -> float:
        """Add the gradients of these trees; returns their share of the step's loss (the mean over its trees)."""
        llama = self.llama
        tokens = torch.cat([s.tokens for s in samples]).to(self.device)
        # In a tree the weights of the tokens sum to 1.
        weights = torch.cat([s.weight / s.weight.sum() for s in samples]) / self.config.trees_per_step
        # A branch's first tokens carry no loss, so the token before one that does is always of the same branch.
        chosen = (weights > 0).nonzero()[:, 0].to(self.device)
        ends = accumulate(len(s.tokens) for s in samples)
        bounds = tuple(tuple(end - len(s.tokens) + b for b in s.bounds()) for s, end in zip(samples, ends, strict=True))
        with torch.autocast(self.device.type, self.format, enabled=self.format != torch.float32):
            hidden = llama.model(
                input_ids=tokens[None],
                position_ids=torch.cat([s.positions for s in samples])[None].to(self.device),
                use_cache=False,
                bounds=bounds,
            ).last_hidden_state[0]
            logits = llama.lm_head(hidden[chosen - 1])
        each = cross_entropy(logits.float(), tokens[chosen], reduction="none")
        loss = (each * weights.to(self.device)[chosen]).sum()
        loss.backward()
        return float(loss.detach())
