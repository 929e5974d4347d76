"""dataset.json: the content and provenance of a folder of measures.

The folder of a finished dataset:

    dataset.json                        this value
    README.md, *.png                    the same for readers
    train-00000-of-00012.tfrecord.gz    measures; validation-* and test-* likewise
    rejects-00000-of-00001.jsonl.gz     a line for each file with rejected bars or flaws
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from gm_vae import storage
from gm_vae.data import examples, shards
from gm_vae.errors import UsageError, UserError
from gm_vae.json_values import Fields, ListOf, MapOf, Text, Whole, WrongValue, anything, shown
from gm_vae.json_values import parse as parse_json
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.version import __version__

T = TypeVar("T")
Record = bytes  # a serialized example; in `Dataset` the name `bytes` is a property

FILE_NAME = "dataset.json"
VERSION = 1  # of the layout above; a reader refuses a greater one
SPLITS = ("train", "validation", "test")
_MOST_BYTES = 1 << 26  # of dataset.json


def _file_name(value: Any) -> None:
    """The schema of a file name in the folder."""
    Text(255)(value)
    if value in ("", ".", "..") or set(value) & set("/\\\0"):
        raise WrongValue(f"is {shown(value)} instead of the name of a file")


_COUNTS = MapOf(Whole())
_SHARD = Fields({"name": _file_name, "measures": Whole(), "bytes": Whole(), "sha256": Text(64)})
_SPLIT = Fields(
    {"shards": ListOf(_SHARD)},
    {"songs": Whole(), "measures": Whole(), "statistics": MapOf(_COUNTS), "keys": _COUNTS},
)
_FILE = Fields(
    {
        "format": anything,
        "splits": Fields({}, dict.fromkeys(SPLITS, _SPLIT)),
        "sources": ListOf(Text()),
        "rejects": ListOf(_file_name),
    },
    {
        "options": MapOf(anything),
        "files": _COUNTS,
        "errors": _COUNTS,
        "bars": _COUNTS,
        "rejected": _COUNTS,
        "gm_vae": Text(),
    },
)


@dataclasses.dataclass(frozen=True)
class Split:
    """The measures for one purpose.

    Attributes:
        songs: files with a measure in this split, copies of a song included.
        measures: distinct measures.
        shards: their files.
        statistics: histograms of the measures, see `gm_vae.data.statistics`.
        keys: bars kept by inferred key, named by the tonic of its major scale (a minor key counts
            with its relative major); equal measures count each.
    """

    songs: int = 0
    measures: int = 0
    shards: tuple[shards.Shard, ...] = ()
    statistics: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    keys: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A finished dataset.

    Attributes:
        directory: its folder; for remote ones (gs://...) the text of the path.
        fmt: the format of its measures.
        splits: "train", "validation" and "test".
        sources: names of the inputs, without their folders.
        options: values that a run of the same command must repeat: validation_percent and
            test_percent, and a fingerprint of its "input".
        files: counts of MIDI files: "read", "unparsable", "with_measures".
        errors: unparsable files by reason.
        bars: counts of bars: "seen", "kept"; the distinct bars that were kept are in the splits.
        rejected: bars not kept by reason (names of `RejectReason`).
        flaws: counts of mended or ignored flaws of the files, by kind (names of `Flaw`).
        rejects: names of the files that list the rejects and flaws of each song.
        reading: version of the rules for reading songs (`midi_file.READING`).
        gm_vae: version of the package that wrote it.
    """

    directory: pathlib.Path | str
    fmt: MeasureFormat
    splits: Mapping[str, Split]
    sources: tuple[str, ...] = ()
    options: Mapping[str, object] = dataclasses.field(default_factory=dict)
    files: Mapping[str, int] = dataclasses.field(default_factory=dict)
    errors: Mapping[str, int] = dataclasses.field(default_factory=dict)
    bars: Mapping[str, int] = dataclasses.field(default_factory=dict)
    rejected: Mapping[str, int] = dataclasses.field(default_factory=dict)
    flaws: Mapping[str, int] = dataclasses.field(default_factory=dict)
    rejects: tuple[str, ...] = ()
    reading: int = 1  # the version for datasets without this field
    gm_vae: str = __version__

    @property
    def measures(self) -> int:
        """Distinct measures of all splits."""
        return sum(split.measures for split in self.splits.values())

    @property
    def bytes(self) -> int:
        """Bytes on disk of all measures."""
        return sum(shard.bytes for split in self.splits.values() for shard in split.shards)

    @property
    def sha256(self) -> str:
        """A hash of all measures: equal if all splits are equal."""
        digest = hashlib.sha256()
        for name, split in sorted(self.splits.items()):
            for shard in split.shards:
                digest.update(f"{name} {shard.sha256}\n".encode())
        return digest.hexdigest()

    def path(self, name: str) -> str:
        """The path of one of its files."""
        return storage.join(self.directory, name)

    def split(self, name: str) -> Split:
        """A split by name.

        Raises:
            UsageError: there is no split of that name, or it has no measures.
        """
        if name not in self.splits:
            raise UsageError(f"{name!r} is not a split; choose one of {', '.join(SPLITS)}.")
        if not self.splits[name].measures:
            raise UsageError(
                f"The {name} split of {self.directory} has no measures; preprocess more songs or "
                "choose another split."
            )
        return self.splits[name]

    def records(self, name: str) -> Iterator[Record]:
        """The serialized examples of a split, in file order. Raises UserError for damaged files."""
        for shard in self.split(name).shards:
            yield from shards.read(self.path(shard.name), shard)

    def decoded(self, decode: Callable[[Any, MeasureFormat], T], serialized: Any) -> T:
        """`decode` of one or more records. Raises UserError if they cannot be decoded."""
        try:
            return decode(serialized, self.fmt)
        except ValueError as error:
            raise UserError(
                f"{self.directory} holds a damaged measure ({error}); make the dataset again with "
                "gm-vae preprocess --force."
            ) from None

    def to_json(self) -> str:
        """The text of dataset.json, which does not depend on the machine or the time."""
        values = dataclasses.asdict(self)
        del values["directory"]
        del values["fmt"]
        values = {
            "dataset_version": VERSION,
            "format": self.fmt.to_dict(),
            "sha256": self.sha256,
            **values,
        }
        return json.dumps(values, indent=1, sort_keys=True) + "\n"


def load(directory: str | os.PathLike[str]) -> Dataset:
    """The dataset in a folder.

    Raises:
        UserError: the folder does not exist, or does not contain a readable dataset.
    """
    remote = storage.scheme(directory)
    directory = os.fspath(directory) if remote else pathlib.Path(directory)
    path = storage.join(directory, FILE_NAME)
    try:
        with storage.open_file(path) as stream:
            text = stream.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        if remote or not pathlib.Path(directory).exists():
            raise UsageError(
                f"There is no dataset at {directory}; make one with "
                f"gm-vae preprocess --input=MIDI --output={shlex.quote(str(directory))}."
            ) from None
        raise UsageError(
            f"{directory} is not a dataset (it has no {FILE_NAME}); name the folder that "
            "gm-vae preprocess wrote with --output."
        ) from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the path.") from None
    if len(text) > _MOST_BYTES:
        raise _unreadable(path, f"it has over {_MOST_BYTES:,} bytes")
    return parse(text, directory)


def parse(text: bytes, directory: pathlib.Path | str) -> Dataset:
    """The dataset that the content of a dataset.json describes. Raises UserError like `load`."""
    path = storage.join(directory, FILE_NAME)
    try:
        values = parse_json(text, Fields({"dataset_version": anything}))
    except WrongValue as error:
        raise _unreadable(path, error) from None
    version = values.pop("dataset_version")
    if version != VERSION:
        raise UsageError(
            f"{directory} has dataset version {shown(version)} and this gm-vae reads {VERSION}; "
            "upgrade the package or make the dataset again with gm-vae preprocess --force."
        )
    try:
        _FILE(values)
        fmt = MeasureFormat.from_dict(values.pop("format"))
        values.pop("sha256", None)  # computed from the shards
        return _from_values(directory, fmt, values)
    except WrongValue as error:
        raise _unreadable(path, error) from None
    except UserError as error:  # it names the field, but not the file
        raise type(error)(f"{path}: {error}") from None
    except (TypeError, ValueError):
        raise _unreadable(path, "it has an unknown field or split") from None


def read_measures(directory: str | os.PathLike[str], split: str) -> Iterator[Measure]:
    """The measures of a split, in file order, without TensorFlow.

    Raises:
        UserError: the dataset or split does not exist, or is empty or damaged.
    """
    dataset = load(directory)
    return (dataset.decoded(examples.decode, record) for record in dataset.records(split))


def _from_values(
    directory: pathlib.Path | str, fmt: MeasureFormat, values: dict[str, Any]
) -> Dataset:
    splits = {}
    for name, split in sorted(values.pop("splits").items(), key=lambda item: SPLITS.index(item[0])):
        split_shards = tuple(shards.Shard(**shard) for shard in split.pop("shards"))
        splits[name] = Split(shards=split_shards, **split)
    for name in ("sources", "rejects"):
        values[name] = tuple(values[name])
    return Dataset(directory, fmt, splits, **values)


def _unreadable(path: str, why: object) -> UserError:
    return UserError(
        f"{path} cannot be read ({why}); make the dataset again with gm-vae preprocess --force."
    )
