"""Remote input and output, through Beam's own client of a store that runs on this machine."""

import io
import logging
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gm_vae import storage
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import UserError
from gm_vae.pipelines import songs, sources
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess


@pytest.fixture(scope="module")
def bucket(midi_files):
    """s3://music with twelve songs below songs/, and a client of the store."""
    server_lib = pytest.importorskip("moto.server", reason="the store needs moto")
    boto3 = pytest.importorskip("boto3")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = server_lib.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="music")
        for name, data in midi_files.items():
            client.put_object(Bucket="music", Key=f"songs/deep/{name}", Body=data)
        client.put_object(Bucket="music", Key="songs/notes.txt", Body=b"x")
        client.put_object(Bucket="music", Key="other/a.rar", Body=b"x")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as stream:
            for name, data in midi_files.items():
                stream.writestr(name, data)
        client.put_object(Bucket="music", Key="other/songs.zip", Body=archive.getvalue())
        table = io.BytesIO()
        columns = {"id": list(midi_files), "music": list(midi_files.values())}
        pq.write_table(pa.table(columns), table, row_group_size=5)
        client.put_object(Bucket="music", Key="tables/songs.parquet", Body=table.getvalue())
        yield client
    server.stop()


def _keys(client, prefix):
    listed = client.list_objects_v2(Bucket="music", Prefix=prefix)
    return {item["Key"].removeprefix(prefix) for item in listed.get("Contents", [])}


@pytest.mark.slow
def test_folders_globs_and_files_are_found(bucket, midi_files):
    source_files = sources.find("s3://music/songs")
    assert [source.name for source in source_files] == sorted(f"deep/{name}" for name in midi_files)
    assert sources.find("s3://music/songs/") == source_files
    assert {song.data for song in songs.read(source_files)} == set(midi_files.values())
    by_glob = sources.find("s3://music/songs/deep/*.mid")
    assert [source.path for source in by_glob] == [source.path for source in source_files]
    name = sorted(midi_files)[0]
    (one,) = sources.find(f"s3://music/songs/deep/{name}")
    assert (one.name, one.size) == (name, len(midi_files[name]))


def test_archives_are_read_and_others_listed(bucket, midi_files):
    read = list(songs.read(sources.find("s3://music/other")))
    assert {song.data for song in read if song.data} == set(midi_files.values())
    errors = {song.name: song.error for song in read if song.error}
    assert errors == {"a.rar": "a RAR archive is not supported; unpack it first"}


def test_parquet_is_read(bucket, midi_files):
    read = {
        song.name: song.data for song in songs.read(sources.find("s3://music/tables/*.parquet"))
    }
    assert read == {f"songs.parquet/{name}": data for name, data in midi_files.items()}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("s3://music/none", "does not exist"),
        ("s3://no-such-bucket/x", "does not exist"),
        ("s3://music/songs/notes.txt", "neither a MIDI file"),
        ("gopher://x/y", "there is no file system for gopher:// here"),
    ],
)
def test_missing_paths_are_reported(bucket, entry, message):
    with pytest.raises(UserError, match=message):
        sources.find(entry)


@pytest.mark.slow
def test_remote_gives_the_bytes_of_local(bucket, midi_files, tmp_path, capsys):
    folder = tmp_path / "songs" / "deep"
    folder.mkdir(parents=True)
    for name, data in midi_files.items():
        (folder / name).write_bytes(data)
    local = preprocess(tmp_path / "songs", tmp_path / "data", workers=1)
    made = preprocess("s3://music/songs", "s3://music/data", workers=2)
    assert made.splits == local.splits
    assert made.directory == "s3://music/data"
    names = {path.name for path in local.directory.iterdir()}
    assert _keys(bucket, "data/") == names  # no chunks are left
    for name in names:
        body = bucket.get_object(Bucket="music", Key=f"data/{name}")["Body"].read()
        if name == dataset_lib.FILE_NAME:
            parsed = dataset_lib.parse(body, "x")
            assert parsed.splits == local.splits
            assert parsed.sha256 == local.sha256
        else:
            assert body == (local.directory / name).read_bytes()
    arguments = ["--input=s3://music/songs", "--output=s3://music/data"]
    assert COMMAND.main(arguments) == 0
    assert "is already finished" in capsys.readouterr().out
    assert COMMAND.main([*arguments, "--min_events=9"]) == 2
    assert "another measure format" in capsys.readouterr().err
    assert COMMAND.main([arguments[0], "--output=s3://music/songs", "--force"]) == 2
    assert "is not a dataset" in capsys.readouterr().err
    assert _keys(bucket, "songs/deep/") == set(midi_files)


@pytest.mark.slow
def test_a_store_that_refuses_is_one_sentence(bucket, midi_files, tmp_path, capfd):
    name = sorted(midi_files)[0]
    (tmp_path / name).write_bytes(midi_files[name])
    code = COMMAND.main([f"--input={tmp_path}", "--output=s3://no-such-bucket/x", "--workers=1"])
    out, err = capfd.readouterr()
    assert code == 1
    assert not out
    assert err.count("\n") == 1
    assert "cannot be written" in err
    assert "bucket does not exist" in err
    with pytest.raises(UserError, match=r"none cannot be read"):
        storage.read("s3://music/none")
