"""Predicts the clips of a list as a Python script usually does: librosa and onnxruntime.

usage: predict.py MODEL LIST [PROCESSES]; prints file,label,confidence lines. Without PROCESSES one
loop does all; with it, a pool of so many processes with a thread each.
"""

import csv
import json
import os
import sys
from pathlib import Path

model_path, list_path, *rest = sys.argv[1:]
if rest:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"

import multiprocessing  # noqa: E402
import warnings  # noqa: E402

import librosa  # noqa: E402
import onnxruntime  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))
from librosa_features import judge  # noqa: E402

warnings.simplefilter("ignore")
SESSION = None
MANIFEST = None


def load_model():
    global SESSION, MANIFEST
    options = onnxruntime.SessionOptions()
    if rest:
        options.intra_op_num_threads = 1
    SESSION = onnxruntime.InferenceSession(model_path, options, providers=["CPUExecutionProvider"])
    MANIFEST = json.loads(SESSION.get_modelmeta().custom_metadata_map["ser.manifest"])


def predict(path):
    y, _ = librosa.load(path, sr=MANIFEST["frontEnd"]["features"]["sampleRateHz"])
    row = judge(SESSION, MANIFEST, y)
    best = int(row.argmax())
    return [path, MANIFEST["labels"][best], f"{row[best]:.6f}"]


if __name__ == "__main__":
    with open(list_path) as file:
        paths = file.read().split("\n")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["file", "label", "confidence"])
    if rest:
        with multiprocessing.Pool(int(rest[0]), load_model) as pool:
            writer.writerows(pool.imap(predict, paths, 8))
    else:
        load_model()
        writer.writerows(map(predict, paths))
