"""Sound, by the real FluidSynth with a soundfont of one sine that the tests build."""

import os
import pathlib
import shutil
import wave

import numpy as np
import pytest
from sine_soundfont import sine_soundfont

from gm_vae.errors import UsageError, UserError
from gm_vae.generate import audio
from gm_vae.generate.audio import SAMPLE_RATE, Synthesizer, write_wav
from gm_vae.music.measure import Measure

STEP = SAMPLE_RATE // 48  # samples, at 120 quarters per minute; nearly


@pytest.fixture(scope="module")
def soundfont(tmp_path_factory):
    path = tmp_path_factory.mktemp("soundfont") / "sine.sf2"
    path.write_bytes(sine_soundfont())
    return path


@pytest.fixture(scope="module")
def synthesizer(soundfont):
    """Without FluidSynth the tests are skipped, but fail where CI=true."""
    if not shutil.which("fluidsynth"):
        reason = "fluidsynth is not installed (apt install fluidsynth)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return Synthesizer.find(soundfont)


def sound(path):
    """float [samples, 2] in -1..1."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        assert file.getframerate() == SAMPLE_RATE
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, "<i2").reshape(-1, 2) / 32768


def loudness(samples):
    return np.sqrt((samples**2).mean())


def frequency(samples):
    """Hertz of the strongest partial."""
    mono = samples.mean(1) * np.hanning(len(samples))
    size = 2**18
    return np.abs(np.fft.rfft(mono, size)).argmax() * SAMPLE_RATE / size


def test_sound_is_where_notes_are_and_silence_where_none_are(synthesizer, simple_track, tmp_path):
    # a beat of sound, a beat of silence, in the second measure an octave higher
    bars = [
        Measure.from_tracks([simple_track(0, [(0, 24, pitch), (48, 72, pitch)])])
        for pitch in (69, 81)
    ]
    write_wav(bars, tmp_path / "a.wav", synthesizer=synthesizer)
    heard = sound(tmp_path / "a.wav")
    assert 4 * SAMPLE_RATE <= len(heard) < 5 * SAMPLE_RATE, "as long as the measures"
    for beat in range(8):
        # not the moments of attack and of reverberation
        inner = heard[(24 * beat + 12) * STEP : (24 * beat + 23) * STEP]
        if beat % 2 == 0:
            assert loudness(inner) > 0.1, beat
            assert frequency(inner) == pytest.approx(440 if beat < 4 else 880, rel=0.01)
        else:
            assert loudness(inner) < 0.01, beat
    assert np.abs(heard).max() == pytest.approx(0.89, abs=0.01)


def test_tempo_and_loudness(synthesizer, simple_track, tmp_path):
    soft, loud = (simple_track(0, [(0, 96, 69)], velocity) for velocity in (33, 113))
    bars = [Measure.from_tracks([soft]), Measure.from_tracks([loud])]
    write_wav(bars, tmp_path / "a.wav", qpm=240, synthesizer=synthesizer)
    heard = sound(tmp_path / "a.wav")
    assert len(heard) == pytest.approx(96 * STEP, rel=0.1)
    assert loudness(heard[: 46 * STEP]) < loudness(heard[50 * STEP : 94 * STEP]) / 2


def test_drums_and_every_program_sound(synthesizer, simple_track, tmp_path):
    for program in (128, 127):
        bar = Measure.from_tracks([simple_track(program, [(0, 96, 69)])])
        write_wav([bar], tmp_path / "a.wav", synthesizer=synthesizer, force=True)
        assert loudness(sound(tmp_path / "a.wav")) > 0.1


def test_a_measure_without_notes_is_silence(synthesizer, tmp_path):
    write_wav([Measure.from_tracks([])], tmp_path / "a.wav", synthesizer=synthesizer)
    heard = sound(tmp_path / "a.wav")
    assert len(heard) == 2 * SAMPLE_RATE
    assert not heard.any()


def test_existing_files_are_kept_and_nothing_else_is_left(synthesizer, tmp_path):
    bars = [Measure.from_tracks([])]
    (tmp_path / "a.wav").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        write_wav(bars, tmp_path / "a.wav", synthesizer=synthesizer)
    write_wav(bars, tmp_path / "a.wav", synthesizer=synthesizer, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_damaged_soundfont_is_reported(synthesizer, soundfont, tmp_path):
    # left alone, FluidSynth would play its default one and say that all is well
    (tmp_path / "half.sf2").write_bytes(soundfont.read_bytes()[:3000])
    half = Synthesizer(synthesizer.program, tmp_path / "half.sf2")
    with pytest.raises(UserError, match=r"half\.sf2.*--soundfont"):
        write_wav([Measure.from_tracks([])], tmp_path / "a.wav", synthesizer=half)
    assert [path.name for path in tmp_path.iterdir()] == ["half.sf2"]


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """FluidSynth in the PATH, and no soundfont in any searched folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "fluidsynth").write_text("#!/bin/sh\n")
    (folder / "fluidsynth").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv(audio.SOUNDFONT_VARIABLE, raising=False)
    monkeypatch.setattr(audio, "_SOUNDFONT_FOLDERS", ("~/fonts", str(tmp_path / "usr")))
    monkeypatch.setattr(audio.importlib.util, "find_spec", lambda name: None)
    return tmp_path


def test_a_soundfont_is_found_where_it_usually_is(bare_machine, soundfont, monkeypatch):
    def put(path, content=None):
        path = bare_machine / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(soundfont.read_bytes() if content is None else content)
        return path

    with pytest.raises(UserError, match=r"gm-vae\[audio\]"):
        Synthesizer.find()
    put("usr/a.sf2", b"RIFF....WAVE")
    usual = put("usr/b.SF2")
    assert Synthesizer.find().soundfont == usual
    default = put("usr/default-GM.sf3")
    assert Synthesizer.find().soundfont == default
    mine = put("home/fonts/z.sf2")
    assert Synthesizer.find().soundfont == mine
    monkeypatch.setenv(audio.SOUNDFONT_VARIABLE, str(default))
    assert Synthesizer.find().soundfont == default
    assert Synthesizer.find("~/fonts/z.sf2").soundfont == mine
    assert Synthesizer.find(mine).program == str(bare_machine / "bin/fluidsynth")


def test_other_files_than_soundfonts_are_reported(bare_machine, monkeypatch):
    with pytest.raises(UsageError, match="--soundfont=/nowhere"):
        Synthesizer.find("/nowhere/a.sf2")
    monkeypatch.setenv(audio.SOUNDFONT_VARIABLE, str(bare_machine))
    with pytest.raises(UsageError, match=audio.SOUNDFONT_VARIABLE):
        Synthesizer.find()


def test_the_audio_extra_includes_a_soundfont(monkeypatch):
    monkeypatch.setattr(audio, "_SOUNDFONT_FOLDERS", ())
    (path,) = audio._usual_soundfonts()
    assert pathlib.Path(path).read_bytes()[8:12] == b"sfbk"


def test_without_fluidsynth_the_message_names_packages(bare_machine, monkeypatch):
    monkeypatch.setenv("PATH", str(bare_machine))
    with pytest.raises(UserError, match="apt install fluidsynth"):
        Synthesizer.find()


def test_soundfonts_are_found_without_a_home_folder(monkeypatch):
    import pwd

    def nobody(number):
        raise KeyError(number)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    list(audio._usual_soundfonts())
