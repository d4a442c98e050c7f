"""Writes the goldens: features of librosa for every signal and every setting, and of Whisper's extractor.

    python generate.py [--check] [--speech FOLDER]

Without --speech the goldens made from speech are left alone. --check writes nothing and fails where
what is stored differs from what this machine computes by more than float noise. The pinned versions
are in requirements.txt. Stored are a few frames of each matrix and the mean of each column.
"""

import argparse
import gzip
import json
import os
import sys
import warnings
from pathlib import Path
from unittest import mock

import librosa
import numpy as np
import soxr

from signals import SPEECH, SYNTHETIC, fade, read_speech

# Whisper's extractor as it is without PyTorch: on numpy, in double precision, clips of any length.
# TensorFlow, where installed, would be loaded for nothing.
os.environ |= {"USE_TORCH": "0", "USE_TF": "0", "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1"}
from transformers import WhisperFeatureExtractor  # noqa: E402

HERE = Path(__file__).parent
DEFAULTS = {
    "sampleRateHz": 22050, "fftLength": 2048, "hopLength": 512, "window": "hann", "center": True,
    "padMode": "constant", "dropLastFrame": False, "topDb": 80, "sets": ["mfcc", "chroma", "mel", "contrast"],
    "mel": {"bands": 128, "fMinHz": 0, "fMaxHz": None, "scale": "slaney", "norm": "slaney", "power": 2, "unit": "power"},
    "mfcc": {"coefficients": 40, "lifter": 0},
    "chroma": {"bins": 12, "tuning": None, "norm": "inf"},
    "contrast": {"bands": 6, "fMinHz": 200, "quantile": 0.02, "linear": False},
    "bandwidth": {"exponent": 2}, "rolloff": {"share": 0.85}, "f0": {"fMinHz": 65, "fMaxHz": 500, "threshold": 0.1},
    "deltas": {"order": 0, "width": 9, "mode": "interp"},
}  # fmt: skip
FRAMES_KEPT = 9
STFT = librosa.stft

# An impulse has no period: all lags past it are equal but for rounding.
WITH_F0 = ("prosody", "prosody-16-khz", "prosody-not-centred", "frames-of-1200")
WITHOUT_MEANING = {(s, p) for s in ("impulse", "click") for p in WITH_F0}


def resolve(setting):
    config = {**DEFAULTS, **setting}
    for group in (name for name, value in DEFAULTS.items() if isinstance(value, dict)):
        config[group] = {**DEFAULTS[group], **setting.get(group, {})}
    return config


def find_pitch(y, config):
    """librosa's YIN, and 1 minus its normalised difference at the period that it picks.

    In double precision: in quiet frames the float32 differences are rounding noise, and with them the
    period that is picked. Where all lags are equal but for rounding (a frame with one sample that is
    not 0) the shortest period is taken.
    """
    y = y.astype(np.float64)
    sr, length, hop, f0 = config["sampleRateHz"], config["fftLength"], config["hopLength"], config["f0"]
    hertz = librosa.yin(
        y, sr=sr, fmin=f0["fMinHz"], fmax=f0["fMaxHz"], frame_length=length, hop_length=hop,
        trough_threshold=f0["threshold"], center=config["center"], pad_mode=config["padMode"],
    )  # fmt: skip
    if config["center"]:
        y = np.pad(y, length // 2, mode=config["padMode"])
    frames = librosa.util.frame(y, frame_length=length, hop_length=hop)
    shortest, longest = int(sr / f0["fMaxHz"]), min(int(np.ceil(sr / f0["fMinHz"])), length - 1)
    difference = librosa.core.pitch._cumulative_mean_normalized_difference(frames, shortest, longest)
    trough = librosa.util.localmin(difference, axis=-2)
    trough[0] = difference[0] < difference[1]
    below = trough & (difference < f0["threshold"])
    lag = np.where(below.any(axis=0), below.argmax(axis=0), difference.argmin(axis=0))
    hertz[np.ptp(difference, axis=0) < 1e-9] = sr / shortest
    return hertz, 1 - np.take_along_axis(difference, lag[None], axis=0)[0]


def count_frames(samples, config):
    if not config["center"]:
        return 1 + (samples - config["fftLength"]) // config["hopLength"]
    return samples // config["hopLength"] + (0 if config["dropLastFrame"] else 1)


def extract_for_whisper(y, config):
    extractor = WhisperFeatureExtractor(
        feature_size=config["mel"]["bands"], sampling_rate=config["sampleRateHz"], n_fft=config["fftLength"],
        hop_length=config["hopLength"],
    )  # fmt: skip
    features = extractor(
        y, sampling_rate=config["sampleRateHz"], padding=False, truncation=False, return_tensors="np"
    )
    return features["input_features"][0]


def compute(y, config):
    """One [columns, frames] matrix a set, or a column where its columns differ in kind."""
    frames = count_frames(len(y), config)
    # What hangs on the whole clip must not see the last frame either.
    with mock.patch("librosa.core.spectrum.stft", lambda *args, **kwargs: STFT(*args, **kwargs)[:, :frames]):
        result = {name: rows[:, :frames] for name, rows in compute_sets(y, config).items()}
    return result | make_deltas(result, **config["deltas"])


def compute_sets(y, config):
    sr, top_db = config["sampleRateHz"], config["topDb"]
    stft = {
        "n_fft": config["fftLength"],
        "hop_length": config["hopLength"],
        "win_length": config.get("winLength"),
        "window": config["window"],
        "center": config["center"],
        "pad_mode": config["padMode"],
    }
    frames = {"frame_length": config["fftLength"], "hop_length": config["hopLength"], "center": config["center"]}
    mel, mfcc, chroma, contrast = (config[g] for g in ("mel", "mfcc", "chroma", "contrast"))
    if {"mel", "mfcc"} & set(config["sets"]):
        bands = librosa.feature.melspectrogram(
            y=y, sr=sr, **stft, power=mel["power"], n_mels=mel["bands"], fmin=mel["fMinHz"],
            fmax=mel["fMaxHz"], htk=mel["scale"] == "htk", norm=mel["norm"],
        )  # fmt: skip
        decibels = librosa.power_to_db(bands, top_db=top_db)
    floored = lambda S: librosa.power_to_db(S, top_db=top_db)
    feature = librosa.feature
    result = {}
    for name in config["sets"]:
        if name == "mfcc":
            result[name] = feature.mfcc(S=decibels, n_mfcc=mfcc["coefficients"], lifter=mfcc["lifter"])
        elif name == "mel":
            # Whisper's extractor has one floor; for other floors its formula stands on librosa's bands.
            if mel["unit"] == "whisper":
                result[name] = extract_for_whisper(y, config) if top_db == 80 else (decibels / 10 + 4) / 4
            else:
                result[name] = decibels if mel["unit"] == "db" else bands
        elif name == "chroma":
            norm = np.inf if chroma["norm"] == "inf" else chroma["norm"]
            result[name] = feature.chroma_stft(
                y=y, sr=sr, **stft, n_chroma=chroma["bins"], tuning=chroma["tuning"], norm=norm
            )
        elif name == "contrast":
            # librosa always floors at 80 dB here; the project's topDb reaches these values too.
            with mock.patch("librosa.feature.spectral.power_to_db", floored):
                result[name] = feature.spectral_contrast(
                    y=y, sr=sr, **stft, fmin=contrast["fMinHz"], n_bands=contrast["bands"],
                    quantile=contrast["quantile"], linear=contrast["linear"],
                )  # fmt: skip
        elif name == "rms":
            result[name] = feature.rms(y=y, **frames, pad_mode=config["padMode"])
        elif name == "zcr":
            result[name] = feature.zero_crossing_rate(y, **frames)
        elif name == "centroid":
            result[name] = feature.spectral_centroid(y=y, sr=sr, **stft)
        elif name == "bandwidth":
            result[name] = feature.spectral_bandwidth(y=y, sr=sr, **stft, p=config["bandwidth"]["exponent"])
        elif name == "rolloff":
            result[name] = feature.spectral_rolloff(y=y, sr=sr, **stft, roll_percent=config["rolloff"]["share"])
        elif name == "flatness":
            result[name] = feature.spectral_flatness(y=y, **stft)
        elif name == "f0":
            hertz, periodicity = find_pitch(y, config)
            result["f0_hz"], result["f0_periodicity"] = hertz[None], periodicity[None]
    return result


def make_deltas(result, order, width, mode):
    return {
        f"delta{'' if i == 1 else i}_{name}": librosa.feature.delta(rows, width=width, order=i, mode=mode)
        for i in range(1, order + 1)
        for name, rows in result.items()
    }


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
    """The index of all cases, one array of all stored numbers, and how far float32 may round each.

    A number is a sum of others up to the largest of its feature set, in an order that differs from
    processor to processor: two roundings of the largest are allowed.
    """
    cases, chunks, roundings, offset = [], [], [], 0
    for signal, y in signals.items():
        for setting, given in settings.items():
            config = resolve(given)
            if (signal, setting) in WITHOUT_MEANING:
                continue
            count = count_frames(len(y), config)
            if count < 1:
                continue
            deltas = config["deltas"]
            if deltas["order"] and deltas["mode"] == "interp" and count < deltas["width"]:
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
            largest = [np.full(len(rows), np.abs(rows).max()) for rows in result.values()]
            roundings.append(np.tile(2 * np.finfo(np.float32).eps * np.concatenate(largest), len(stored)))
    return cases, np.concatenate(chunks), np.concatenate(roundings)


def find_silence(y, top_db, noise_margin_db, frame_length=2048, hop_length=512):
    """How far below the loudest frame silence begins, in dB, where noise counts."""
    frames = librosa.feature.rms(y=y, frame_length=frame_length, hop_length=hop_length)[0]
    beyond = -(-(frame_length // 2) // hop_length)
    whole = np.sort(frames[beyond:-beyond])
    if not whole.size or not whole[-1]:
        return top_db
    range_db = 20 * np.log10(max(frames.max(), 1e-5) / max(whole[int(0.05 * whole.size)], 1e-15))
    return min(top_db, max(12, range_db - noise_margin_db))


def widen(intervals, within, by=3072):
    widened = []
    for start, end in intervals:
        start, end = max(within[0], start - by), min(within[1], end + by)
        if widened and start <= widened[-1][1]:
            widened[-1][1] = end
        else:
            widened.append([start, end])
    return widened


def make_trims(signals):
    trims = []
    for name, y in signals.items():
        for top_db, noise_margin_db in ((60, None), (30, None), (15, None), (30, 5), (60, 8)):
            range_db = top_db if noise_margin_db is None else find_silence(y, top_db, noise_margin_db)
            span = librosa.effects.trim(y, top_db=range_db)[1].tolist()
            intervals = librosa.effects.split(y, top_db=range_db).tolist()
            if range_db < top_db:
                within = librosa.effects.trim(y, top_db=top_db)[1].tolist()
                [span] = widen([span], within)
                intervals = widen(intervals, within)
            trims.append({
                "signal": name, "topDb": top_db, "noiseMarginDb": noise_margin_db,
                "range": span, "intervals": intervals,
            })  # fmt: skip
    return trims


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


def make_stretchings():
    """librosa's time stretch in double precision: in float32 its running phases lose their fractions."""
    result = []
    for signal, rate in (("voice", 0.8), ("voice", 1.37), ("chirp", 0.5), ("noise", 1.1)):
        y = librosa.effects.time_stretch(SYNTHETIC[signal]().astype(np.float64), rate=rate)
        stride = 101
        result.append({"signal": signal, "rate": rate, "length": len(y), "stride": stride, "largest": float(np.abs(y).max()),
                       "values": [round(float(v), 8) for v in y[::stride]]})  # fmt: skip
    return result


def handle_samples(name, made, is_check):
    path = HERE / f"{name}.json"
    if not is_check:
        path.write_text(json.dumps(made) + "\n")
        return
    stored = json.loads(path.read_text())
    for one, other in zip(stored, made, strict=True):
        if not np.allclose(one["values"], other["values"], rtol=0, atol=1e-6):
            sys.exit(f"{name}.json: {one} differs.")
    print(f"{name}: {len(stored)} cases agree.")


def write(name, index, numbers):
    (HERE / f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")
    (HERE / f"{name}.bin.gz").write_bytes(gzip.compress(numbers.tobytes(), 9, mtime=0))


def check(name, index, numbers, roundings):
    stored = json.loads((HERE / f"{name}.json").read_text())
    stored_numbers = np.frombuffer(gzip.decompress((HERE / f"{name}.bin.gz").read_bytes()), "<f4")
    keys = lambda cases: [{k: v for k, v in case.items() if k != "largest"} for case in cases]
    if keys(stored["cases"]) != keys(index["cases"]) or stored["trims"] != index["trims"]:
        sys.exit(f"{name}.json does not describe what this script makes.")
    for case, following in zip(index["cases"], index["cases"][1:] + [{"offset": numbers.size}]):
        part = slice(case["offset"], following["offset"])
        difference = np.abs(stored_numbers[part] - numbers[part])
        allowed = 1e-4 + 1e-5 * np.abs(numbers[part]) + roundings[part]
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
        cases, numbers, roundings = make_goldens(signals, settings)
        index = {"cases": cases, "trims": make_trims(signals)}
        if options.check:
            check(name, index, numbers, roundings)
        else:
            write(name, index, numbers)
    handle_samples("resampling", make_resamplings(), options.check)
    handle_samples("stretching", make_stretchings(), options.check)


if __name__ == "__main__":
    main()
