"""The synthetic test signals, by sums and products of doubles only, so that signals.ts makes the same bits."""

import numpy as np

SECOND = 22050


def noise(length, amplitude, seed):
    state = seed
    out = np.empty(length, np.float32)
    for i in range(length):
        state = (1664525 * state + 1013904223) % 4294967296
        out[i] = amplitude * (state / 2147483648 - 1)
    return out


def tone(length, amplitude, rotor):
    re, im = 1.0, 0.0
    turn_re, turn_im = rotor
    out = np.empty(length, np.float32)
    for i in range(length):
        out[i] = min(1.0, max(-1.0, amplitude * im))
        re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
    return out


def chirp(length, amplitude, rotor, growth):
    re, im = 1.0, 0.0
    turn_re, turn_im = rotor
    grow_re, grow_im = growth
    out = np.empty(length, np.float32)
    for i in range(length):
        out[i] = amplitude * im
        re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
        turn_re, turn_im = (
            turn_re * grow_re - turn_im * grow_im,
            turn_re * grow_im + turn_im * grow_re,
        )
    return out


def fade(samples):
    """In from nothing and out to nothing, by the fourth power of a parabola."""
    out = np.empty_like(samples)
    for i in range(len(samples)):
        t = i / len(samples)
        arch = 4 * t * (1 - t)
        out[i] = float(samples[i]) * (arch * arch * arch * arch)
    return out


RESONATORS = (
    (1.9353682890043349, -0.9746804022198817),
    (1.851118036461367, -0.9691414634761785),
    (1.4424962663152856, -0.9554314367011478),
)


def voice(length, amplitude):
    """Pulses of a slowly moving pitch with breath, through three formants, with pauses."""
    state = 7
    wait = 0
    period = 150
    memory = [[0.0, 0.0] for _ in RESONATORS]
    out = np.empty(length, np.float32)
    for i in range(length):
        state = (1664525 * state + 1013904223) % 4294967296
        value = 0.002 * (state / 2147483648 - 1)
        if i % 11025 < 8000:
            if wait == 0:
                value += 1.0
                wait = period
                period = 120 + (period * 7 + 13) % 61
            wait -= 1
        for (a, b), past in zip(RESONATORS, memory):
            value = value + a * past[0] + b * past[1]
            past[1] = past[0]
            past[0] = value
        out[i] = amplitude * value
    return out


def bursts(length):
    out = noise(length, 0.4, 99)
    for i in range(length):
        if i % 8192 >= 3000:
            out[i] *= 0.0
    return out


def impulse(length, position, echo):
    out = np.zeros(length, np.float32)
    out[position] = 1
    out[position + 1] = echo
    return out


A440 = (0.9921503749551901, 0.1250505236945281)
A_SHARP_3 = (0.9977948536281058, 0.06637341390396319)
HZ_30 = (0.9999634613566672, 0.008548447320595277)
CHIRP_GROWTH = (0.9999999964575643, 8.417167795813252e-05)

SYNTHETIC = {
    "sine": lambda: tone(33075, 0.5, A440),
    "chirp": lambda: chirp(33075, 0.4, HZ_30, CHIRP_GROWTH),
    "impulse": lambda: impulse(22050, 8192, 0),
    "click": lambda: impulse(22050, 9000, 0.5),
    "noise": lambda: noise(33075, 0.3, 1),
    "silence": lambda: np.zeros(22050, np.float32),
    "dc": lambda: np.full(22050, 0.5, np.float32),
    "clipped": lambda: tone(33075, 3.0, A_SHARP_3),
    "quiet": lambda: voice(33075, 1e-8),
    "one-sample": lambda: np.full(1, 0.25, np.float32),
    "short": lambda: noise(170, 0.3, 9),
    "one-hop": lambda: noise(512, 0.3, 5),
    "voice": lambda: voice(33075, 0.01),
    "bursts": lambda: bursts(33075),
    "voice-60s": lambda: voice(1323000, 0.01),
}

SPEECH = {
    "speech-neutral": "03-01-01-01-01-01-01.wav",
    "speech-angry": "03-01-05-02-01-01-04.wav",
    "speech-sad": "03-01-04-01-02-01-03.wav",
}


def read_speech(folder, name):
    """Every second sample of the mean of the channels: 24 kHz, of which only the numbers matter."""
    import soundfile

    samples, _ = soundfile.read(folder / SPEECH[name], dtype="float32", always_2d=True)
    return samples.mean(axis=1, dtype=np.float32)[::2].copy()
