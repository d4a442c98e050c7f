"""Predicts with librosa and onnxruntime, one thread: a JSON line of what it took for each line.

usage: peer.py MODEL; then {"run": CLIP} -> {"wall": s, "cpu": s, "label": name}
"""

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "predict"))
# The script takes its own arguments; a number of processes makes it use one thread.
sys.argv = ["predict.py", sys.argv[1], "", "1"]
import predict  # noqa: E402

predict.load_model()
for line in sys.stdin:
    clip = json.loads(line)["run"]
    wall, cpu = time.perf_counter(), time.process_time()
    _, label, _ = predict.predict(clip)
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**took, "label": label}), flush=True)
