"""Writes linear-head.json beside it with scikit-learn 1.9.1 and NumPy: `python make_linear_head.py`."""
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(3)
n, width, classes, penalty = 60, 12, 4, 0.1
y = np.arange(n) % classes
x = (rng.normal(size=(n, width)) + 0.8 * rng.normal(size=(classes, width))[y] + 5).astype(np.float32)
w = np.where(y == 0, 2.0, 1.0)
z = np.clip((x - x.mean(0)) / x.std(0), -8, 8)
# Mean loss + penalty/2 |W|² is C times the summed loss, with C = 1 / (penalty * sum of weights).
model = LogisticRegression(C=1 / (penalty * w.sum()), tol=1e-10, max_iter=10000).fit(z, y, sample_weight=w)
out = {
    "penalty": penalty,
    "embeddings": x.round(6).tolist(),
    "labels": y.tolist(),
    "weights": w.tolist(),
    "probabilities": model.predict_proba(z).round(7).tolist(),
}
Path(__file__).with_suffix("").with_name("linear-head.json").write_text(json.dumps(out) + "\n")
