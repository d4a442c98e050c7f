"""Takes Keras 3's AdamW over given gradients.

usage: optimise_keras.py GRADIENTS SETTINGS; GRADIENTS in the checkpoint format holds the start of each
variable as `start/NAME` and its gradient of step S as `S/NAME`; SETTINGS is a JSON list of
`learningRates` (one a step), `weightDecay` and `clipNorm` (or null). Vectors do not decay. Prints the
variables' last values for each of the settings as JSON.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
from checkpoint import read_checkpoint

_, tensors = read_checkpoint(sys.argv[1])
names = [name.removeprefix("start/") for name in tensors if name.startswith("start/")]


def optimise(settings):
    variables = [keras.Variable(tensors[f"start/{name}"], name=name) for name in names]
    optimizer = keras.optimizers.AdamW(
        weight_decay=settings["weightDecay"], global_clipnorm=settings["clipNorm"], epsilon=1e-7
    )
    optimizer.exclude_from_weight_decay(
        var_list=[variable for variable in variables if len(variable.shape) < 2]
    )
    optimizer.build(variables)
    for step, rate in enumerate(settings["learningRates"]):
        optimizer.learning_rate = rate
        optimizer.apply([tensors[f"{step}/{name}"] for name in names], variables)
    return {v.name: keras.ops.convert_to_numpy(v).tolist() for v in variables}


print(json.dumps([optimise(settings) for settings in json.loads(sys.argv[2])]))
