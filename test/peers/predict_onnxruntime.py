"""Predicts a padded batch with Python's onnxruntime.

usage: predict_onnxruntime.py MODEL BATCH; BATCH in the checkpoint format, with `features`
[batch, frames, width] and `lengths` [batch]. Prints the probabilities as JSON.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
from checkpoint import read_checkpoint

model_path, batch_path = sys.argv[1:]
onnx.checker.check_model(model_path, full_check=True)
_, batch = read_checkpoint(batch_path)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model_path, options, providers=["CPUExecutionProvider"])
inputs = {"features": batch["features"], "lengths": batch["lengths"].astype(np.int32)}
print(json.dumps(session.run(["probabilities"], inputs)[0].tolist()))
