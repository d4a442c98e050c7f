"""Writes whisper.json: a small random Whisper encoder of transformers, what it gives and its gradients.

python -m pip install numpy==2.2.6 torch==2.13.0 transformers==4.57.6 && python make_whisper.py

Clips are run one by one, uncut and unpadded. The loss is half the sum of squares of every hidden
state's difference from a target. Tensors are float32, little endian, in base64. `plain` trains all
weights; `lora` trains low-rank adapters of every projection and nothing else.
"""

import base64
import json
import pathlib

import numpy as np
import torch
import transformers
from torch.func import functional_call
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

MELS, WIDTH, HEADS, LAYERS, LENGTHS = 5, 12, 3, 2, [23, 14, 1]
RANK, ALPHA = 2, 3
torch.manual_seed(7)

config = WhisperConfig(
    num_mel_bins=MELS,
    d_model=WIDTH,
    encoder_layers=LAYERS,
    encoder_attention_heads=HEADS,
    encoder_ffn_dim=4 * WIDTH,
    max_source_positions=16,
)
encoder = WhisperEncoder(config).eval()
weights = {
    name: torch.randn_like(value) * (0.25 if value.ndim > 1 else 0.1) + name.endswith("norm.weight")
    for name, value in encoder.state_dict().items()
    if name != "embed_positions.weight" and not name.startswith("layer_norm")
}
clips = [torch.randn(frames, MELS) for frames in LENGTHS]
targets = [torch.randn(LAYERS + 1, (frames + 1) // 2, WIDTH) for frames in LENGTHS]


class HiddenStates(torch.nn.Module):
    """transformers insists on 30 s, so the convolutions and layers are called one by one."""

    def __init__(self):
        super().__init__()
        self.encoder = encoder

    def forward(self, features):
        x = torch.nn.functional.gelu(encoder.conv1(features.T[None]))
        x = torch.nn.functional.gelu(encoder.conv2(x)).transpose(1, 2)
        x = x + encoder.embed_positions.weight[: x.shape[1]]
        states = [x]
        for layer in encoder.layers:
            states.append(layer(states[-1], None, None)[0])
        return torch.cat(states)


def run(values):
    named = {f"encoder.{name}": value for name, value in values.items()}
    return [functional_call(HiddenStates(), named, (clip,)) for clip in clips]


def differentiate(trained, states):
    loss = sum(((s - t) ** 2).sum() / 2 for s, t in zip(states, targets, strict=True))
    gradients = torch.autograd.grad(loss, list(trained.values()))
    return {"loss": loss.item(), "gradients": encode(dict(zip(trained, gradients, strict=True)))}


def encode(tensors):
    return {name: pack(tensor) for name, tensor in tensors.items()}


def pack(tensor):
    values = tensor.detach().numpy().astype("<f4")
    return {"shape": list(values.shape), "values": base64.b64encode(values.tobytes()).decode()}


plain = {name: value.clone().requires_grad_() for name, value in weights.items()}
plain_states = run(plain)

adapters = {}
for name, value in weights.items():
    if name.startswith("layers.") and value.ndim == 2:
        outputs, inputs = value.shape
        base = name.removesuffix(".weight")
        adapters[f"{base}.lora_a"] = (torch.randn(RANK, inputs) * 0.3).requires_grad_()
        adapters[f"{base}.lora_b"] = (torch.randn(outputs, RANK) * 0.3).requires_grad_()
merged = {
    name: value + ALPHA / RANK * adapters[name.replace("weight", "lora_b")] @ adapters[name.replace("weight", "lora_a")]
    if name.replace("weight", "lora_a") in adapters
    else value
    for name, value in weights.items()
}
lora_states = run(merged)

golden = {
    "shape": {"mels": MELS, "width": WIDTH, "heads": HEADS, "layers": LAYERS},
    "lora": {"rank": RANK, "alpha": ALPHA, "projections": "all"},
    "weights": encode(weights),
    "adapters": encode(adapters),
    "merged": encode(merged),
    "clips": [pack(clip) for clip in clips],
    "targets": [pack(target) for target in targets],
    "states": {
        "plain": [pack(state) for state in plain_states],
        "lora": [pack(state) for state in lora_states],
    },
    "plain": differentiate(plain, plain_states),
    "adapted": differentiate(adapters, lora_states),
    "versions": {"transformers": transformers.__version__, "torch": torch.__version__, "numpy": np.__version__},
}
path = pathlib.Path(__file__).with_name("whisper.json")
path.write_text(json.dumps(golden) + "\n")
