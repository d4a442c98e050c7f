"""Scores a run's predictions with scikit-learn.

usage: score_sklearn.py PREDICTIONS LABELS; PREDICTIONS is a run's predictions.csv, LABELS a JSON list in
the report's order. Prints the scores of the test rows as JSON.
"""

import csv
import json
import sys

from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    classification_report,
    confusion_matrix,
    f1_score,
)

path, labels = sys.argv[1], json.loads(sys.argv[2])
with open(path, newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
truth = [row["truth"] for row in rows]
predicted = [row["predicted"] for row in rows]
print(
    json.dumps(
        {
            "report": classification_report(
                truth, predicted, labels=labels, target_names=labels, zero_division=0
            ),
            "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
            "accuracy": accuracy_score(truth, predicted),
            "uar": balanced_accuracy_score(truth, predicted),
            "macroF1": f1_score(truth, predicted, labels=labels, average="macro", zero_division=0),
        }
    )
)
