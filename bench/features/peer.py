"""The Python peers: answers one JSON line for each JSON line on stdin; clips follow as raw float32.

{"load": name, "lengths": [...]}  then the samples          -> {}
{"run": task, "clips": name}                                -> {"wall": s, "cpu": s}
{"versions": true}                                          -> {name: version}
"""

import json
import sys
import time
import warnings

import librosa
import numpy as np
import scipy
import scipy.fft
import soxr

warnings.simplefilter("ignore")
CLIPS = {}
HANN = librosa.filters.get_window("hann", 2048).astype(np.float32)


def librosa_four_calls(y):
    librosa.feature.mfcc(y=y, sr=22050, n_mfcc=40)
    librosa.feature.chroma_stft(y=y, sr=22050)
    librosa.feature.melspectrogram(y=y, sr=22050)
    librosa.feature.spectral_contrast(y=y, sr=22050)


def librosa_shared_stft(y):
    magnitude = np.abs(librosa.stft(y))
    power = magnitude**2
    mel = librosa.feature.melspectrogram(S=power, sr=22050)
    librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=40)
    librosa.feature.chroma_stft(S=power, sr=22050)
    librosa.feature.spectral_contrast(S=magnitude, sr=22050)


def librosa_mfcc_chroma(y):
    librosa.feature.mfcc(y=y, sr=22050, n_mfcc=40)
    librosa.feature.chroma_stft(y=y, sr=22050)


def scipy_rfft(y):
    padded = np.pad(y, 1024)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2048)[::512]
    scipy.fft.rfft(frames * HANN, axis=1, workers=1)


def soxr_hq(y):
    soxr.resample(y, 48000, 22050, quality="HQ")


TASKS = {
    "librosa-four-calls": librosa_four_calls,
    "librosa-shared-stft": librosa_shared_stft,
    "librosa-mfcc-chroma": librosa_mfcc_chroma,
    "scipy-rfft-float32": scipy_rfft,
    "soxr-hq": soxr_hq,
}


def answer(request):
    if "load" in request:
        CLIPS[request["load"]] = [
            np.frombuffer(sys.stdin.buffer.read(4 * length), np.float32).copy() for length in request["lengths"]
        ]
        return {}
    if "run" in request:
        task = TASKS[request["run"]]
        clips = CLIPS[request["clips"]]
        start, cpu_start = time.perf_counter(), time.process_time()
        for clip in clips:
            task(clip)
        return {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu_start}
    return {
        "python": sys.version.split()[0], "librosa": librosa.__version__, "numpy": np.__version__,
        "scipy": scipy.__version__, "soxr": soxr.__version__,
    }  # fmt: skip


for line in sys.stdin.buffer:
    print(json.dumps(answer(json.loads(line))), flush=True)
