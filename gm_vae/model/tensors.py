"""Named arrays <-> a folder of weights_manifest.json and shards, which browsers read too.

The manifest is a list of groups, each {"paths": [...], "weights": [{"name", "shape", "dtype":
"float32", "quantization"?}]}; the shards of a group, joined, hold its tensors in the order of the
manifest, little-endian, C order. A tensor may be stored smaller: {"dtype": "float16"}, or
{"dtype": "uint8" | "uint16", "scale", "min"} with value = q * scale + min. This is the weights
format of TensorFlow.js; NumPy alone reads and writes it here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pathlib
import stat
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import numpy as np

from gm_vae.errors import UsageError, UserError

MANIFEST = "weights_manifest.json"
SHARD_BYTES = 4 * 1024 * 1024  # what browsers and static hosts cache well
QUANTIZATIONS = ("none", "float16", "uint16", "uint8")

_STORED = {"float32": "<f4", "float16": "<f2", "uint16": "<u2", "uint8": "|u1"}
_LEVELS = {"uint16": 65535, "uint8": 255}
_MAX_DIMENSIONS = 8


def write_tensors(
    folder: str | os.PathLike[str],
    tensors: Mapping[str, np.ndarray],
    quantization: str = "none",
    shard_bytes: int = SHARD_BYTES,
) -> None:
    """Write weights_manifest.json and `group1-shardIofN` files into `folder`, made if missing.

    Tensors go by name, so the same tensors give the same bytes. Everything is written under
    temporary names first, and the manifest is renamed last.

    Args:
        folder: where to; other files in it stay.
        tensors: name -> real numbers of any shape, stored as float32.
        quantization: "none" (float32), "float16", or "uint16" or "uint8", whose error is at most
            half of (max - min) / 65535 or 255 of each tensor.
        shard_bytes: size of every shard but the last.

    Raises:
        UsageError: the quantization is unknown or shard_bytes is under 1.
        UserError: a tensor is not finite or too large for float16; the folder is not writable.
        ValueError: a tensor is empty.
    """
    if quantization not in QUANTIZATIONS:
        raise UsageError(
            f"{quantization!r} is no quantization; choose {', '.join(QUANTIZATIONS[:-1])} "
            f"or {QUANTIZATIONS[-1]}."
        )
    if shard_bytes < 1:
        raise UsageError(f"shard_bytes is {shard_bytes}; give the bytes of a shard, 1 or more.")
    folder = pathlib.Path(folder)
    stored_as = "float32" if quantization == "none" else quantization
    item_bytes = np.dtype(_STORED[stored_as]).itemsize
    total_bytes = sum(np.asarray(array).size for array in tensors.values()) * item_bytes
    shards = max(1, -(-total_bytes // shard_bytes))
    names = [f"group1-shard{index}of{shards}" for index in range(1, shards + 1)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries = []

        def pieces() -> Iterable[memoryview]:
            for name in sorted(tensors):
                entry, array = _store(name, tensors[name], stored_as)
                entries.append(entry)
                yield array.reshape(-1).view(np.uint8).data

        try:
            _write_shards(folder, names, pieces(), shard_bytes)
            manifest = [{"paths": names, "weights": entries}]
            _write_durably(_temporary(folder / MANIFEST), _json_bytes(manifest))
            # From here until the last rename there is no manifest, rather than one of other shards
            (folder / MANIFEST).unlink(missing_ok=True)
            for name in [*names, MANIFEST]:
                _temporary(folder / name).replace(folder / name)
        finally:
            for name in [*names, MANIFEST]:
                _temporary(folder / name).unlink(missing_ok=True)  # there after a failure only
    except OSError as error:
        raise UserError(
            f"cannot write weights to {folder} ({error.strerror or error}); choose a folder that "
            "you may write to, on a disk with room."
        ) from error


def read_tensors(folder: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Every tensor of a folder by name, float32, dequantised.

    Nothing outside the folder is opened, and no memory is taken before the sizes of the shards
    agree with the manifest.

    Raises:
        UserError: there is no manifest, it is damaged, a shard is missing, of another size or
            outside the folder, a dtype is unknown, or a value is not finite.
    """
    folder = pathlib.Path(folder)
    manifest = read_json(folder / MANIFEST, "name a folder that holds a checkpoint")
    where = str(folder / MANIFEST)
    if not isinstance(manifest, list) or not all(isinstance(group, dict) for group in manifest):
        raise _damaged(where, "it is no list of groups")
    tensors: dict[str, np.ndarray] = {}
    for group in manifest:
        paths, weights = group.get("paths"), group.get("weights")
        if not isinstance(paths, list) or not isinstance(weights, list):
            raise _damaged(where, "a group has no paths or no weights")
        entries = [_read_entry(where, weight) for weight in weights]
        shards = [_shard(folder, path) for path in paths]
        expected_bytes = sum(entry.stored_bytes for entry in entries)
        found_bytes = sum(size for _, size in shards)
        if found_bytes != expected_bytes:
            raise UserError(
                f"the weights in {folder} are {found_bytes} bytes, but {MANIFEST} describes "
                f"{expected_bytes}: files are cut short or of another checkpoint; copy the folder "
                "again."
            )
        source = _Joined([path for path, _ in shards])
        try:
            for entry in entries:
                if entry.name in tensors:
                    raise _damaged(where, f"{entry.name!r} stands in it twice")
                tensors[entry.name] = entry.decode(where, source)
        finally:
            source.close()
    return tensors


def read_json(path: pathlib.Path, remedy: str) -> Any:
    """The value of a JSON file. Raises UserError (with `remedy` if there is no file)."""
    try:
        return json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise UserError(f"there is no {path.name} in {path.parent}; {remedy}.") from None
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror or error}); {remedy}.") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(str(path), "it is not JSON") from error


def write_json(path: pathlib.Path, value: Any) -> None:
    """Write a JSON file under a temporary name, then rename it. Raises OSError."""
    _write_durably(_temporary(path), _json_bytes(value))
    _temporary(path).replace(path)


def _json_bytes(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def _write_durably(path: pathlib.Path, data: bytes) -> None:
    """Have the bytes on the disk, so that no rename can come before them."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _store(name: str, values: np.ndarray, stored_as: str) -> tuple[dict[str, Any], np.ndarray]:
    """The manifest's entry of a tensor, and what stands in the shard."""
    array = np.ascontiguousarray(values, np.float32).reshape(np.shape(values))
    if not array.size:
        raise ValueError(f"{name} is empty")
    if not np.isfinite(array).all():
        raise UserError(
            f"{name} holds NaN or infinity: the training diverged; take an earlier checkpoint."
        )
    entry: dict[str, Any] = {"name": name, "shape": list(array.shape), "dtype": "float32"}
    if stored_as == "float16":
        if np.abs(array).max() > np.finfo(np.float16).max:
            raise UserError(f"{name} is too large for float16; choose none, uint16 or uint8.")
        entry["quantization"] = {"dtype": stored_as}
    elif stored_as in _LEVELS:
        low, high = float(array.min()), float(array.max())
        scale = (high - low) / _LEVELS[stored_as] or 1.0  # a constant tensor is q = 0
        array = np.rint((array.astype(np.float64) - low) / scale)
        entry["quantization"] = {"dtype": stored_as, "scale": scale, "min": low}
    return entry, np.ascontiguousarray(array.astype(_STORED[stored_as]))


def _write_shards(
    folder: pathlib.Path, names: list[str], pieces: Iterable[memoryview], shard_bytes: int
) -> None:
    """Cut the joined pieces into files of `shard_bytes`, under temporary names."""
    waiting = bytearray()
    remaining = iter(names)
    for piece in pieces:
        waiting += piece
        while len(waiting) > shard_bytes:  # not >=: what is left at the end is the last shard
            _write_durably(_temporary(folder / next(remaining)), waiting[:shard_bytes])
            del waiting[:shard_bytes]
    _write_durably(_temporary(folder / next(remaining)), waiting)


def _temporary(path: pathlib.Path) -> pathlib.Path:
    return path.with_name(f".{path.name}.writing")


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
    name, shape = weight["name"], weight.get("shape")
    if (
        not isinstance(shape, list)
        or len(shape) > _MAX_DIMENSIONS
        or not all(type(size) is int and size >= 1 for size in shape)
    ):
        raise _damaged(where, f"{name!r} has no shape of sizes of 1 or more")
    quantization = weight.get("quantization", {"dtype": "float32"})
    if not isinstance(quantization, dict):
        raise _damaged(where, f"the quantization of {name!r} is no object")
    stored_as = quantization.get("dtype")
    for dtype, known in ((weight.get("dtype"), ("float32",)), (stored_as, tuple(_STORED))):
        if dtype not in known:
            raise UserError(
                f"{name!r} in {where} has dtype {str(dtype)[:40]!r}, which is none of "
                f"{', '.join(known)}; convert the checkpoint to float32."
            )
    scale, low = 1.0, 0.0
    if stored_as in _LEVELS:
        scale, low = quantization.get("scale"), quantization.get("min")
        for value in (scale, low):
            if type(value) not in (int, float) or not -1e300 < value < 1e300:
                raise _damaged(where, f"{name!r} has no scale and min for its {stored_as}")
    return _Entry(name, tuple(shape), stored_as, float(scale), float(low))


def _shard(folder: pathlib.Path, path: Any) -> tuple[pathlib.Path, int]:
    """A shard's place and its size in bytes."""
    where = str(folder / MANIFEST)
    if not isinstance(path, str) or not path.isprintable() or not path:
        raise _damaged(where, "a shard has no name")
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or pathlib.PureWindowsPath(path).drive:
        raise UserError(
            f"{where} names the shard {path!r} outside its folder; "
            "take the checkpoint from a source that you trust."
        )
    file = folder / path
    try:
        found = file.stat()
    except (OSError, ValueError):
        raise UserError(
            f"the shard {path!r} that {where} names is missing; copy the whole folder again."
        ) from None
    if not stat.S_ISREG(found.st_mode):
        raise UserError(f"the shard {file} is not a file; copy the whole folder again.")
    return file, found.st_size


class _Joined:
    """Files read as if they were one."""

    def __init__(self, paths: list[pathlib.Path]) -> None:
        self._paths = iter(paths)
        self._file: BinaryIO | None = None

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

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def _damaged(where: str, why: str) -> UserError:
    return UserError(f"{where} is damaged ({why}); copy the checkpoint again.")
