"""Computes librosa's features of clips.

usage: librosa_features.py JOBS; JOBS is a JSON list of { clip, config, out }, with the project's
feature settings as `config`. Writes `out` as .npy, float32 [frames, features]; prints for every job
`largest`, the largest magnitude of each feature set, and `nearTies`, files with librosa's chroma for
other tunings that its estimate might as well have been.
"""

import json
import sys
import warnings
from pathlib import Path

import librosa
import numpy as np
import soundfile

sys.path.append(str(Path(__file__).parent.parent / "goldens"))
from generate import compute, resolve  # noqa: E402

# librosa's tuning is the fullest bin of a histogram of some hundred spectral peaks. In digital
# silence, broken by single samples of one step, the spectrum is flat and its peaks are rounding
# errors: librosa's own votes change by as many when it computes in float64.
VOTES_BY_ROUNDING = 4

warnings.simplefilter("ignore")


def save(path, matrix):
    np.save(path, matrix.astype("<f4").T.copy())


def list_near_ties(samples, config):
    """Tunings other than librosa's with nearly as many votes, as librosa counts them."""
    rate, bins = config["sampleRateHz"], config["chroma"]["bins"]
    power = np.abs(librosa.stft(samples, n_fft=config["fftLength"], hop_length=config["hopLength"])) ** 2
    pitches, magnitudes = librosa.piptrack(S=power, sr=rate, n_fft=config["fftLength"])
    heard = pitches > 0
    loud = heard & (magnitudes >= np.median(magnitudes[heard]))
    deviations = np.mod(bins * librosa.hz_to_octs(pitches[loud]), 1.0)
    deviations[deviations >= 0.5] -= 1
    counts, edges = np.histogram(deviations, np.linspace(-0.5, 0.5, 101))
    return [float(edges[i]) for i in np.flatnonzero(counts >= counts.max() - VOTES_BY_ROUNDING)]


def answer(job):
    samples, rate = soundfile.read(job["clip"], dtype="float32")
    config = resolve({**job["config"], "sampleRateHz": rate})
    sets = compute(samples, config)
    save(job["out"], np.concatenate(list(sets.values())))
    near_ties = []
    if config["chroma"]["tuning"] is None:
        for tuning in list_near_ties(samples, config):
            chroma = {**config["chroma"], "tuning": tuning}
            near_ties.append(job["out"].replace(".npy", f"-{len(near_ties)}.npy"))
            save(near_ties[-1], compute(samples, {**config, "sets": ["chroma"], "chroma": chroma})["chroma"])
    largest = {name: float(np.abs(rows).max()) for name, rows in sets.items()}
    return {"largest": largest, "nearTies": near_ties}


print(json.dumps([answer(job) for job in json.loads(Path(sys.argv[1]).read_text())]))
