"""Computes librosa's features of clips.

usage: librosa_features.py JOBS; JOBS is a JSON list of { clip, config, out, takesOffsetOff }, with the project's
feature settings as `config`. Writes `out` as .npy, float32 [frames, features]; prints for every job
the largest magnitude of each feature set.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import soundfile

sys.path.append(str(Path(__file__).parent.parent / "goldens"))
from generate import compute, resolve  # noqa: E402

warnings.simplefilter("ignore")


def save(path, matrix):
    np.save(path, matrix.astype("<f4").T.copy())


def answer(job):
    samples, rate = soundfile.read(job["clip"], dtype="float32")
    if job.get("takesOffsetOff"):
        samples = (samples - samples.mean(dtype="f8")).astype("f4")
    config = resolve({**job["config"], "sampleRateHz": rate})
    sets = compute(samples, config)
    save(job["out"], np.concatenate(list(sets.values())))
    return {name: float(np.abs(rows).max()) for name, rows in sets.items()}


print(json.dumps([answer(job) for job in json.loads(Path(sys.argv[1]).read_text())]))
