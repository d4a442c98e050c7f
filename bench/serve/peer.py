"""The service as it is usually written in Python: FastAPI, librosa and onnxruntime.

usage: peer.py MODEL PORT WORKERS; POST /v1/predict takes the bytes of an audio file. Each worker is a
process of uvicorn's with one thread for its computing, so that the event loop stays free.
"""

import asyncio
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import librosa  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI, HTTPException, Request  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))
from librosa_features import judge  # noqa: E402


class Model:
    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.manifest = json.loads(self.session.get_modelmeta().custom_metadata_map["ser.manifest"])

    def predict(self, body):
        y, _ = librosa.load(io.BytesIO(body), sr=self.manifest["frontEnd"]["features"]["sampleRateHz"])
        row = judge(self.session, self.manifest, y)
        labels = self.manifest["labels"]
        best = int(row.argmax())
        probabilities = dict(zip(labels, row.tolist()))
        return {"label": labels[best], "confidence": float(row[best]), "probabilities": probabilities}


def create_app():
    model = Model(os.environ["SER_MODEL"])
    # Whatever is loaded or compiled at first use.
    judge(model.session, model.manifest, np.sin(np.arange(22050, dtype=np.float32) / 9))
    executor = ThreadPoolExecutor(1)
    app = FastAPI()

    @app.get("/readyz")
    async def ready():
        return {"status": "ready"}

    @app.post("/v1/predict")
    async def predict(request: Request):
        body = await request.body()
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, model.predict, body)
        except Exception as error:
            raise HTTPException(422, str(error)) from error

    return app


if __name__ == "__main__":
    os.environ["SER_MODEL"], port, workers = sys.argv[1:]
    uvicorn.run(
        "peer:create_app", factory=True, host="127.0.0.1", port=int(port), workers=int(workers), access_log=False,
        app_dir=os.path.dirname(os.path.abspath(__file__)), log_level="warning",
    )  # fmt: skip
