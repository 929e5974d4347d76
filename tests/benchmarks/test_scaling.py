"""The large corpus of the benchmark `scaling`, and how it counts what happens to chunks."""

import io

import mido
import pytest
from midi_builder import meter, midi, note, program, tempo

from benchmarks.processes import watched
from benchmarks.scaling import corpus, one_process
from benchmarks.scaling.run import ChunkCounter
from gm_vae import arranger
from gm_vae.errors import UserError
from gm_vae.pipelines import songs, sources


def _events(data):
    """(ticks, message) of all tracks; a note's pitch apart."""
    made = []
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type not in ("text", "end_of_track"):
                made.append((now, message.copy(time=0)))
    return made


@pytest.mark.parametrize("kind", [0, 1])
def test_notes_are_moved_and_nothing_else(kind):
    first, second = (
        meter(3, 4) + tempo(100) + program(5) + note(24, 48, 60) + note(50, 60, 126),
        program(1, channel=9, tick=10) + note(24, 30, 36, channel=9) + meter(4, 4, tick=480),
    )
    tracks = [first + second] if kind == 0 else [first, second]
    data = midi(*tracks, ticks_per_quarter=24, kind=kind)
    same, made = corpus.moved(data, [(0, 0), (3, 2)])
    assert same == data
    for (then, old), (now, new) in zip(_events(data), _events(made), strict=True):
        later = old.type not in ("time_signature", "set_tempo") or then > 0
        assert now - then == 48 * later
        if old.type.startswith("note") and old.channel != 9:
            assert (new.note - old.note) % 12 == 3
            old = old.copy(note=new.note)
        assert new == old


def test_damaged_files_stay_as_they_are():
    for data in (b"", b"MThd", b"RIFF and more", midi(note(0, 5, 60))[:13]):
        assert corpus.moved(data, [(1, 1), (2, 2)]) == [data, data]


def test_each_file_is_taken_as_often_as_others(tmp_path):
    arranger.write_corpus(tmp_path / "midi", count=6, seed=2)
    for count in (3, 6, 40):
        folder = tmp_path / str(count)
        folder.mkdir()
        midi_bytes = corpus.write(folder, str(tmp_path / "midi"), count)
        read = list(songs.read(sources.find(folder)))
        assert not any(song.error for song in read)
        assert sum(len(song.data) for song in read) == midi_bytes
        assert len({song.name for song in read}) == len({song.data for song in read}) == count
        taken = [song.name.rpartition("/")[2].partition("-")[2] for song in read]
        uses = {name: taken.count(name) for name in taken}
        assert max(uses.values()) - min(uses.values()) <= 1
        assert len(uses) == min(6, count)
    with pytest.raises(UserError, match="60 can be made"):
        corpus.write(tmp_path, str(tmp_path / "midi"), 61)


def test_chunks_are_counted(tmp_path):
    counter = ChunkCounter(tmp_path / "chunks")
    for name, data in (("a.records", b"12345"), ("a.index", b"678"), ("tasks.list", b"9")):
        temporary = tmp_path / "chunks" / f".{name}"
        temporary.write_bytes(data)
        temporary.read_bytes()
        temporary.rename(tmp_path / "chunks" / name)
    counter.look()
    assert (counter.chunks, counter.bytes, counter.reads) == (1, 8, 0)
    for name in ("a.records", "a.records", "a.index", "tasks.list"):
        (tmp_path / "chunks" / name).read_bytes()
    counter.look()
    assert (counter.chunks, counter.bytes, counter.reads) == (1, 8, 3)


def test_a_command_that_fails_is_said(tmp_path):
    with pytest.raises(UserError, match="failed"):
        watched(["false", "x", "y"])


@pytest.mark.parametrize("what", ["names", "plan"])
def test_a_process_of_its_own(what):
    took = one_process.measured(what, 1000)
    assert took["cpu"] > 0
    assert 20e6 < took["peak"] < 1e9
