"""Writes scikit-learn.json: what scikit-learn and SciPy say of fixed predictions.

python -m pip install numpy==2.2.6 scikit-learn==1.9.1 && python make_goldens.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    classification_report,
    confusion_matrix,
    log_loss,
)

EMOTIONS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
rng = np.random.default_rng(7)


def make_case(name, labels, truth, probabilities):
    truth = np.asarray(truth)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    predicted = probabilities.argmax(axis=1)
    codes = np.arange(len(labels))
    recalls = confusion_matrix(truth, predicted, labels=codes)
    return {
        "name": name,
        "labels": labels,
        "truth": truth.tolist(),
        "probabilities": probabilities.tolist(),
        "report": classification_report(
            truth, predicted, labels=codes, target_names=labels, digits=2, zero_division=0
        ),
        "accuracy": accuracy_score(truth, predicted),
        "uar": balanced_accuracy_score(truth, predicted),
        "confusion": recalls.tolist(),
        "logLoss": log_loss(truth, probabilities, labels=codes),
        "temperature": best_temperature(truth, probabilities),
    }


def best_temperature(truth, probabilities):
    logs = np.log(probabilities)

    def loss(inverse):
        return -log_softmax(logs * inverse, axis=1)[np.arange(len(truth)), truth].mean()

    best = minimize_scalar(loss, bounds=(1 / 20, 20), method="bounded", options={"xatol": 1e-12})
    return 1 / best.x


def softmax(logits):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def draw(name, labels, clips, skill, used=None):
    truth = rng.choice(used if used is not None else len(labels), size=clips)
    logits = rng.normal(size=(clips, len(labels))) * 1.5
    logits[np.arange(clips), truth] += skill
    return make_case(name, labels, truth, np.round(softmax(logits), 6) / np.round(softmax(logits), 6).sum(axis=1, keepdims=True))


def from_confusion(name, labels, counts):
    truth, rows = [], []
    for label, row in enumerate(counts):
        for guess, count in enumerate(row):
            for _ in range(count):
                probabilities = np.full(len(labels), 0.4 / (len(labels) - 1))
                probabilities[guess] = 0.6
                truth.append(label)
                rows.append(probabilities)
    return make_case(name, labels, truth, rows)


cases = [
    draw("eight emotions", EMOTIONS, 288, 2.0),
    draw("chance", EMOTIONS, 60, 0.0),
    draw("labels without clips", EMOTIONS, 50, 1.0, used=[0, 2, 5]),
    draw("thirteen labels, one name long", [f"label {i}" for i in range(12)] + ["pleasantly surprised"], 210, 2.0),
    draw("two labels", ["no", "yes"], 31, 0.7),
    draw("one clip", ["no", "yes"], 1, 0.0),
    from_confusion("ties that round to even", ["a", "b", "c"], [[1, 7, 0], [0, 3, 5], [3, 0, 5]]),
    from_confusion("a label never predicted", ["happy", "sad", "angry"], [[0, 4, 4], [0, 8, 0], [0, 2, 6]]),
    from_confusion("accuracy on a tie", ["a", "b"], [[1, 3], [4, 0]]),
]
cases += [
    draw(f"random {i}", EMOTIONS[: 2 + i % 7], int(rng.integers(8, 80)), float(rng.uniform(0, 3)))
    for i in range(12)
]

target = pathlib.Path(__file__).with_name("scikit-learn.json")
versions = {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}
target.write_text(json.dumps({"versions": versions, "cases": cases}) + "\n")
