"""Writes the goldens: features of librosa for every signal and every setting.

    python generate.py [--check] [--speech FOLDER]

Without --speech the goldens made from speech are left alone. --check writes nothing and fails where
what is stored differs from what this machine computes by more than float noise. The pinned versions
are in requirements.txt. Stored are a few frames of each matrix and the mean of each column.
"""

import argparse
import gzip
import json
import sys
import warnings
from pathlib import Path
from unittest import mock

import librosa
import numpy as np
import soxr

from signals import SPEECH, SYNTHETIC, fade, read_speech

HERE = Path(__file__).parent
DEFAULTS = {
    "sampleRateHz": 22050, "fftLength": 2048, "hopLength": 512, "window": "hann", "center": True,
    "padMode": "constant", "topDb": 80, "sets": ["mfcc", "chroma", "mel", "contrast"],
    "mel": {"bands": 128, "fMinHz": 0, "fMaxHz": None, "scale": "slaney", "norm": "slaney", "power": 2, "unit": "power"},
    "mfcc": {"coefficients": 40, "lifter": 0},
    "chroma": {"bins": 12, "tuning": None, "norm": "inf"},
    "contrast": {"bands": 6, "fMinHz": 200, "quantile": 0.02, "linear": False},
}  # fmt: skip
FRAMES_KEPT = 9

# The spectrum of a lone impulse is flat, so the peaks that librosa estimates the tuning from are its
# own rounding errors, save where the impulse falls on a quarter of the frame: true of hop 512 only.
WITHOUT_MEANING = {("impulse", "reflected"), ("impulse", "48-khz")}


def resolve(setting):
    config = {**DEFAULTS, **setting}
    for group in ("mel", "mfcc", "chroma", "contrast"):
        config[group] = {**DEFAULTS[group], **setting.get(group, {})}
    return config


def compute(y, config):
    """One [columns, frames] matrix a set."""
    sr, top_db = config["sampleRateHz"], config["topDb"]
    stft = {
        "n_fft": config["fftLength"],
        "hop_length": config["hopLength"],
        "win_length": config.get("winLength"),
        "window": config["window"],
        "center": config["center"],
        "pad_mode": config["padMode"],
    }
    mel, mfcc, chroma, contrast = (config[g] for g in ("mel", "mfcc", "chroma", "contrast"))
    bands = librosa.feature.melspectrogram(
        y=y, sr=sr, **stft, power=mel["power"], n_mels=mel["bands"], fmin=mel["fMinHz"],
        fmax=mel["fMaxHz"], htk=mel["scale"] == "htk", norm=mel["norm"],
    )  # fmt: skip
    decibels = librosa.power_to_db(bands, top_db=top_db)
    floored = lambda S: librosa.power_to_db(S, top_db=top_db)
    result = {}
    for name in config["sets"]:
        if name == "mfcc":
            result[name] = librosa.feature.mfcc(S=decibels, n_mfcc=mfcc["coefficients"], lifter=mfcc["lifter"])
        elif name == "mel":
            result[name] = decibels if mel["unit"] == "db" else bands
        elif name == "chroma":
            norm = np.inf if chroma["norm"] == "inf" else chroma["norm"]
            result[name] = librosa.feature.chroma_stft(
                y=y, sr=sr, **stft, n_chroma=chroma["bins"], tuning=chroma["tuning"], norm=norm
            )
        elif name == "contrast":
            # librosa always floors at 80 dB here; the project's topDb reaches these values too.
            with mock.patch("librosa.feature.spectral.power_to_db", floored):
                result[name] = librosa.feature.spectral_contrast(
                    y=y, sr=sr, **stft, fmin=contrast["fMinHz"], n_bands=contrast["bands"],
                    quantile=contrast["quantile"], linear=contrast["linear"],
                )  # fmt: skip
    return result


def check_against_plain_calls(y):
    """The default setting is librosa as its users call it."""
    ours = compute(y, resolve({}))
    plain = {
        "mfcc": librosa.feature.mfcc(y=y, sr=22050, n_mfcc=40),
        "chroma": librosa.feature.chroma_stft(y=y, sr=22050),
        "mel": librosa.feature.melspectrogram(y=y, sr=22050),
        "contrast": librosa.feature.spectral_contrast(y=y, sr=22050),
    }
    for name, matrix in plain.items():
        assert np.array_equal(matrix, ours[name]), name


def make_goldens(signals, settings):
    """The index of all cases and one array of all stored numbers."""
    cases, chunks, offset = [], [], 0
    for signal, y in signals.items():
        for setting, given in settings.items():
            config = resolve(given)
            if (signal, setting) in WITHOUT_MEANING:
                continue
            if not config["center"] and len(y) < config["fftLength"]:
                continue
            result = compute(y, config)
            matrix = np.concatenate(list(result.values())).astype(np.float64).T
            frames, features = matrix.shape
            kept = np.unique(np.linspace(0, frames - 1, FRAMES_KEPT).astype(int))
            stored = np.concatenate([matrix[kept], matrix.mean(axis=0, keepdims=True)]).astype("<f4")
            cases.append({
                "signal": signal, "setting": setting, "samples": len(y), "frames": frames, "features": features,
                "keptFrames": kept.tolist(), "offset": offset,
                "largest": {name: float(np.abs(rows).max()) for name, rows in result.items()},
            })  # fmt: skip
            chunks.append(stored.ravel())
            offset += stored.size
    return cases, np.concatenate(chunks)


def make_trims(signals):
    return [
        {"signal": name, "topDb": top_db, "range": librosa.effects.trim(y, top_db=top_db)[1].tolist()}
        for name, y in signals.items()
        for top_db in (60, 30, 15)
    ]


def make_resamplings():
    """soxr VHQ on faded chirps that stay inside both pass bands."""
    chirp = SYNTHETIC["chirp"]()
    result = []
    for from_hz, to_hz, samples in ((48000, 22050, 14000), (44100, 16000, 11000), (22050, 48000, 33075), (16000, 22050, 30000)):
        y = soxr.resample(fade(chirp[:samples]), from_hz, to_hz, quality="VHQ")
        stride = 101
        values = y[stride::stride]
        result.append({"fromHz": from_hz, "toHz": to_hz, "samples": samples, "length": len(y), "stride": stride,
                       "values": [round(float(v), 8) for v in values]})  # fmt: skip
    return result


def handle_resamplings(is_check):
    path = HERE / "resampling.json"
    made = make_resamplings()
    if not is_check:
        path.write_text(json.dumps(made) + "\n")
        return
    stored = json.loads(path.read_text())
    for one, other in zip(stored, made, strict=True):
        if not np.allclose(one["values"], other["values"], rtol=0, atol=1e-6):
            sys.exit(f"resampling.json: {one['fromHz']} to {one['toHz']} Hz differs.")
    print(f"resampling: {len(stored)} cases agree.")


def write(name, index, numbers):
    (HERE / f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")
    (HERE / f"{name}.bin.gz").write_bytes(gzip.compress(numbers.tobytes(), 9, mtime=0))


def check(name, index, numbers):
    stored = json.loads((HERE / f"{name}.json").read_text())
    stored_numbers = np.frombuffer(gzip.decompress((HERE / f"{name}.bin.gz").read_bytes()), "<f4")
    keys = lambda cases: [{k: v for k, v in case.items() if k != "largest"} for case in cases]
    if keys(stored["cases"]) != keys(index["cases"]) or stored["trims"] != index["trims"]:
        sys.exit(f"{name}.json does not describe what this script makes.")
    for case, following in zip(index["cases"], index["cases"][1:] + [{"offset": numbers.size}]):
        part = slice(case["offset"], following["offset"])
        difference = np.abs(stored_numbers[part] - numbers[part])
        allowed = 1e-4 + 1e-5 * np.abs(numbers[part])
        if np.any(difference > allowed):
            sys.exit(f"{name}: {case['signal']} / {case['setting']} differs by {difference.max():.3g}.")
    print(f"{name}: {len(index['cases'])} cases agree.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--speech", type=Path, help="folder of the original RAVDESS clips")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    settings = json.loads((HERE / "settings.json").read_text())
    groups = {"synthetic": {name: make() for name, make in SYNTHETIC.items()}}
    check_against_plain_calls(groups["synthetic"]["voice"])
    if options.speech:
        groups["speech"] = {name: read_speech(options.speech, name) for name in SPEECH}
    for name, signals in groups.items():
        cases, numbers = make_goldens(signals, settings)
        index = {"cases": cases, "trims": make_trims(signals)}
        (check if options.check else write)(name, index, numbers)
    handle_resamplings(options.check)


if __name__ == "__main__":
    main()
