"""Exports tiny random encoders and classifiers by optimum, as people hold real ones, with what
transformers makes of three clips.

usage: export_encoders.py OUT [CASE ...]

Writes OUT/clip-<n>.wav (float32, 16 kHz); for each case a folder OUT/<case> as optimum exports it
and, beside it, OUT/<case>.expected.json (logits of each clip, also with `do_normalize` the other way
round) for a classifier, OUT/<case>.state-<n>.npy (hidden states [layers + 1, frames, width] of each
clip) for all. Whisper's hidden states are those of the clip alone, not filled up to 30 s.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import soundfile
import torch
import transformers
from optimum.exporters.onnx import main_export

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()

RATE = 16000
LABELS = ["neu", "hap", "ang", "sad"]
SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "conv_dim": [8] * 7,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 2,
    "vocab_size": 12,
    "classifier_proj_size": 8,
}
STABLE = {"do_stable_layer_norm": True, "feat_extract_norm": "layer"}
WHISPER = {
    "encoder_layers": 2,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "d_model": 8,
    "encoder_ffn_dim": 12,
    "decoder_ffn_dim": 12,
    "vocab_size": 60,
    "classifier_proj_size": 8,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
}
MOONSHINE = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "encoder_num_hidden_layers": 3,
    "decoder_num_hidden_layers": 1,
    "encoder_num_attention_heads": 2,
    "decoder_num_attention_heads": 2,
    "vocab_size": 50,
    "pad_token_id": 2,
}

# Name: class prefix of transformers, its head, optimum's task, settings, do_normalize.
CASES = {
    "wav2vec2": ("Wav2Vec2", "Model", "feature-extraction", SIZES, False),
    "wav2vec2-classifier": ("Wav2Vec2", "ForSequenceClassification", "audio-classification", {**SIZES, "num_hidden_layers": 2}, True),
    "wav2vec2-large": ("Wav2Vec2", "Model", "feature-extraction", {**SIZES, **STABLE}, True),
    "wav2vec2-weighted": ("Wav2Vec2", "ForSequenceClassification", "audio-classification", {**SIZES, "use_weighted_layer_sum": True}, False),
    "wav2vec2-opset-14": ("Wav2Vec2", "ForSequenceClassification", "audio-classification", {**SIZES, **STABLE}, True),
    "hubert": ("Hubert", "Model", "feature-extraction", SIZES, True),
    "hubert-classifier": ("Hubert", "ForSequenceClassification", "audio-classification", SIZES, True),
    "wavlm": ("WavLM", "Model", "feature-extraction", SIZES, False),
    "wavlm-classifier": ("WavLM", "ForSequenceClassification", "audio-classification", {**SIZES, **STABLE}, True),
    "data2vec-audio": ("Data2VecAudio", "Model", "feature-extraction", SIZES, True),
    "data2vec-audio-classifier": ("Data2VecAudio", "ForSequenceClassification", "audio-classification", SIZES, True),
    "unispeech": ("UniSpeech", "Model", "feature-extraction", SIZES, False),
    "unispeech-classifier": ("UniSpeech", "ForSequenceClassification", "audio-classification", {**SIZES, **STABLE}, True),
    "unispeech-sat-classifier": ("UniSpeechSat", "ForSequenceClassification", "audio-classification", SIZES, False),
    "moonshine": ("Moonshine", "ForConditionalGeneration", "automatic-speech-recognition", MOONSHINE, False),
    "whisper": ("Whisper", "ForConditionalGeneration", "automatic-speech-recognition", WHISPER, None),
    "whisper-features": ("Whisper", "Model", "feature-extraction", WHISPER, None),
    "whisper-classifier": ("Whisper", "ForAudioClassification", "audio-classification", WHISPER, None),
}


def make_clips():
    """A vowel whose pitch glides, noise, and both with a pause, of three lengths and levels. Without an
    offset: the project takes it off, these models' own front ends do not."""
    random = np.random.default_rng(5)
    clips = []
    for seconds, level, noise in ((0.73, 0.3, 0.0), (1.5, 0.05, 1.0), (2.9, 0.6, 0.2)):
        t = np.arange(int(RATE * seconds)) / RATE
        phase = 2 * np.pi * (130 * t + 12 * np.sin(2 * np.pi * 1.1 * t))
        voice = sum(np.sin(k * phase) / k for k in range(1, 9))
        sound = (1 - noise) * voice + noise * random.standard_normal(t.size)
        sound = level * sound * (np.sin(2 * np.pi * t) > -0.5)
        clips.append((sound - sound.mean()).astype(np.float32))
    return clips


def make_model(prefix, head, settings):
    labels = {"id2label": dict(enumerate(LABELS)), "label2id": {k: i for i, k in enumerate(LABELS)}}
    config = getattr(transformers, prefix + "Config")(**settings, **labels)
    torch.manual_seed(len(prefix) + len(head))
    model = getattr(transformers, prefix + head)(config).eval()
    # As freshly made, biases are zero and answers hardly hang on the clip. Convolutions over samples
    # stay: eight channels of random weights would magnify rounding.
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "embed_positions" not in name and "conv_layers" not in name:
                value.add_(0.2 * torch.randn_like(value) / max(1, value.shape[-1]) ** 0.5)
    return model


def make_extractor(prefix, normalise):
    if prefix == "Whisper":
        return transformers.WhisperFeatureExtractor()
    return transformers.Wav2Vec2FeatureExtractor(do_normalize=normalise, return_attention_mask=False)


@torch.no_grad()
def compute_states(model, extractor, samples):
    if isinstance(extractor, transformers.WhisperFeatureExtractor):
        encoder = getattr(model, "model", model).encoder
        features = extractor(samples, sampling_rate=RATE, padding=False, truncation=False, return_tensors="pt")
        x = torch.nn.functional.gelu(encoder.conv1(features["input_features"]))
        x = torch.nn.functional.gelu(encoder.conv2(x)).transpose(1, 2)
        states = [x + encoder.embed_positions.weight[: x.shape[1]]]
        for layer in encoder.layers:
            x = layer(states[-1], None, None)
            states.append(x[0] if isinstance(x, tuple) else x)
        states[-1] = encoder.layer_norm(states[-1])
    else:
        encoder = model.model.encoder if hasattr(model, "model") else model
        encoder = getattr(encoder, encoder.base_model_prefix, encoder)
        inputs = extractor(samples, sampling_rate=RATE, return_tensors="pt")
        states = encoder(inputs["input_values"], output_hidden_states=True).hidden_states
    return torch.cat(list(states)).numpy()


@torch.no_grad()
def compute_logits(model, extractor, samples, normalise):
    inputs = extractor(samples, sampling_rate=RATE, return_tensors="pt", do_normalize=normalise)
    return model(inputs[extractor.model_input_names[0]]).logits[0].tolist()


def export(out, name, clips):
    prefix, head, task, settings, normalise = CASES[name]
    model, extractor = make_model(prefix, head, settings), make_extractor(prefix, normalise)
    opset = 14 if name.endswith("opset-14") else None
    with tempfile.TemporaryDirectory() as source:
        model.save_pretrained(source)
        extractor.save_pretrained(source)
        main_export(source, str(out / name), task=task, opset=opset, do_validation=False)
    for number, samples in enumerate(clips):
        np.save(out / f"{name}.state-{number}.npy", compute_states(model, extractor, samples))
    if "Classification" not in head:
        return
    expected = {}
    for key, switch in (("logits", bool(normalise)), ("switched", not normalise)):
        if prefix != "Whisper":
            extractor.do_normalize = switch
        expected[key] = [compute_logits(model, extractor, clip, switch) for clip in clips]
    (out / f"{name}.expected.json").write_text(json.dumps(expected))


def main():
    out, names = Path(sys.argv[1]), sys.argv[2:] or list(CASES)
    out.mkdir(parents=True, exist_ok=True)
    clips = make_clips()
    for number, samples in enumerate(clips):
        soundfile.write(out / f"clip-{number}.wav", samples, RATE, subtype="FLOAT")
    for name in names:
        export(out, name, clips)
    print(json.dumps(names))


main()
