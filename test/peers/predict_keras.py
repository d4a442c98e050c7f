"""Predicts a padded batch with the reference model built in Keras 3 from a checkpoint's weights.

usage: predict_keras.py CHECKPOINT BATCH, both in the checkpoint format; BATCH holds `features`
[batch, frames, width] and `lengths` [batch]. Prints the probabilities as JSON.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
from checkpoint import read_checkpoint


def normalise(features, lengths, weights):
    """Brings columns to mean 0 and variance 1, over all clips or over each; 0 behind a clip's end."""
    x = np.zeros_like(features)
    for row, length in enumerate(lengths):
        clip = features[row, :length]
        if "standardise/mean" in weights:
            x[row, :length] = (clip - weights["standardise/mean"]) * weights["standardise/inverse_deviation"]
        else:
            clip = clip.astype(np.float64)
            x[row, :length] = (clip - clip.mean(axis=0)) / np.sqrt(clip.var(axis=0) + 1e-4)
    return x


def main():
    _, weights = read_checkpoint(sys.argv[1])
    _, batch = read_checkpoint(sys.argv[2])
    weights = {name.removeprefix("best/"): value for name, value in weights.items()}
    features, lengths = batch["features"], batch["lengths"].astype(int)

    x = normalise(features, lengths, weights)

    def lstm(index, sequences):
        units = weights[f"bilstm_{index}/forward_recurrent_kernel"].shape[0]
        return keras.layers.Bidirectional(
            keras.layers.LSTM(units, return_sequences=sequences), name=f"bilstm_{index}"
        )

    model = keras.Sequential(
        [
            keras.Input((None, x.shape[2])),
            keras.layers.Masking(0.0),
            lstm(1, True),
            keras.layers.Dropout(0.3),
            lstm(2, False),
            keras.layers.Dense(weights["dense/bias"].shape[0], activation="relu", name="dense"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(
                weights["logits/bias"].shape[0], activation="softmax", name="logits"
            ),
        ]
    )
    for index in (1, 2):
        model.get_layer(f"bilstm_{index}").set_weights(
            [
                weights[f"bilstm_{index}/{direction}_{part}"]
                for direction in ("forward", "backward")
                for part in ("kernel", "recurrent_kernel", "bias")
            ]
        )
    for name in ("dense", "logits"):
        model.get_layer(name).set_weights([weights[f"{name}/kernel"], weights[f"{name}/bias"]])
    print(json.dumps(np.asarray(model.predict(x, verbose=0)).tolist()))


if __name__ == "__main__":
    main()
