"""What a model file says of a clip, as the peers of the benchmarks compute it."""

import sys
from pathlib import Path

import librosa
import numpy as np

# librosa tells the pitch, not how periodic a frame is there.
sys.path.append(str(Path(__file__).parents[1] / "test/goldens"))
from generate import find_pitch  # noqa: E402


def compute_features(y, settings):
    """[frames, columns], a call of librosa for each set, in the order of the sets."""
    rate = settings["sampleRateHz"]
    hop = {"hop_length": settings["hopLength"]}
    stft = {"n_fft": settings["fftLength"], **hop}
    framed = {"frame_length": settings["fftLength"], **hop}
    mel = {"n_mels": settings["mel"]["bands"], **stft}
    coefficients = settings["mfcc"]["coefficients"]
    in_unit = librosa.power_to_db if settings["mel"]["unit"] == "db" else np.asarray
    feature = librosa.feature
    calls = {
        "mfcc": lambda: feature.mfcc(y=y, sr=rate, n_mfcc=coefficients, **mel),
        "chroma": lambda: feature.chroma_stft(y=y, sr=rate, **stft),
        "mel": lambda: in_unit(feature.melspectrogram(y=y, sr=rate, **mel)),
        "contrast": lambda: feature.spectral_contrast(y=y, sr=rate, **stft),
        "rms": lambda: feature.rms(y=y, **framed),
        "zcr": lambda: feature.zero_crossing_rate(y, **framed),
        "centroid": lambda: feature.spectral_centroid(y=y, sr=rate, **stft),
        "bandwidth": lambda: feature.spectral_bandwidth(y=y, sr=rate, **stft),
        "rolloff": lambda: feature.spectral_rolloff(y=y, sr=rate, **stft),
        "flatness": lambda: feature.spectral_flatness(y=y, **stft),
        "f0": lambda: np.stack(find_pitch(y, settings)),
    }
    return np.concatenate([calls[name]() for name in settings["sets"]]).T.astype(np.float32)


def cut_silence(y, *, topDb, noiseMarginDb, frameLength, hopLength):
    """What lies between the silent ends; where noise is louder than topDb, it is silence too."""
    options = {"frame_length": frameLength, "hop_length": hopLength}
    _, (first, last) = librosa.effects.trim(y, top_db=topDb, **options)
    power = librosa.feature.rms(y=y, **options)[0] ** 2
    beyond = -(-(frameLength // 2) // hopLength)
    whole = np.sort(power[beyond:-beyond])
    if noiseMarginDb is None or not whole.size or not whole[-1]:
        return y[first:last]
    noise = max(whole[int(0.05 * whole.size)], 1e-30)
    range_db = max(12, 10 * np.log10(power.max() / noise) - noiseMarginDb)
    if range_db >= topDb:
        return y[first:last]
    _, (start, end) = librosa.effects.trim(y, top_db=range_db, **options)
    widened = round(1.5 * frameLength)
    return y[max(first, start - widened) : min(last, end + widened)]


def set_level(y, level_db):
    """The samples at a mean power of so many decibels of full scale; null: as they are."""
    power = np.mean(y**2)
    return y if level_db is None or not power else y * np.sqrt(10 ** (level_db / 10) / power)


def judge(session, manifest, y):
    """Probabilities of the labels for samples at the model's rate, over the model's speeds."""
    settings, trim = manifest["frontEnd"]["features"], manifest["frontEnd"]["trim"]
    if trim:
        y = cut_silence(y, **{"noiseMarginDb": None, **trim})
    level_db = manifest["frontEnd"].get("levelDb")
    logs = []
    for speed in manifest.get("speeds", [1]):
        rate = settings["sampleRateHz"]
        played = y if speed == 1 else librosa.resample(y, orig_sr=rate * speed, target_sr=rate)
        matrix = compute_features(set_level(played, level_db), settings)
        inputs = {"features": matrix[None], "lengths": np.array([len(matrix)], np.int32)}
        [row] = session.run(["probabilities"], inputs)[0]
        logs.append(np.log(row))
    means = np.exp(np.mean(logs, axis=0))
    return means / means.sum()
