"""Computes log-mel frames and the hidden states of Whisper's encoder with transformers.

usage: whisper_states.py WEIGHTS JOBS; WEIGHTS is a safetensors file of an encoder, JOBS a JSON list of
{ samples, mel, states }: a .npy with samples at 16 kHz [1, samples], and where to write the log-mel
frames [frames, bands] and the hidden states [frames, (layers + 1) * width]. The states are computed in
double precision: in float32 the last ones of transformers are off by up to 1e-2, and its positions by
1e-4. Prints the JSON `true` at the end.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from transformers import WhisperConfig, WhisperFeatureExtractor
from transformers.models.whisper.modeling_whisper import WhisperEncoder

POSITIONS = 1500


def load(path):
    with safe_open(path, "pt") as file:
        heads = int(file.metadata()["heads"])
        weights = {name: file.get_tensor(name).double() for name in file.keys()}
    width, bands, _ = weights["conv1.weight"].shape
    layers = len([name for name in weights if name.endswith("fc1.weight")])
    encoder = WhisperEncoder(WhisperConfig(
        d_model=width, num_mel_bins=bands, encoder_layers=layers, encoder_attention_heads=heads,
        encoder_ffn_dim=len(weights["layers.0.fc1.bias"]), max_source_positions=POSITIONS,
    )).eval().double()
    place = np.arange(POSITIONS)[:, None]
    angle = place * 10_000.0 ** (-np.arange(width // 2) / (width // 2 - 1))
    exact = torch.tensor(np.concatenate([np.sin(angle), np.cos(angle)], 1))
    missing, unexpected = encoder.load_state_dict(weights, strict=False)
    assert not unexpected and all("embed" in n or n.startswith("layer_norm") for n in missing), missing
    encoder.embed_positions.weight.data.copy_(exact)
    return encoder


@torch.no_grad()
def compute(encoder, mel):
    """The forward pass of transformers, which takes 30 seconds only, for a clip of any length."""
    x = torch.nn.functional.gelu(encoder.conv1(mel[None]))
    x = torch.nn.functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
    states = [x + encoder.embed_positions.weight[: x.shape[1]]]
    for layer in encoder.layers:
        given = layer(states[-1], attention_mask=None, layer_head_mask=None)
        states.append(given[0] if isinstance(given, tuple) else given)
    return torch.cat(states, 2)[0]


def answer(job, encoder, extractor):
    samples = np.load(job["samples"])[0]
    features = extractor(
        samples, sampling_rate=16000, padding=False, truncation=False, return_tensors="np"
    )
    mel = features["input_features"][0]
    np.save(job["mel"], np.ascontiguousarray(mel.T, dtype="<f4"))
    np.save(job["states"], compute(encoder, torch.tensor(mel).double()).numpy().astype("<f4"))


torch.set_num_threads(1)
whisper = load(sys.argv[1])
for work in json.loads(Path(sys.argv[2]).read_text()):
    answer(work, whisper, WhisperFeatureExtractor(feature_size=whisper.num_mel_bins))
print("true")
