# SPDX-License-Identifier: Apache-2.0
"""What is written as GGUF is read again: by transformers, and by the reader that the default base comes through."""

import hashlib
import json
import shutil

import pytest
import torch
from gguf import GGUFReader
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from agent_planner.errors import UserError
from agent_planner.llm.base import Message
from agent_planner.llm.chatml import render_conversation
from agent_planner.llm.default_model import default_adapter, default_base
from agent_planner.llm.gguf_llama import convert_gguf
from agent_planner.tuning.training.gguf_export import WeightType, export_gguf
from agent_planner.tuning.training.gguf_tokenizer import _LLAMA_3

ROWS = 330  # a few more than the tokenizer has words
TEXTS = (
    "<|im_start|>user\nput the red cube in the drawer<|im_end|>\n<|im_start|>assistant\n",
    'goal: in(cube, drawer)\n  navigate_to(target="größe ☺")  \n\nwe\'ll <look> again<look>',
)
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def made_tokenizer(pre_tokenizer=None, byte_level=True, ignore_merges=False):
    """Of some 300 words, SmolLM2's kind unless told otherwise; one added word is not special."""
    core = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    core.pre_tokenizer = pre_tokenizer or pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    core.decoder = decoders.ByteLevel()
    controls = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet() if byte_level else []
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=controls, initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator(["put the red cube in the drawer and drive to the desk"] * 3, trainer)
    core.add_tokens([AddedToken("<look>", normalized=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=controls[1],
        eos_token=controls[2],
        pad_token=controls[2],
        unk_token=controls[0],
        chat_template=CHATML,
        model_max_length=512,
    )


def save_llama(folder, tokenizer, **changes):
    """A Llama of two layers with random weights that bf16 holds exactly, grouped heads included."""
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 4, "num_key_value_heads": 2}
    tied = {"num_hidden_layers": 2, "max_position_embeddings": 512, "tie_word_embeddings": True}
    more = {"rope_parameters": {"rope_type": "default", "rope_theta": 50_000.0}, "vocab_size": ROWS}
    config = LlamaConfig(rms_norm_eps=1e-5, initializer_range=0.2, **shape | tied | more | changes)
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer():
    return made_tokenizer()


@pytest.fixture(scope="module")
def plain(tmp_path_factory, tokenizer):
    return save_llama(tmp_path_factory.mktemp("models") / "tiny", tokenizer)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory, plain):
    """A LoRA adapter of random weights on the tiny model, rank-stabilized, so that its scale is not alpha / r."""
    folder = tmp_path_factory.mktemp("adapters") / "tuned"
    torch.manual_seed(1)
    lora = LoraConfig(r=4, use_rslora=True, target_modules=["q_proj", "k_proj", "down_proj"], init_lora_weights=False)
    model = get_peft_model(LlamaForCausalLM.from_pretrained(plain, dtype=torch.float32), lora)
    model.peft_config["default"].base_model_name_or_path = str(plain)
    model.save_pretrained(str(folder))
    return folder


def silent(text, fraction):
    pass


def written(source, out, weights=WeightType.F32):
    size = export_gguf(str(source), out, weights, silent)
    assert size == out.stat().st_size
    assert [p.name for p in out.parent.iterdir()] == [out.name]
    return out


def read(file):
    return AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name, dtype=torch.float32).eval()


@torch.inference_mode()
def scores(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0]


@pytest.fixture
def ids(tokenizer):
    return tokenizer("".join(TEXTS))["input_ids"]


def test_f32_is_the_model_itself(plain, ids, tmp_path):
    model = AutoModelForCausalLM.from_pretrained(plain, dtype=torch.float32)
    assert torch.equal(scores(read(written(plain, tmp_path / "m.gguf")), ids), scores(model, ids))


def test_our_reader_gives_the_same_model_and_tokenizer(plain, tokenizer, ids, tmp_path):
    out, folder = written(plain, tmp_path / "m.gguf"), tmp_path / "read"
    folder.mkdir()
    convert_gguf(out, folder, silent)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert torch.equal(
        scores(model, ids), scores(AutoModelForCausalLM.from_pretrained(plain, dtype=torch.float32), ids)
    )
    again = AutoTokenizer.from_pretrained(folder)
    # This reader has no words that are added and not special: SmolLM2 has none.
    texts = [*(text.replace("<look>", "") for text in TEXTS), "cube 160 (27)"]
    assert [again(text)["input_ids"] for text in texts] == [tokenizer(text)["input_ids"] for text in texts]
    assert again.chat_template == CHATML
    assert (again.bos_token, again.eos_token, again.pad_token, again.unk_token) == (
        tokenizer.bos_token,
        tokenizer.eos_token,
        tokenizer.pad_token,
        tokenizer.unk_token,
    )


def test_transformers_reads_the_same_tokenizer(plain, tokenizer, tmp_path):
    """But for digits: it does not know the way of cutting that is called smollm."""
    out = written(plain, tmp_path / "m.gguf")
    again = AutoTokenizer.from_pretrained(str(tmp_path), gguf_file=out.name)
    assert [again(text)["input_ids"] for text in TEXTS] == [tokenizer(text)["input_ids"] for text in TEXTS]
    assert again.chat_template == CHATML


# How far scores are off, root mean square, as a share of the scores. These weights are bf16; q8_0 was 0.034 off.
@pytest.mark.parametrize(("weights", "share"), [("f16", 0.0), ("bf16", 0.0), ("q8_0", 0.04)])
def test_narrower_types_stay_near(plain, ids, tmp_path, weights, share):
    ours = scores(AutoModelForCausalLM.from_pretrained(plain, dtype=torch.float32), ids)
    out = written(plain, tmp_path / "m.gguf", WeightType(weights))
    theirs = scores(read(out), ids)
    assert (ours - theirs).square().mean().sqrt() <= share * ours.square().mean().sqrt()
    stored = {tensor.tensor_type.name for tensor in GGUFReader(out).tensors if len(tensor.shape) == 2}
    assert stored == {weights.upper()}


def test_an_adapter_is_merged_and_named_by_its_hash(plain, adapter, ids, tmp_path):
    base = AutoModelForCausalLM.from_pretrained(plain, dtype=torch.float32)
    merged = PeftModel.from_pretrained(base, str(adapter)).merge_and_unload()
    out = written(adapter, tmp_path / "m.gguf")
    assert torch.equal(scores(read(out), ids), scores(merged, ids))
    sha256 = hashlib.sha256((adapter / "adapter_model.safetensors").read_bytes()).hexdigest()
    fields = {key: field.contents() for key, field in GGUFReader(out).fields.items()}
    assert (
        f"tiny with the LoRA adapter tuned merged (adapter_model.safetensors, sha256 {sha256})"
        in (fields["general.description"])
    )
    assert (fields["general.name"], fields["general.base_model.0.name"]) == ("tiny + tuned", "tiny")
    assert str(plain.parent).encode() not in out.read_bytes()


def test_what_llama_cpp_asks_for_is_there(plain, tokenizer, tmp_path):
    out = written(plain, tmp_path / "m.gguf", WeightType.F16)
    fields = {key: field.contents() for key, field in GGUFReader(out).fields.items()}
    wanted = {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": "tiny",
        "general.file_type": 1,
        "llama.context_length": 512,
        "llama.embedding_length": 64,
        "llama.block_count": 2,
        "llama.feed_forward_length": 96,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
        "llama.rope.dimension_count": 16,
        "llama.rope.freq_base": 50_000.0,
        "llama.attention.layer_norm_rms_epsilon": pytest.approx(1e-5),
        "llama.vocab_size": ROWS,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.padding_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHATML,
    }
    assert {key: fields.get(key) for key in wanted} == wanted
    words, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    assert len(words) == len(kinds) == ROWS
    assert (kinds[:4], kinds[words.index("<look>")], kinds[-1]) == ([3, 3, 3, 1], 4, 5)


def test_a_model_with_an_output_matrix_of_its_own(tokenizer, ids, tmp_path):
    folder = save_llama(tmp_path / "untied", tokenizer, tie_word_embeddings=False)
    (tmp_path / "out").mkdir()
    out = written(folder, tmp_path / "out" / "m.gguf")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert torch.equal(scores(read(out), ids), scores(model, ids))


@pytest.mark.parametrize("name", ["gpt-2", "llama-bpe"])
def test_other_ways_of_cutting_are_found_too(tmp_path, name):
    """transformers knows these two, and cuts digits apart as the model's own tokenizer does."""
    by_words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pattern = pre_tokenizers.Split(Regex(_LLAMA_3), "isolated")
    by_pattern = pre_tokenizers.Sequence([pattern, pre_tokenizers.ByteLevel(use_regex=False, add_prefix_space=False)])
    tokenizer = made_tokenizer(by_pattern, ignore_merges=True) if name == "llama-bpe" else made_tokenizer(by_words)
    folder = save_llama(tmp_path / "model", tokenizer)
    (tmp_path / "out").mkdir()
    out = written(folder, tmp_path / "out" / "m.gguf")
    assert GGUFReader(out).fields["tokenizer.ggml.pre"].contents() == name
    again = AutoTokenizer.from_pretrained(str(out.parent), gguf_file=out.name)
    texts = [*TEXTS, "in 12345 DAYS we'LL see\r\n\r\n  them (27)!"]
    assert [again(text)["input_ids"] for text in texts] == [tokenizer(text)["input_ids"] for text in texts]


@pytest.fixture
def broken(plain, tmp_path):
    """A copy of the tiny model whose files a test may change."""
    return shutil.copytree(plain, tmp_path / "broken")


def change(file, **values):
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def refused(source, out, says, weights=WeightType.F32):
    with pytest.raises(UserError, match=says):
        export_gguf(str(source), out, weights, silent)
    assert not list(out.parent.glob("*.gguf*"))


def test_another_architecture_is_named(broken, tmp_path):
    change(broken / "config.json", model_type="qwen3", architectures=["Qwen3ForCausalLM"])
    refused(broken, tmp_path / "m.gguf", "architecture is 'qwen3', and only 'llama'.*convert_hf_to_gguf")


def test_scaled_positions_are_refused(broken, tmp_path):
    change(broken / "config.json", rope_parameters={"rope_type": "linear", "rope_theta": 5e4, "factor": 2.0})
    refused(broken, tmp_path / "m.gguf", "rope_type is 'linear', and only 'default'")


def test_another_kind_of_tokenizer_is_refused(tmp_path):
    folder = save_llama(tmp_path / "model", made_tokenizer(pre_tokenizers.Metaspace(), byte_level=False))
    refused(folder, tmp_path / "m.gguf", "not a byte-level BPE.*smollm, llama-bpe, gpt-2")


def test_rows_that_q8_0_cannot_hold_are_refused(tokenizer, tmp_path):
    folder = save_llama(tmp_path / "model", tokenizer, intermediate_size=40)
    refused(folder, tmp_path / "m.gguf", "has rows of 40 weights.*choose f16", WeightType.Q8_0)


def test_a_tokenizer_that_outgrew_its_model_is_refused(tokenizer, tmp_path):
    folder = save_llama(tmp_path / "model", tokenizer, vocab_size=64)
    refused(folder, tmp_path / "m.gguf", "the model 64; save both anew")


def test_an_adapter_that_changes_tied_embeddings_is_refused(plain, tmp_path):
    lora = LoraConfig(r=2, target_modules=["embed_tokens"], init_lora_weights=False)
    model = get_peft_model(LlamaForCausalLM.from_pretrained(plain), lora)
    model.save_pretrained(str(tmp_path / "adapter"))
    refused(tmp_path / "adapter", tmp_path / "m.gguf", "'model.embed_tokens.weight', which is not written")


def test_an_adapter_of_another_model_is_refused(adapter, tokenizer, tmp_path):
    other = save_llama(tmp_path / "other", tokenizer, hidden_size=32)
    moved = shutil.copytree(adapter, tmp_path / "moved")
    change(moved / "adapter_config.json", base_model_name_or_path=str(other))
    refused(moved, tmp_path / "m.gguf", "moved: this adapter does not fit other: ")


def test_what_is_not_there_is_said(plain, tmp_path):
    refused(tmp_path / "nowhere", tmp_path / "m.gguf", "there is no folder '.*nowhere'; give default")
    refused(plain, tmp_path / "no" / "m.gguf", "cannot write .*m.gguf: No such file or directory")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", tmp_path / "m.gguf", "holds no model")


def test_a_place_that_cannot_be_written_is_named(plain, tmp_path):
    out = tmp_path / "m.gguf"
    out.mkdir()
    with pytest.raises(UserError, match=r"cannot write .*m\.gguf: Is a directory"):
        export_gguf(str(plain), out, WeightType.F32, silent)
    assert [p.name for p in tmp_path.iterdir()] == ["m.gguf"]


def test_an_export_that_breaks_off_leaves_the_old_file(plain, tmp_path):
    out = tmp_path / "m.gguf"
    out.write_text("old")

    def breaks_off(text, fraction):
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_gguf(str(plain), out, WeightType.F32, breaks_off)
    assert [p.name for p in tmp_path.iterdir()] == ["m.gguf"]
    assert out.read_text() == "old"


@pytest.mark.model
def test_the_default_model_at_q8_0_says_what_it_says_unquantized(tmp_path):
    """Greedy along a prompt of ours, and scores within a twelfth of the largest (measured: a thirtieth)."""
    folder = default_base()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    merged = PeftModel.from_pretrained(base, str(default_adapter())).merge_and_unload()
    quantized = read(written("default", tmp_path / "default.gguf", WeightType.Q8_0))
    talk = [
        Message(
            "system",
            "You direct a robot by calling its skills, one call a turn.\n"
            "navigate_to(target): Drive to a place or an object. makes: at(target)\n"
            "pick(object): Grasp an object within reach. needs: at(object), hand free. makes: holding(object)",
        ),
        Message("user", "Scene:\nrobot: at desk, hand free\nred cube 12: on shelf\nInstruction: take the red cube 12"),
    ]
    prompt = tokenizer(render_conversation(talk, open_turn=True))["input_ids"]
    (answer,) = merged.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False).tolist()
    assert tokenizer.decode(answer[len(prompt) :]).startswith("goal: ")
    ours, theirs = (scores(model, answer)[len(prompt) - 1 : -1] for model in (merged, quantized))
    assert ours.argmax(-1).tolist() == theirs.argmax(-1).tolist() == answer[len(prompt) :]
    assert (ours - theirs).abs().max() < ours.abs().max() / 12
