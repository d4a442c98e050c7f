"""A training peer: `peer.py keras|torch FOLDER` answers one JSON line for each JSON line on stdin.

FOLDER holds features.f32 (all clips, frame after frame) and clips.json (frames, label, features).
{"run": "epoch"}          one epoch over all clips          -> {"wall": s, "cpu": s}
{"run": "packed-epoch"}   the same, packed (torch)          -> {"wall": s, "cpu": s}
{"run": "equal-lengths"}  five batches of 32 times 160 frames -> {"wall": s, "cpu": s}
{"versions": true}                                          -> {name: version}

The model is the reference: masked BiLSTM 128 and 64, dense 64, dropout 0.3, Adam, batches of 32.
Clips are padded to the longest of all, as scripts that train on RAVDESS do; packed ones to the
longest of their batch.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np

BATCH, CLASSES, EQUAL_FRAMES, EQUAL_STEPS = 32, 8, 160, 5


def read_clips(folder):
    with open(f"{folder}/clips.json", encoding="utf-8") as file:
        index = json.load(file)
    lengths = np.array(index["frames"])
    flat = np.fromfile(f"{folder}/features.f32", dtype="<f4").reshape(-1, index["features"])
    flat = (flat - flat.mean(0)) / np.maximum(flat.std(0), 1e-5)
    padded = np.zeros((len(lengths), lengths.max(), index["features"]), dtype=np.float32)
    start = 0
    for row, length in enumerate(lengths):
        padded[row, :length] = flat[start : start + length]
        start += length
    return padded, lengths, np.array(index["labels"])


class KerasPeer:
    def __init__(self, folder):
        import keras

        self.versions = {"keras": keras.__version__, "tensorflow": __import__("tensorflow").__version__}
        self.x, _, self.y = read_clips(folder)
        keras.utils.set_random_seed(0)
        self.model = keras.Sequential(
            [
                keras.Input((None, self.x.shape[2])),
                keras.layers.Masking(0.0),
                keras.layers.Bidirectional(keras.layers.LSTM(128, return_sequences=True)),
                keras.layers.Dropout(0.3),
                keras.layers.Bidirectional(keras.layers.LSTM(64)),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(CLASSES, activation="softmax"),
            ]
        )
        self.model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        shape = (BATCH, EQUAL_FRAMES, self.x.shape[2])
        self.equal = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)

    def epoch(self):
        self.model.fit(self.x, self.y, batch_size=BATCH, epochs=1, verbose=0)

    def equal_lengths(self):
        for _ in range(EQUAL_STEPS):
            self.model.train_on_batch(self.equal, self.y[:BATCH])


class TorchPeer:
    def __init__(self, folder):
        import torch

        self.versions = {"torch": torch.__version__}
        self.torch = torch
        torch.manual_seed(0)
        x, lengths, y = read_clips(folder)
        self.x, self.lengths, self.y = map(torch.from_numpy, (x, lengths, y))

        class Model(torch.nn.Module):
            def __init__(self, inputs):
                super().__init__()
                self.first = torch.nn.LSTM(inputs, 128, batch_first=True, bidirectional=True)
                self.second = torch.nn.LSTM(256, 64, batch_first=True, bidirectional=True)
                self.dense = torch.nn.Linear(128, 64)
                self.logits = torch.nn.Linear(64, CLASSES)
                self.dropout = torch.nn.Dropout(0.3)

            def forward(self, x, lengths, packed):
                if not packed:
                    first, _ = self.first(x)
                    _, (state, _) = self.second(self.dropout(first))
                else:
                    pack = torch.nn.utils.rnn.pack_padded_sequence
                    unpack = torch.nn.utils.rnn.pad_packed_sequence
                    sequence = pack(x, lengths, batch_first=True, enforce_sorted=False)
                    first, _ = unpack(self.first(sequence)[0], batch_first=True)
                    sequence = pack(
                        self.dropout(first), lengths, batch_first=True, enforce_sorted=False
                    )
                    _, (state, _) = self.second(sequence)
                last = torch.cat([state[0], state[1]], 1)
                return self.logits(self.dropout(torch.relu(self.dense(last))))

        self.model = Model(x.shape[2])
        self.optimiser = torch.optim.Adam(self.model.parameters())

    def step(self, x, lengths, y, packed):
        self.optimiser.zero_grad()
        loss = self.torch.nn.functional.cross_entropy(self.model(x, lengths, packed), y)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def epoch(self, packed=False):
        self.model.train()
        for rows in self.torch.randperm(len(self.y)).split(BATCH):
            x, lengths = self.x[rows], self.lengths[rows]
            if packed:
                x = x[:, : int(lengths.max())]
            self.step(x, lengths, self.y[rows], packed)

    def packed_epoch(self):
        self.epoch(packed=True)


def main():
    peer = {"keras": KerasPeer, "torch": TorchPeer}[sys.argv[1]](sys.argv[2])
    for line in sys.stdin:
        request = json.loads(line)
        if "versions" in request:
            print(json.dumps(peer.versions), flush=True)
            continue
        task = getattr(peer, request["run"].replace("-", "_"))
        wall, cpu = time.perf_counter(), time.process_time()
        task()
        answer = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
