"""Reads the trainer's checkpoint file: uint32 header length, JSON header, float32 values."""

import json
import struct

import numpy as np


def read_checkpoint(path):
    """Returns the state and a dict of arrays by tensor name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<I", file.read(4))
        header = json.loads(file.read(length))
        tensors = {}
        for entry in header["tensors"]:
            size = int(np.prod(entry["shape"]))
            values = np.frombuffer(file.read(4 * size), dtype="<f4")
            tensors[entry["name"]] = values.reshape(entry["shape"])
    return header["state"], tensors
