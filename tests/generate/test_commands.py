"""The verbs that make music, as a user types them."""

import json
import os

import mido
import numpy as np
import pytest
from closeness import NETWORK, assert_close
from telling_models import telling_model

from gm_vae import arranger
from gm_vae.cli import main
from gm_vae.data import dataset
from gm_vae.errors import UserError
from gm_vae.generate import attributes, operations
from gm_vae.generate.attributes import Attributes
from gm_vae.generate.midi_writer import write_midi
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi, measures_from_score
from gm_vae.music.midi_file import parse_midi
from gm_vae.music.token_json import read_tokens


@pytest.fixture(scope="module")
def model():
    return telling_model({"encoder_units": 12, "decoder_units": (16, 16), "latent_size": 6})


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("verbs")
    model.save(folder / "model")
    arranger.write_corpus(folder / "songs", count=1, seed=3)
    next((folder / "songs").rglob("*.mid")).rename(folder / "song.mid")
    return folder


@pytest.fixture
def gm_vae(folder, tmp_path, capsys):
    """Function from a verb and its flags to (exit code, measures written, standard error)."""

    def run(verb, *flags):
        output = tmp_path / "out.json"
        code = main([verb, f"--model={folder}/model", f"--output={output}", "--force", *flags])
        measures = (
            read_tokens(output) if output.exists() and verb != "encode" and not code else None
        )
        return code, measures, capsys.readouterr().err

    return run


def test_sample(gm_vae, model):
    code, measures, _ = gm_vae("sample", "--count=5", "--chords=C F|G", "--seed=4")
    assert code == 0
    assert measures == operations.sample(model, 5, ["C|C", "F|G"], seed=4)


def test_a_drawn_seed_is_printed(gm_vae):
    _, measures, err = gm_vae("generate", "--chords=C")
    assert err.startswith("--seed=")
    assert gm_vae("generate", "--chords=C", err.split()[0])[1] == measures


def test_a_summary_of_the_music_is_printed(gm_vae):
    _, measures, err = gm_vae("generate", "--chords=C G Am F C", "--seed=1", "--qpm=60")
    line = err.splitlines()[-1]
    assert line.startswith("5 bars, 20 s at 60 qpm: ")
    names = line.removesuffix(".").partition(": ")[2].split(" and ")[0].split(", ")
    assert len(names) <= 8
    programs = {program for measure in measures for program in measure.programs}
    assert ("Drums" in names) == (128 in programs) or len(names) == 8


def test_quiet_prints_no_seed_and_no_summary(gm_vae):
    code, measures, err = gm_vae("generate", "--chords=C", "--quiet")
    assert (code, len(measures), err) == (0, 1, "")


def test_nopicture_writes_midi_alone(gm_vae, tmp_path):
    flags = ("generate", "--chords=C", "--seed=1", "--temperature=0")
    for name, more in (("with.mid", ()), ("without.mid", ("--nopicture",))):
        assert gm_vae(*flags, f"--output={tmp_path / name}", *more)[0] == 0
    assert {path.name for path in tmp_path.iterdir()} == {"with.mid", "with.png", "without.mid"}


def test_generate_with_instruments(gm_vae):
    code, measures, _ = gm_vae(
        "generate", "--chords=C G Am", "--require=drums, 34", "--forbid=piano"
    )
    assert code == 0
    for measure in measures:
        assert {33, 128} <= set(measure.programs)
        assert not set(range(8)) & set(measure.programs)
    _, measures, _ = gm_vae("generate", "--chords=C", "--instruments=violin,drums,flute")
    assert measures[0].programs == (40, 73, 128)


def test_chords_without_a_triad_are_folded_or_refused(gm_vae):
    flags = ("generate", "--chords=Gsus4|D5 Am7b5/C", "--seed=1", "--novoice_chords")
    code, measures, err = gm_vae(*flags)
    assert code == 0
    assert measures[0].chords == ("G", "D")
    assert measures[1].chords == ("Adim", "Adim")
    assert "Gsus4 has no triad; it is played as G." in err
    assert "D5 has no triad; it is played as D." in err
    code, _, err = gm_vae(*flags, "--strict")
    assert code == 2
    assert "'Gsus4'" in err


def test_chords_with_bar_lines(gm_vae):
    code, measures, _ = gm_vae("generate", "--chords=| c | am g | % |", "--seed=1")
    assert code == 0
    assert [measure.chords for measure in measures] == [("C", "C"), ("Am", "G"), ("Am", "G")]


def markers(path):
    """(measure, text) of each marker of a MIDI file; its texts are the same, without sections."""
    (conductor, *_) = mido.MidiFile(path, charset="utf-8").tracks
    texts = {"marker": [], "text": []}
    now = 0
    for message in conductor:
        now += message.time
        if message.type in texts:
            texts[message.type].append((now / (4 * 480), message.text))
    assert texts["text"] == [mark for mark in texts["marker"] if mark[1][0] != "["]
    return texts["marker"]


def note_messages(path):
    file = mido.MidiFile(path)
    return [[message for message in track if not message.is_meta] for track in file.tracks]


@pytest.fixture
def written(folder, tmp_path, capsys):
    """Function from a verb and its flags to (the MIDI file, standard error)."""

    def run(verb, *flags):
        file = tmp_path / f"{verb}.mid"
        output = f"--output={file},{tmp_path}/{verb}.svg"
        assert main([verb, f"--model={folder}/model", output, "--seed=1", "--force", *flags]) == 0
        return file, capsys.readouterr().err

    return run


def test_chords_are_written_as_they_were_typed(written, tmp_path):
    file, err = written("generate", "--chords=Cmaj7 C/E|Gsus4 E7#9", "--novoice_chords")
    typed = [(0, "Cmaj7"), (1, "C/E"), (1.5, "Gsus4"), (2, "E7#9")]
    assert markers(file) == typed
    assert err.splitlines()[0] == "Gsus4 has no triad; it is played as G."
    notes = note_messages(file)
    assert sum(map(len, notes)) > 20
    picture = (tmp_path / "generate.svg").read_text(encoding="utf-8")
    assert "<!-- Cmaj7 -->" in picture
    assert "<!-- E7♯9 -->" in picture
    # the model hears the triads
    file, err = written("generate", "--chords=C C|G E")
    assert markers(file) == [(0, "C"), (1.5, "G"), (2, "E")]
    assert note_messages(file) == notes
    assert "triad" not in err


@pytest.mark.parametrize(
    ("verb", "flags", "expected"),
    [
        ("sample", ["--count=3"], [(0, "Dm7"), (1, "G13"), (2, "Dm7")]),
        ("vary", ["--count=3"], [(0, "Dm7"), (1, "G13"), (2, "Dm7")]),
        ("interpolate", ["--measures=3"], [(0, "Dm7"), (1, "G13"), (2, "Dm7")]),
        ("interpolate", ["--grid=2x3"], [
            (0, "Dm7"), (1, "G13"), (2, "Dm7"), (4, "G13"), (5, "Dm7"),
        ]),
        ("song", ["--form=A B"], [
            (0, "[A]"), (0, "Dm7"), (1, "G13"), (2, "[B]"), (2, "Dm7"), (3, "G13"), (4, "[Ending]"),
            (4, "Dm7"),
        ]),
    ],
)  # fmt: skip
def test_every_verb_writes_chords_as_they_were_typed(written, verb, flags, expected):
    assert markers(written(verb, "--chords=Dm7 G13", *flags)[0]) == expected


def test_a_song_warns_once_about_chords_without_a_triad(written):
    chords = "--chords=A: Gsus4 C; B: Gsus4 D5"
    _, err = written("song", chords, "--form=A B A", "--novoice_chords")
    assert [line for line in err.splitlines() if "triad" in line] == [
        "Gsus4 has no triad; it is played as G.", "D5 has no triad; it is played as D."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "flags"),
    [
        ("sample", ["--count=4"]),
        ("generate", []),
        ("interpolate", ["--measures=4"]),
        ("interpolate", ["--grid=2x2"]),
        ("song", ["--form=A B"]),
        ("vary", ["--count=4"]),
    ],
)
def test_typed_chords_are_heard(written, verb, flags):
    """No part plays the third of a suspended chord; only pitches change."""

    def played(*more):
        file, err = written(verb, "--chords=Gsus4 Dsus4", *flags, *more)
        assert ("triad" in err) == bool(more)
        return measures_from_midi(file, MeasureFormat(min_events=1, min_instruments=1))[0]

    before, after = played("--novoice_chords"), played()
    thirds = [0, 0]
    for piece, measures in enumerate((before, after)):
        for number, measure in enumerate(measures[:4]):
            third = (11, 6)[number % 2]
            notes = measure.notes()
            thirds[piece] += int((notes["pitch"][notes["program"] < 112] % 12 == third).sum())
    assert thirds[0] > 0 == thirds[1]
    assert [len(measure.notes()) for measure in before] == [len(m.notes()) for m in after]


def test_a_file_with_typed_chords_is_read_as_the_music_that_was_made(written, tmp_path):
    file, _ = written("generate", "--chords=Cmaj7 G7sus4 Am9/E F", "--require=drums,piano,bass")
    made, rejected = measures_from_midi(file.read_bytes())
    assert len(made) == 4, rejected
    again = tmp_path / "again.mid"
    write_midi(made, again)
    assert note_messages(again) == note_messages(file)


def test_interpolate_between_measures_of_a_song_and_in_a_grid(gm_vae, model, folder):
    bars = measures_from_score(parse_midi((folder / "song.mid").read_bytes()))
    kept = [bar for bar in bars if bar.measure][:4]
    numbers = [str(bar.number) for bar in kept]
    z, _ = model.encode([bar.measure for bar in kept])
    song = f"--midi={folder}/song.mid"
    two = ",".join(numbers[:2])
    flags = ("--chords=C F", "--measures=5", "--seed=2", "--linear")
    _, measures, _ = gm_vae("interpolate", song, f"--measure={two}", *flags)
    assert measures == operations.interpolate(
        model, z[0], z[1], ["C", "F"], 5, spherical=False, seed=2
    )
    flags = (song, f"--measure={','.join(numbers)}", "--grid=2x3", "--chords=C", "--seed=2")
    _, measures, _ = gm_vae("interpolate", *flags)
    rows = operations.grid(model, z, 2, 3, "C", seed=2)
    assert measures == [measure for row in rows for measure in row]


def test_encode_and_continue_from_the_points(gm_vae, model, folder, tmp_path):
    measures, _ = measures_from_midi((folder / "song.mid").read_bytes())
    assert gm_vae("encode", f"--midi={folder}/song.mid", "--all")[0] == 0
    points = json.loads((tmp_path / "out.json").read_text())["points"]
    mu, sigma = model.encode(measures)
    assert_close([point["mu"] for point in points], mu, NETWORK)
    assert_close([point["sigma"] for point in points], sigma, NETWORK)
    (tmp_path / "out.json").rename(tmp_path / "points.json")
    where = f"--midi={tmp_path}/points.json", f"--measure={points[2]['measure']}"
    _, generated, _ = gm_vae("generate", *where, "--chords=C", "--seed=1")
    assert generated == operations.progression(model, mu[2], ["C"], seed=1)


def test_reconstruct(gm_vae, model, folder):
    measures, _ = measures_from_midi((folder / "song.mid").read_bytes())
    _, reconstructed, err = gm_vae("reconstruct", f"--midi={folder}/song.mid", "--all")
    bars = measures_from_score(parse_midi((folder / "song.mid").read_bytes()))
    left_out = sum(bar.measure is None for bar in bars)
    told = f"{left_out} of {len(bars)} bars do not fit the model and are left out; gm-vae explain "
    assert err.startswith(told) == bool(left_out)
    assert reconstructed == operations.reconstruct(model, measures)


def test_a_file_name_that_is_not_utf_8(gm_vae, folder, tmp_path, capsys):
    song = tmp_path / os.fsdecode(b"caf\xe9.mid")
    try:
        song.write_bytes((folder / "song.mid").read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    made = tmp_path / os.fsdecode(b"m\xe4de.mid")
    for verb in (
        ["reconstruct", f"--midi={song}", f"--output={made}"],
        ["encode", f"--midi={song}", f"--output={made}.json"],
        ["generate", f"--midi={made}.json", "--chords=C F", f"--output={made}", "--force"],
    ):
        assert main([*verb, f"--model={folder}/model"]) == 0
        assert "m\ufffdde" in capsys.readouterr().out
    assert made.stat().st_size
    assert made.with_suffix(".png").stat().st_size
    values = json.loads((tmp_path / f"{made.name}.json").read_text(encoding="utf-8"))
    assert values["midi"].endswith("caf\ufffd.mid")
    assert main(["explain", str(song), str(song)]) == 0
    assert capsys.readouterr().out.count("caf\ufffd.mid:") == 2
    code, _, err = gm_vae("generate", f"--midi={song}", "--measure=999", "--chords=C")
    assert code == 2
    assert "caf\ufffd.mid" in err


def test_vary_and_replace_a_track(gm_vae, model, folder, tmp_path):
    measures, _ = measures_from_midi((folder / "song.mid").read_bytes())
    song = f"--midi={folder}/song.mid"
    _, variations, _ = gm_vae("vary", song, "--count=3", "--similarity=0.9", "--seed=1")
    assert variations == operations.vary(model, measures[0], 3, 0.9, seed=1)
    (tmp_path / "out.json").rename(tmp_path / "first.json")  # what a verb wrote is read by the next
    flags = (f"--midi={tmp_path}/first.json", "--measure=2", "--count=2", "--seed=1")
    program = variations[1].programs[0]
    name = "drums" if program == 128 else str(program + 1)
    code, anew, _ = gm_vae("vary", *flags, f"--tracks={name}")
    assert code == 0
    others = [row for row, other in enumerate(variations[1].programs) if other != program]
    for measure in anew:
        assert measure.programs == variations[1].programs
        np.testing.assert_array_equal(measure.tokens[others], variations[1].tokens[others])


def test_attributes_are_learnt_and_used(gm_vae, model, folder, songs_dataset, capsys, monkeypatch):
    monkeypatch.setattr(attributes, "_LEAST_READABLE", 0.0)
    learn = ["attributes", f"--model={folder}/model"]
    assert main(learn) == 1
    assert "gm-vae attributes" in capsys.readouterr().err
    assert main([*learn, f"--data={songs_dataset}", "--limit=200"]) == 0
    assert "density" in capsys.readouterr().out
    assert main([*learn, f"--data={songs_dataset}"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(learn) == 0
    point = model.sample_points(1, seed=1)[0]
    known = Attributes.load(folder / "model", model)
    moved = known.move(
        point, {"density": 400, "pitch": -1, known.names[-1]: 1, known.names[-2]: -1}
    )
    wishes = (
        "--more=density=400,pitch=-1",
        f"--add={known.names[-1]}",
        f"--remove={known.names[-2]}",
    )
    _, measures, _ = gm_vae("generate", "--chords=C", "--seed=1", *wishes)
    assert measures == operations.progression(model, moved, ["C"], seed=1)
    assert measures != operations.progression(model, point, ["C"], seed=1)
    code, _, err = gm_vae("generate", "--chords=C", "--add=density,nonsense")
    assert (code, "nonsense" in err) == (2, True)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("sample", "--chords=H"), "'H'"),
        (("sample", "--chords=|"), "--chords names no chord"),
        (("generate", "--chords", "C", "G", "C"), '--chords="C G C"'),
        (("generate", "--chords=C|G Am | F"), "two chords in one measure"),
        (("generate", "--chords=C a F"), "may mean A or Am"),
        (("generate", "--strict", "C"), "flags are written --name=value"),
        (("sample", "--count=0"), "count"),
        (("generate",), "--chords"),
        (("generate", "--chords=C", "--more=density"), "--more"),
        (("generate", "--chords=C", "--require=kazoo"), "kazoo"),
        (("generate", "--chords=C", "--measure=3"), "--midi"),
        (("generate", "--chords=C", "--midi={}/song.mid", "--measure=x"), "--measure=x"),
        (("generate", "--chords=C", "--midi={}/song.mid", "--measure=1,2"), "--measure"),
        (("generate", "--chords=C", "--midi={}/model/gm_vae.json"), "gm_vae.json"),
        (("interpolate", "--chords=C", "--grid=4"), "--grid=4"),
        (("encode",), "--midi"),
        (("encode", "--midi={}/song.mid", "--all", "--measure=1"), "--all"),
        (("reconstruct", "--midi={}/none.mid"), "none.mid"),
        (("reconstruct", "--midi={}/song.mid", "--measure=9999"), "--measure=9999"),
        (("vary", "--similarity=2"), "similarity"),
        (("vary", "--tracks=drums"), "--midi"),
        (("vary", "--midi={}/song.mid", "--tracks=drums", "--chords=C"), "--chords"),
    ],
)
def test_mistakes_are_reported_in_one_sentence(gm_vae, folder, flags, message):
    code, _, err = gm_vae(*(flag.format(folder) for flag in flags))
    *_, sentence = err.strip().splitlines()
    assert code in (1, 2)
    assert sentence.startswith(f"gm-vae {flags[0]}: ")
    assert message in sentence


def test_commands_in_messages_can_be_copied_whatever_the_path(model, tmp_path):
    path = tmp_path / "my söngs"
    model.save(path)
    with pytest.raises(UserError, match=r"--output='.*/my söngs/data'"):
        dataset.load(path / "data")
    with pytest.raises(UserError, match=r"--model='.*/my söngs' "):
        Attributes.load(path, model)
