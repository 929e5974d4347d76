"""The real pipeline on real files; its records are read back."""

import collections
import gzip
import json
import random
import re
import tarfile

import pytest
from runner_jobs import contents

from gm_vae import MeasureFormat, MidiError, measures_from_midi
from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.errors import UserError
from gm_vae.music.chords import ROOTS
from gm_vae.music.midi_file import READING, parse_midi
from gm_vae.pipelines import (
    dataset_card,
    midi_to_measures,
    run_pipeline,
    songs,
    sources,
    stats,
    task_lists,
)
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess

BAD_FILES = {"broken.mid": b"MThd but not much more", "empty.mid": b""}


@pytest.fixture(scope="module")
def corpus(midi_files, tmp_path_factory):
    """A flat folder: twelve songs, two copies under other names, one cut short, two unreadable."""
    folder = tmp_path_factory.mktemp("corpus") / "songs"
    folder.mkdir()
    names = sorted(midi_files)
    files = {**midi_files, "a copy.mid": midi_files[names[0]], "zcopy.kar": midi_files[names[5]]}
    files |= {"cut.mid": files[names[1]][:900], **BAD_FILES}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def dataset(corpus, tmp_path_factory):
    output = tmp_path_factory.mktemp("one") / "deep" / "data"
    return preprocess(corpus, output, workers=1)


def _records(dataset, split):
    """(measure, song name, bar number) of each record of a split that has any."""
    if not dataset.splits[split].measures:
        return []
    records = []
    for record in dataset.records(split):
        song, _, bar = examples.identity(record).rpartition(":")
        records.append((examples.decode(record), song, int(bar)))
    return records


def test_each_measure_is_there_once_and_in_one_split_with_its_song(corpus, dataset):
    expected = collections.defaultdict(set)  # measures of each song
    for path in corpus.iterdir():
        try:
            expected[path.name].update(measures_from_midi(path.read_bytes())[0])
        except MidiError:
            assert path.name in BAD_FILES
    split_of_song = {}
    for split in dataset_lib.SPLITS:
        records = _records(dataset, split)
        measures = [measure for measure, _, _ in records]
        assert len(set(measures)) == len(measures) == dataset.splits[split].measures > 0
        for measure, song, _ in records:
            assert measure in expected[song]
            assert split_of_song.setdefault(song, split) == split
        # whole songs: every measure of every song seen here is here
        songs = {song for _, song, _ in records}
        assert set().union(*(expected[song] for song in songs)) == set(measures)
        hashes = [examples.MeasureBytes.of(measure).content_hash for measure in measures]
        assert hashes == sorted(hashes)
    everything = {m for split in dataset_lib.SPLITS for m, _, _ in _records(dataset, split)}
    assert everything == set().union(*expected.values())


def test_ids_name_the_bar(corpus, dataset):
    from gm_vae.music.measures import measures_from_score

    for measure, song, bar in _records(dataset, "validation"):
        bars = measures_from_score(parse_midi((corpus / song).read_bytes()))
        assert bars[bar - 1].measure == measure


def test_copies_of_a_song_count_once(dataset, midi_files):
    names = sorted(midi_files)
    songs = {song for split in dataset_lib.SPLITS for _, song, _ in _records(dataset, split)}
    assert "a copy.mid" in songs  # the name that sorts first stands for both
    assert names[0] not in songs
    assert "zcopy.kar" not in songs


def test_counts(corpus, dataset):
    kept = rejected = 0
    flaws = collections.Counter()
    for path in corpus.iterdir():
        if path.name not in BAD_FILES:
            measures, reasons = measures_from_midi(path.read_bytes())
            kept += len(measures)
            rejected += reasons.total()
            flaws.update(parse_midi(path.read_bytes()).flaws)
    assert dataset.files == {"read": 17, "unparsable": 2, "with_measures": 14}
    assert dataset.flaws == {flaw.name.lower(): count for flaw, count in flaws.items()}
    assert dataset.flaws["cut_short"] == 1
    assert dataset.reading == READING
    assert dataset.bars == {"seen": kept + rejected, "kept": kept}
    assert sum(dataset.rejected.values()) == rejected
    assert sum(dataset.errors.values()) == 2
    assert [dataset.splits[name].songs for name in dataset_lib.SPLITS] >= [1, 1, 1]
    assert sum(split.songs for split in dataset.splits.values()) == 14
    assert dataset.sources == ("songs",)
    for name, split in dataset.splits.items():
        measures = [measure for measure, _, _ in _records(dataset, name)]
        drums = sum(128 in measure.programs for measure in measures)
        assert split.statistics["instruments"].get("128", 0) == drums
        assert sum(split.statistics["chords"].values()) == 2 * len(measures)
        assert sum(split.statistics["tracks"].values()) == len(measures)
        notes = [len(measure.notes()) // 8 * 8 for measure in measures]
        assert split.statistics["notes"] == {str(n): notes.count(n) for n in sorted(set(notes))}
    assert sum(sum(split.keys.values()) for split in dataset.splits.values()) == kept
    assert {key for split in dataset.splits.values() for key in split.keys} <= set(ROOTS)


def test_rejects_list_the_losses_of_each_song(corpus, dataset):
    (name,) = dataset.rejects
    text = gzip.decompress((dataset.directory / name).read_bytes()).decode()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["song"] for line in lines] == sorted(line["song"] for line in lines)
    reports = {line["song"]: line for line in lines}
    for path in corpus.iterdir():
        try:
            measures, reasons = measures_from_midi(path.read_bytes())
        except MidiError as error:
            refusal = str(error)
        else:
            refusal = None
            flaws = parse_midi(path.read_bytes()).flaws
        if refusal or reasons or flaws:
            line = reports.pop(path.name)
        if refusal:
            assert line["error"] == refusal
        elif reasons:
            assert line["kept"] == len(measures)
            assert line["bars"] == len(measures) + reasons.total()
            assert line["rejected"] == {r.name.lower(): n for r, n in reasons.items()}
            assert line["flaws"] == {flaw.name.lower(): n for flaw, n in flaws.items()}
    assert not reports


def test_the_card_is_readable(dataset):
    card = (dataset.directory / "README.md").read_text()
    assert card == dataset_card.markdown(dataset)
    assert f"{dataset.measures:,} distinct 4/4 measures of 14 songs" in card
    assert "| of these unparsable | 2 |" in card
    assert "\n- 1 track was cut short\n" in card
    assert "| Drums |" in card
    assert (dataset.directory / "instruments.png").read_bytes().startswith(b"\x89PNG")
    assert (dataset.directory / "measures.png").stat().st_size > 1000
    assert stats.COMMAND.main([str(dataset.directory)]) == 0


def test_two_processes_and_another_order_give_the_same_bytes(corpus, dataset, tmp_path):
    paths = sorted(corpus.iterdir())
    random.Random(0).shuffle(paths)
    two = preprocess([*paths[8:], *paths[:8]], tmp_path / "two", workers=2)
    ours, theirs = contents(dataset.directory), contents(two.directory)
    assert {name for name in ours if ours[name] != theirs.get(name)} == {
        "dataset.json",  # they differ in the name of the input only
        "README.md",
    }
    assert two.splits == dataset.splits
    assert two.options == dataset.options
    assert sorted(tmp_path.iterdir()) == [two.directory]  # nothing is left beside it


@pytest.mark.slow
def test_an_archive_gives_the_same_bytes_however_it_is_read(corpus, tmp_path):
    digests = []
    for order, workers in ((1, 1), (-1, 2)):
        archive = tmp_path / str(order) / "songs.tar.xz"
        archive.parent.mkdir()
        with tarfile.open(archive, "w:xz") as stream:
            for path in sorted(corpus.iterdir())[::order]:
                stream.add(path, path.name)
        made = preprocess(archive, tmp_path / f"out{order}", workers=workers)
        digests.append([s.sha256 for split in made.splits.values() for s in split.shards])
        assert made.files["read"] == 17
        reports = (made.directory / made.rejects[0]).read_bytes()
        digests[-1].append(reports)
    assert digests[0] == digests[1]


def test_sequences_give_the_measures_of_their_files(midi_files, tmp_path):
    note_seq = pytest.importorskip("note_seq")
    from original_notes import is_read_alike

    songs_read_alike = [data for data in midi_files.values() if is_read_alike(data)]
    count = len(songs_read_alike)
    assert count >= 6
    records = [
        note_seq.midi_to_note_sequence(data).SerializeToString() for data in songs_read_alike
    ]
    name = "songs.tfrecord"
    (tmp_path / name).write_bytes(b"".join(map(shards.frame, [*records, b"no sequence"])))
    made = preprocess(tmp_path / name, tmp_path / "data", workers=1)
    assert made.files == {"read": count + 1, "unparsable": 1, "with_measures": count}
    assert made.errors == {"The record is not a NoteSequence.": 1}
    measures = {m for split in dataset_lib.SPLITS for m, _, _ in _records(made, split)}
    assert measures == {m for data in songs_read_alike for m in measures_from_midi(data)[0]}


def test_inputs_may_come_from_a_generator(corpus, dataset, tmp_path):
    paths = sorted(corpus.iterdir())
    made = preprocess((path for path in paths), tmp_path / "data", workers=1)
    assert made.sources == tuple(path.name for path in paths)
    assert made.splits == dataset.splits


def test_a_finished_dataset_is_left_alone_unless_forced(corpus, dataset, monkeypatch, capsys):
    runs = []
    monkeypatch.setattr(run_pipeline, "run", lambda *_, **__: runs.append(1))
    before = contents(dataset.directory)
    arguments = [f"--input={corpus}", f"--output={dataset.directory}"]
    assert COMMAND.main(arguments) == 0
    assert "is already finished; --force" in capsys.readouterr().out
    assert COMMAND.main([*arguments, "--min_events=9"]) == 2
    assert "another measure format (min_events 8 against 9); choose" in capsys.readouterr().err
    assert COMMAND.main([*arguments, "--test_percent=9", "--validation_percent=1"]) == 2
    assert "another validation_percent and test_percent" in capsys.readouterr().err
    assert COMMAND.main([f"--input={corpus}/*.mid", arguments[1]]) == 2
    assert "another input" in capsys.readouterr().err
    monkeypatch.setattr(midi_to_measures, "READING", READING + 1)
    assert COMMAND.main(arguments) == 2
    sentence = f"another reading of songs (version {READING}, now {READING + 1}); choose"
    assert sentence in capsys.readouterr().err
    assert not runs
    with pytest.raises(UserError):  # the run did nothing, so there is nothing to publish
        preprocess(corpus, dataset.directory, force=True)
    assert runs == [1]
    assert contents(dataset.directory) == before  # what failed leaves the old one in place
    assert [p.name for p in dataset.directory.parent.iterdir()] == ["data"]


def test_force_replaces_and_formats_reach_the_measures(corpus, tmp_path):
    fmt = MeasureFormat(max_track_length=20, max_tracks=4, max_instruments=4, chords_per_measure=4)
    output = tmp_path / "data"
    output.mkdir()
    (output / dataset_lib.FILE_NAME).write_text("{}")  # an unreadable dataset
    (output / "old").write_text("")
    with pytest.raises(UserError, match="cannot be read"):
        preprocess(corpus, output, fmt, workers=1)
    made = preprocess(corpus, output, fmt, workers=1, force=True)
    assert not (output / "old").exists()
    assert made.fmt == fmt
    measures = list(dataset_lib.read_measures(output, "train"))
    assert measures
    assert all(measure.fmt == fmt and measure.tokens.shape == (4, 20) for measure in measures)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--output=x"], 2, "--input is missing"),
        (["--input={corpus}"], 2, "--output is missing"),
        (["--input={corpus}/none", "--output={tmp}/x"], 2, "does not exist"),
        (["--input={tmp}/void", "--output={tmp}/x"], 2, "There is no MIDI file in"),
        (["--input={corpus}", "--output={tmp}/text/x"], 1, "Cannot write .*x"),
        (["--input={corpus}", "--output={tmp}/full"], 2, "is not a dataset; choose another"),
        (["--input={corpus}", "--output={tmp}/full", "--force"], 2, "is not a dataset; choose"),
        (["--input={corpus}", "--output={tmp}/text"], 2, "is not a dataset; choose another"),
        (["--input={corpus}", "--output={tmp}/x", "--workers=-1"], 2, "workers is -1"),
        (["--input={corpus}", "--output={tmp}/x", "--max_tracks=0"], 2, "max_tracks is 0"),
        (["--input={corpus}", "--output={tmp}/x", "--test_percent=99"], 2, "no songs for training"),
        (["--input={corpus}", "--output={tmp}/x", "--runner=DirectRunner"], 2, "use FnApiRunner"),
        (["--input={corpus}", "--output={tmp}/x", "--beam_args=--a"], 2, "FnApiRunner takes none"),
        (["--input={corpus}/empty.mid", "--output={tmp}/x"], 1, "None of the 1 MIDI files"),
        (
            ["--input={corpus}", "--output={tmp}/x", "--min_events=400", "--workers=1"],
            1,
            r"No measure was kept of \d+ bars in 17 files \(too few events.*FILE --min_events=400,",
        ),
    ],
)
def test_mistakes_are_one_sentence(corpus, tmp_path, capfd, arguments, code, message):
    (tmp_path / "void").mkdir()
    (tmp_path / "text").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("")
    before = sorted(tmp_path.rglob("*"))
    assert COMMAND.main([a.format(corpus=corpus, tmp=tmp_path) for a in arguments]) == code
    out, err = capfd.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert err.startswith("gm-vae preprocess: ")
    assert err.endswith((".\n", ").\n"))
    assert re.search(message, err), err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_a_full_disk_in_a_worker_is_one_sentence(corpus, tmp_path):
    # shards go to a folder that disappeared, in this process and in workers
    source_files = sources.find(corpus)
    for workers in (1, 2):
        scratch = tmp_path / str(workers)
        scratch.mkdir()
        arguments = {
            "lists": task_lists.write(str(scratch), songs.tasks(source_files, workers)),
            "folder": str(tmp_path / "gone"),
            "chunk_folder": str(scratch),
            "fmt": MeasureFormat(),
            "validation_percent": 5,
            "test_percent": 5,
            "summary_path": str(scratch / "summary"),
        }
        with pytest.raises(UserError) as raised:
            run_pipeline.run(arguments, workers=workers, scratch=scratch)
        message = str(raised.value)
        assert "gone" in message
        assert "cannot be written (No such file or directory)" in message
        assert "\n" not in message
        assert "while running" not in message


def test_workers_follow_the_size_of_the_input(monkeypatch):
    monkeypatch.setattr(midi_to_measures.os, "cpu_count", lambda: 6)

    def worth(size, kind):
        return midi_to_measures._worth([sources.Source("p", "n", kind, size)])

    assert worth(1000, sources.Kind.MIDI) == 1
    assert worth(40 << 20, sources.Kind.MIDI) == 5
    assert worth(40 << 20, sources.Kind.TAR) == 6
