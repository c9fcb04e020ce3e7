# SPDX-License-Identifier: Apache-2.0
"""Run by torchrun: a model whose weights are split over processes learns, is saved and goes on as a whole one does.

Prints the losses of both on the main process.
"""

import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from peft import LoraConfig, get_peft_model
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

from agent_planner.tuning.training.checkpoint import learned_weights, load_checkpoint, save_checkpoint
from agent_planner.tuning.training.loss import pass_loss
from agent_planner.tuning.training.packing import tree_passes
from agent_planner.tuning.training.train import parameter_groups
from agent_planner.tuning.training.tree_attention import register
from tests.tuning.training.test_packing import SAMPLES, WORDS
from tests.tuning.training.tiny import tiny_model


def made(full: bool, split: bool):
    model = tiny_model("qwen3", WORDS)
    model.set_attn_implementation(register())
    torch.manual_seed(1)
    inner = model
    if not full:
        model = get_peft_model(model, LoraConfig(r=4, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM"))
    if split:
        # As accelerate does it: a unit for each layer, one for what the output needs, one for the rest.
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        for layer in inner.model.layers:
            fully_shard(layer, mesh=mesh)
        tail = [inner.model.norm, inner.get_input_embeddings(), inner.get_output_embeddings()]
        fully_shard(tail, mesh=mesh, reshard_after_forward=False)
        fully_shard(model, mesh=mesh)
    return model, torch.optim.AdamW(parameter_groups(model, 0.1), lr=1e-2)


def learn(model, optimizer, steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        losses.append(0.0)
        for packed in tree_passes(SAMPLES, 100):
            loss = pass_loss(model, model.get_output_embeddings(), packed, torch.float32)
            loss.backward()
            losses[-1] += float(loss.detach())
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return losses


def main() -> None:
    full, file = sys.argv[1] == "full", Path(sys.argv[2])
    dist.init_process_group("gloo")
    whole = learn(*made(full, split=False), 4)
    model, optimizer = made(full, split=True)
    parts = learn(model, optimizer, 2)
    save_checkpoint(file, learned_weights(model), model, optimizer, {"step": 2}, dist.get_rank() == 0)
    dist.barrier()
    model, optimizer = made(full, split=True)
    place = load_checkpoint(file, model, optimizer)
    parts += learn(model, optimizer, 2)
    if dist.get_rank() == 0:
        print(json.dumps({"whole": whole, "parts": parts, "place": place}))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
