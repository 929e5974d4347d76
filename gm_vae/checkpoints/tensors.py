"""Named arrays <-> a folder of weights_manifest.json and shards, which browsers read too.

The manifest is a list of groups, each {"paths": [...], "weights": [{"name", "shape", "dtype":
"float32", "quantization"?}]}; the shards of a group, joined, hold its tensors in the order of the
manifest, little-endian, C order. A tensor may be stored smaller: {"dtype": "float16"}, or
{"dtype": "uint8" | "uint16", "scale", "min"} with value = q * scale + min. This is the weights
format of TensorFlow.js; NumPy alone reads and writes it here.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import os
import pathlib
import stat
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gm_vae.errors import UsageError, UserError
from gm_vae.json_values import Rule, WrongValue, anything, parse
from gm_vae.storage import whole_file

MANIFEST = "weights_manifest.json"
SHARD_BYTES = 4 * 1024 * 1024  # a size that browsers and static hosts cache well
QUANTIZATIONS = ("none", "float16", "uint16", "uint8")

_STORED = {"float32": "<f4", "float16": "<f2", "uint16": "<u2", "uint8": "|u1"}
_LEVELS = {"uint16": 65535, "uint8": 255}
_WHOLE = {"i": ("int32", "<i4"), "b": ("bool", "|u1")}  # by NumPy's kind; only for graphs
_MAX_DIMENSIONS = 8
MAX_NUMBERS = 1 << 29  # of all tensors of a folder; the largest preset has 206 million
MAX_SHARDS = 10_000
_LONGEST_NAME = 1000
MAX_DESCRIPTION_BYTES = 1 << 24  # of a JSON file


def write_tensors(
    folder: str | os.PathLike[str],
    tensors: Mapping[str, np.ndarray],
    quantization: str = "none",
    shard_bytes: int = SHARD_BYTES,
) -> None:
    """Write weights_manifest.json and shards; arguments and errors are as in `write_shards`.

    Tensors are sorted by name, so the same tensors give the same bytes.
    """
    manifest = write_shards(folder, tensors, quantization, shard_bytes)
    write_json(pathlib.Path(folder) / MANIFEST, manifest)


def write_shards(
    folder: str | os.PathLike[str],
    tensors: Mapping[str, np.ndarray],
    quantization: str = "none",
    shard_bytes: int = SHARD_BYTES,
) -> list[dict[str, Any]]:
    """Write `group1-shardIofN` files into `folder`, created if missing, and return their manifest.

    Args:
        folder: the output folder; other files in it are kept.
        tensors: name -> real numbers of any shape, stored as float32; or int32 or bool, which are
            never quantized.
        quantization: "none" (float32), "float16", or "uint16" or "uint8", whose error is at most
            half of (max - min) / 65535 or 255 of each tensor.
        shard_bytes: size of every shard but the last.

    Raises:
        UsageError: the quantization is unknown or shard_bytes is too small.
        UserError: a tensor is not finite or too large for float16; the folder is not writable.
        ValueError: a tensor is empty.
    """
    if quantization not in QUANTIZATIONS:
        raise UsageError(
            f"{quantization!r} is not a quantization; choose {', '.join(QUANTIZATIONS[:-1])} "
            f"or {QUANTIZATIONS[-1]}."
        )
    if shard_bytes < 1:
        raise UsageError(f"shard_bytes is {shard_bytes}; give the bytes of a shard, 1 or more.")
    folder = pathlib.Path(folder)
    stored = [
        _store(name, tensors[name], "float32" if quantization == "none" else quantization)
        for name in sorted(tensors)
    ]
    total_bytes = sum(array.nbytes for _, array in stored)
    shards = max(1, -(-total_bytes // shard_bytes))
    if shards > MAX_SHARDS:
        raise UsageError(
            f"shard_bytes is {shard_bytes} for {total_bytes:,} bytes of weights; give "
            f"{-(-total_bytes // MAX_SHARDS):,} or more."
        )
    names = [f"group1-shard{index}of{shards}" for index in range(1, shards + 1)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pieces = (array.reshape(-1).view(np.uint8).data for _, array in stored)
        _write_joined([folder / name for name in names], pieces, shard_bytes)
    except OSError as error:
        raise UserError(
            f"cannot write weights to {folder} ({error.strerror or error}); choose a folder that "
            "you may write to, on a disk with room."
        ) from error
    return [{"paths": names, "weights": [entry for entry, _ in stored]}]


@dataclasses.dataclass(frozen=True)
class Group:
    """Tensors in the same shards, as a manifest describes them.

    Attributes:
        entries: the tensors in their order.
        shards: names of the files that contain them, none outside the folder.
    """

    entries: tuple[_Entry, ...]
    shards: tuple[str, ...]

    @property
    def stored_bytes(self) -> int:
        """Bytes of all its shards together."""
        return sum(entry.stored_bytes for entry in self.entries)


def read_manifest(folder: str | os.PathLike[str]) -> tuple[Group, ...]:
    """The groups of the manifest in a folder; shards are not read.

    Raises:
        UserError: there is none, it is damaged, it names too many shards or one outside the
            folder, or a dtype is unknown.
    """
    folder = pathlib.Path(folder)
    where = str(folder / MANIFEST)
    groups = tuple(
        Group(
            tuple(_read_entry(where, weight) for weight in weights),
            tuple(_shard_name(where, path) for path in paths),
        )
        for paths, weights in _read_groups(folder / MANIFEST)
    )
    shards = sum(len(group.shards) for group in groups)
    if shards > MAX_SHARDS:
        raise UserError(
            f"{where} names {shards:,} shards, and gm-vae reads at most {MAX_SHARDS:,}; export the "
            "model again with larger --shard_bytes."
        )
    return groups


def check_tensors(folder: str | os.PathLike[str], groups: Iterable[Group]) -> None:
    """Raise UserError if a manifest lists a tensor twice or too many numbers."""
    names, numbers = set(), 0
    for group in groups:
        for entry in group.entries:
            if entry.name in names:
                where = str(pathlib.Path(folder) / MANIFEST)
                raise _damaged(where, f"{entry.name[:100]!r} appears in it twice")
            names.add(entry.name)
            numbers += math.prod(entry.shape)
    if numbers > MAX_NUMBERS:
        raise UserError(
            f"{folder} describes {numbers:.3g} weights, and gm-vae reads at most {MAX_NUMBERS:,}; "
            "take a smaller model."
        )


def shapes_of(groups: Iterable[Group]) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every tensor."""
    return {entry.name: entry.shape for group in groups for entry in group.entries}


def read_tensors(folder: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Every tensor of a folder by name, float32, dequantised. Raises as `StoredTensors` does."""
    return StoredTensors.find(folder).read()


@dataclasses.dataclass(frozen=True)
class StoredTensors:
    """The tensors of a folder, checked before any of them is read.

    Nothing outside the folder is opened, and no memory is allocated before the sizes of the shards
    agree with the manifest.

    Attributes:
        folder: the folder.
        groups: the groups of the manifest.
    """

    folder: pathlib.Path
    groups: tuple[Group, ...]

    @classmethod
    def find(cls, folder: str | os.PathLike[str]) -> StoredTensors:
        """Read the manifest and check the shards.

        Raises:
            UserError: there is no manifest, it is damaged, a shard is missing, has another size or
                is outside the folder, or a dtype is unknown.
        """
        folder = pathlib.Path(folder)
        groups = read_manifest(folder)
        for group in groups:
            found_bytes = sum(_shard_bytes(folder, name) for name in group.shards)
            if found_bytes != group.stored_bytes:
                raise UserError(
                    f"the weights in {folder} are {found_bytes} bytes, but {MANIFEST} describes "
                    f"{group.stored_bytes}: files are cut short or of another checkpoint; copy the "
                    "folder again."
                )
        check_tensors(folder, groups)
        return cls(folder, groups)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape."""
        return shapes_of(self.groups)

    def read(self, see: Callable[[memoryview], object] = len) -> dict[str, np.ndarray]:
        """Every tensor by name, float32, dequantised.

        `see` receives all bytes of the shards as they are read. Raises UserError if a value is not
        finite.
        """
        tensors: dict[str, np.ndarray] = {}
        for group in self.groups:
            source = _Joined((self.folder / name for name in group.shards), see)
            try:
                for entry in group.entries:
                    tensors[entry.name] = entry.decode(str(self.folder / MANIFEST), source)
            finally:
                source.close()
        return tensors


def _read_groups(path: pathlib.Path) -> list[tuple[list[Any], list[Any]]]:
    """(paths, weights) of each group of a manifest, unchecked."""
    manifest = read_json(path, "name a folder that holds a checkpoint")
    if not isinstance(manifest, list) or not all(isinstance(group, dict) for group in manifest):
        raise _damaged(str(path), "it is not a list of groups")
    groups = [(group.get("paths"), group.get("weights")) for group in manifest]
    if not all(isinstance(entries, list) for group in groups for entries in group):
        raise _damaged(str(path), "a group has no paths or no weights")
    return groups


def read_json(path: pathlib.Path, remedy: str, rule: Rule = anything) -> Any:
    """The value of a JSON file that follows a schema.

    Raises UserError, with `remedy` if there is no file.
    """
    try:
        return parse(read_description(path, remedy), rule)
    except WrongValue as error:
        raise _damaged(str(path), str(error)) from None


def read_description(path: pathlib.Path, remedy: str) -> bytes:
    """The bytes of a description file of plausible size.

    Raises UserError, with `remedy` if there is no file.
    """
    try:
        size = _look_at(path.parent, path.name).st_size
        if size > MAX_DESCRIPTION_BYTES:
            raise _damaged(str(path), f"it has {size} bytes")
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no {path.name} in {path.parent}; {remedy}.") from None
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror or error}); {remedy}.") from error


def write_json(path: pathlib.Path, value: Any) -> None:
    """Write a JSON file and flush it to the disk. Raises OSError."""
    with whole_file(path) as stream:
        stream.write((json.dumps(value, indent=1) + "\n").encode())


def _store(name: str, values: np.ndarray, stored_as: str) -> tuple[dict[str, Any], np.ndarray]:
    """The manifest entry of a tensor, and its bytes in the shard."""
    values = np.asarray(values)
    if not values.size:
        raise ValueError(f"{name} is empty")
    entry: dict[str, Any] = {"name": name, "shape": list(values.shape), "dtype": "float32"}
    if values.dtype.kind in _WHOLE:
        entry["dtype"], stored = _WHOLE[values.dtype.kind]
        return entry, np.ascontiguousarray(values, stored)
    array = np.asarray(values, np.float32)
    if not np.isfinite(array).all():
        raise UserError(
            f"{name} holds NaN or infinity: the training diverged; take an earlier checkpoint."
        )
    if stored_as == "float16":
        if np.abs(array).max() > np.finfo(np.float16).max:
            raise UserError(f"{name} is too large for float16; choose none, uint16 or uint8.")
        entry["quantization"] = {"dtype": stored_as}
    elif stored_as in _LEVELS:
        low, high = float(array.min()), float(array.max())
        scale = (high - low) / _LEVELS[stored_as] or 1.0  # a constant tensor is q = 0
        if low < 0 < high:  # zero is a level: weights that are exactly 0 (start units) stay 0
            low = -round(-low / scale) * scale
        array = np.rint((array.astype(np.float64) - low) / scale).clip(0, _LEVELS[stored_as])
        entry["quantization"] = {"dtype": stored_as, "scale": scale, "min": low}
    return entry, np.ascontiguousarray(array, _STORED[stored_as])


def _write_joined(
    paths: list[pathlib.Path], pieces: Iterable[memoryview], shard_bytes: int
) -> None:
    """Split the joined pieces into files of `shard_bytes`; the last has the rest."""
    waiting = bytearray()
    remaining = iter(paths)
    for piece in pieces:
        waiting += piece
        while len(waiting) > shard_bytes:  # not >=: the rest is the last shard
            with whole_file(next(remaining)) as stream:
                stream.write(waiting[:shard_bytes])
            del waiting[:shard_bytes]
    with whole_file(next(remaining)) as stream:
        stream.write(waiting)


@dataclasses.dataclass(frozen=True)
class _Entry:
    """One tensor of a manifest."""

    name: str
    shape: tuple[int, ...]
    stored_as: str
    scale: float
    low: float

    @property
    def stored_bytes(self) -> int:
        return math.prod(self.shape) * np.dtype(_STORED[self.stored_as]).itemsize

    def decode(self, where: str, source: _Joined) -> np.ndarray:
        stored = np.empty(self.shape, _STORED[self.stored_as])
        source.read_into(stored.reshape(-1).view(np.uint8).data)
        with np.errstate(over="ignore"):
            if self.stored_as in _LEVELS:
                array = (stored * np.float64(self.scale) + self.low).astype(np.float32)
            else:
                array = stored.astype(np.float32, copy=False)
        if not np.isfinite(array).all():
            raise _damaged(where, f"{self.name!r} holds NaN or infinity")
        return array


def _read_entry(where: str, weight: Any) -> _Entry:
    if not isinstance(weight, dict) or not isinstance(weight.get("name"), str):
        raise _damaged(where, "a tensor has no name")
    if len(weight["name"]) > _LONGEST_NAME:
        raise _damaged(where, f"a tensor has no name of up to {_LONGEST_NAME} letters")
    name, shape = weight["name"], weight.get("shape")
    if (
        not isinstance(shape, list)
        or len(shape) > _MAX_DIMENSIONS
        or not all(type(size) is int and 1 <= size < 1 << 63 for size in shape)
    ):
        raise _damaged(where, f"{name!r} has no shape of sizes of 1 or more")
    quantization = weight.get("quantization", {"dtype": "float32"})
    if not isinstance(quantization, dict):
        raise _damaged(where, f"the quantization of {name!r} is not an object")
    for dtype, known in (
        (weight.get("dtype"), ("float32",)),
        (quantization.get("dtype"), tuple(_STORED)),
    ):
        if dtype not in known:
            raise UserError(
                f"{name!r} in {where} has dtype {str(dtype)[:40]!r}, which is not one of "
                f"{', '.join(known)}; convert the checkpoint to float32."
            )
    stored_as: str = quantization["dtype"]
    scale, low = 1.0, 0.0
    if stored_as in _LEVELS:
        for value in (quantization.get("scale"), quantization.get("min")):
            if (
                not isinstance(value, int | float)
                or isinstance(value, bool)
                or not -1e300 < value < 1e300
            ):
                raise _damaged(where, f"{name!r} has no scale and min for its {stored_as}")
        scale, low = float(quantization["scale"]), float(quantization["min"])
    return _Entry(name, tuple(shape), stored_as, scale, low)


def _shard_name(where: str, path: Any) -> str:
    """A shard's path within its folder."""
    if not isinstance(path, str) or not path.isprintable() or not 0 < len(path) <= _LONGEST_NAME:
        raise _damaged(where, "a shard has no name")
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or pathlib.PureWindowsPath(path).drive:
        raise UserError(
            f"{where} names the shard {path!r} outside its folder; "
            "take the checkpoint from a source that you trust."
        )
    return path


def _shard_bytes(folder: pathlib.Path, name: str) -> int:
    """The size of an existing shard."""
    try:
        return _look_at(folder, name).st_size
    except (OSError, ValueError):
        raise UserError(
            f"the shard {name!r} that {folder / MANIFEST} names is missing; copy the whole folder "
            "again."
        ) from None


def _look_at(folder: pathlib.Path, name: str | os.PathLike[str]) -> os.stat_result:
    """The status of a file in a folder, before it is opened.

    Raises:
        UserError: it is a folder, a pipe or a device, or a link that leads out of the folder.
        OSError: there is none.
    """
    path = folder / name
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UserError(f"{path} is not a file; copy the whole folder again.")
    if not pathlib.Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise UserError(
            f"{path} is a link to a file outside its folder; copy the folder with what its links "
            "point to."
        )
    return status


class _Joined:
    """Several files read as one."""

    def __init__(self, paths: Iterable[pathlib.Path], see: Callable[[memoryview], object]) -> None:
        self._paths, self._see = iter(paths), see
        self._file: io.BufferedReader | None = None

    def read_into(self, buffer: memoryview) -> None:
        filled = 0
        try:
            while filled < len(buffer):
                count = self._file.readinto(buffer[filled:]) if self._file else 0
                filled += count
                if not count:
                    self.close()
                    self._file = open(next(self._paths), "rb")  # noqa: SIM115 (closed above)
        except StopIteration:
            raise UserError("a shard became shorter while it was read; read it again.") from None
        except OSError as error:
            raise UserError(f"cannot read {error.filename} ({error.strerror}).") from error
        self._see(buffer)

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def _damaged(where: str, why: str) -> UserError:
    return UserError(f"{where} is damaged ({why}); copy the checkpoint again.")
