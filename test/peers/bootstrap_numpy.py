"""Compares two systems by a paired bootstrap over speakers.

usage: bootstrap_numpy.py PAIRS; PAIRS is a JSON file, for each seed {"baseline", "variant"}, each
{"hits", "clips"}: counts by speaker (row) and label (column). Prints the difference in UAR, its 95 %
interval and its standard error as JSON.
"""

import json
import sys

import numpy as np

with open(sys.argv[1], encoding="utf-8") as file:
    pairs = json.load(file)
speakers = len(pairs[0]["baseline"]["hits"])


def score(side, times):
    """UAR of each row of `times`, which says how often each speaker counts; mean over the seeds."""
    uars = []
    for pair in pairs:
        hits = times @ np.array(pair[side]["hits"], float)
        clips = times @ np.array(pair[side]["clips"], float)
        recalls = np.divide(hits, clips, out=np.full_like(hits, np.nan), where=clips > 0)
        uars.append(np.nanmean(recalls, axis=1))
    return np.mean(uars, axis=0)


drawn = np.random.default_rng(0).multinomial(speakers, [1 / speakers] * speakers, size=100_000)
differences = score("variant", drawn) - score("baseline", drawn)
once = np.ones((1, speakers))
low, high = np.quantile(differences, [0.025, 0.975])
print(
    json.dumps(
        {
            "difference": float((score("variant", once) - score("baseline", once))[0]),
            "low": float(low),
            "high": float(high),
            "error": float(differences.std()),
        }
    )
)
