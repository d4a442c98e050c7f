"""Predicts the clips of a list as a Python script usually does: librosa and onnxruntime.

usage: predict.py MODEL LIST [PROCESSES]; prints file,label,confidence lines. Without PROCESSES one
loop does all; with it, a pool of so many processes with a thread each.
"""

import csv
import json
import os
import sys

model_path, list_path, *rest = sys.argv[1:]
if rest:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"

import multiprocessing  # noqa: E402
import warnings  # noqa: E402

import librosa  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

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
    if MANIFEST["frontEnd"]["features"]["sets"] != ["mfcc", "chroma", "mel", "contrast"]:
        raise SystemExit("This script computes the reference's four feature sets only.")


def compute_features(y, settings):
    rate, hop = settings["sampleRateHz"], settings["hopLength"]
    mel = librosa.feature.melspectrogram(y=y, sr=rate, hop_length=hop)
    sets = [
        librosa.feature.mfcc(y=y, sr=rate, n_mfcc=settings["mfcc"]["coefficients"], hop_length=hop),
        librosa.feature.chroma_stft(y=y, sr=rate, hop_length=hop),
        librosa.power_to_db(mel) if settings["mel"]["unit"] == "db" else mel,
        librosa.feature.spectral_contrast(y=y, sr=rate, hop_length=hop),
    ]
    return np.concatenate(sets).T.astype(np.float32)


def predict(path):
    front_end = MANIFEST["frontEnd"]
    y, _ = librosa.load(path, sr=front_end["features"]["sampleRateHz"])
    trim = front_end["trim"]
    if trim:
        y, _ = librosa.effects.trim(
            y, top_db=trim["topDb"], frame_length=trim["frameLength"], hop_length=trim["hopLength"]
        )
    matrix = compute_features(y, front_end["features"])
    inputs = {"features": matrix[None], "lengths": np.array([len(matrix)], np.int32)}
    [row] = SESSION.run(["probabilities"], inputs)[0]
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
