"""Writes copies of recordings as people have them beside the originals.

usage: twin_clips.py OUT CLIP ...

Writes OUT/<way>/<n>.<ending> for every way and every clip, numbered from 0, and prints the ways as
JSON. Encodings are libsndfile's; silence is found by librosa.
"""

import json
import os
import sys

import librosa
import numpy as np
import soundfile as sf

folder, clips = sys.argv[1], sys.argv[2:]
noise = np.random.default_rng(0)


def at(samples, rate, other):
    return librosa.resample(samples, orig_sr=rate, target_sr=other), other


def noisy(samples, rate):
    level = np.sqrt(np.mean(samples**2))
    return samples + 0.1 * level * noise.standard_normal(samples.size), rate


def padded(samples, rate):
    before, behind = np.zeros(int(0.7 * rate)), np.zeros(int(1.1 * rate))
    return np.concatenate([before, samples, behind]), rate


def several(samples, rate):
    """Trimmed, quieter, at another rate, and in MP3."""
    trimmed, _ = librosa.effects.trim(0.3 * samples, top_db=30)
    return at(trimmed, rate, 16000)


# How samples are changed, the ending, and libsndfile's settings.
ways = {
    "mp3": (lambda x, r: (x, r), "mp3", {"compression_level": 0.7}),
    "opus": (lambda x, r: at(x, r, 48000), "opus", {"compression_level": 0.7}),
    "vorbis": (lambda x, r: (x, r), "ogg", {}),
    "at-8-kHz": (lambda x, r: at(x, r, 8000), "wav", {}),
    "at-48-kHz": (lambda x, r: at(x, r, 48000), "flac", {}),
    "quieter": (lambda x, r: (0.05 * x, r), "wav", {}),
    "trimmed": (lambda x, r: (librosa.effects.trim(x, top_db=30)[0], r), "wav", {}),
    "in-noise": (noisy, "wav", {}),
    "turned": (lambda x, r: (-x, r), "wav", {}),
    "padded": (padded, "wav", {}),
    "stereo": (lambda x, r: (np.stack([x, x], 1), r), "wav", {}),
    "offset": (lambda x, r: (0.8 * x + 0.05, r), "wav", {}),
    "mu-law": (lambda x, r: at(x, r, 8000), "wav", {"subtype": "ULAW"}),
    "several-at-once": (several, "mp3", {"compression_level": 0.5}),
}
for way, (change, ending, settings) in ways.items():
    os.makedirs(os.path.join(folder, way))
    for number, clip in enumerate(clips):
        samples, rate = sf.read(clip)
        if samples.ndim > 1:
            samples = samples.mean(1)
        changed, rate = change(samples, rate)
        if ending == "opus":
            settings = {**settings, "format": "OGG", "subtype": "OPUS"}
        sf.write(os.path.join(folder, way, f"{number}.{ending}"), changed, rate, **settings)
print(json.dumps(list(ways)))
