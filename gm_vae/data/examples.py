"""Measure <-> serialized `tf.train.Example`, without TensorFlow.

The features are bytes: ids, not one-hots:

    tokens   uint16 little-endian, the real tokens of all T tracks joined, padding cut
    lengths  uint8 [T], tokens of each track; uint16 little-endian in formats of longer tracks
    chords   uint8 [C], chord ids
    id       UTF-8, source of the measure, such as "song-name:bar"

The message is nested length-delimited fields (Example.features = 1, Features.feature = 1, map key
= 1 and value = 2, Feature.bytes_list = 1, BytesList.value = 1), so a dozen lines write it; pipeline
workers that need nothing else from TensorFlow then start in a fraction of a second. Bytes are the
same as TensorFlow's own deterministic serialization: map entries are sorted by key.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary

CHORDS, ID, LENGTHS, TOKENS = "chords", "id", "lengths", "tokens"  # sorted, as on disk

_LENGTH_DELIMITED = 2  # wire type
_TOKEN_DTYPE = np.dtype("<u2")


class Columns(NamedTuple):
    """N measures: real tokens of all tracks, concatenated; lengths [N, T]; chord ids [N, C]."""

    tokens: np.ndarray
    lengths: np.ndarray
    chord_ids: np.ndarray


@dataclasses.dataclass(frozen=True)
class MeasureBytes:
    """The bytes of a measure's features, from which its hashes and its example are made.

    Attributes:
        tokens, lengths, chords: as on disk.
    """

    tokens: bytes
    lengths: bytes
    chords: bytes

    @classmethod
    def of(cls, measure: Measure) -> MeasureBytes:
        """The content of any measure."""
        position = np.arange(measure.tokens.shape[-1])
        real = measure.tokens[position < measure.lengths[:, None]]
        return cls(
            real.astype(_TOKEN_DTYPE, copy=False).tobytes(),
            measure.lengths.astype(measure.fmt.length_dtype, copy=False).tobytes(),
            measure.chord_ids.astype(np.uint8, copy=False).tobytes(),
        )

    @functools.cached_property
    def token_hash(self) -> bytes:
        """32 bytes, equal for measures with equal tokens, whatever their chords."""
        return hashlib.sha256(self.lengths + self.tokens).digest()

    @property
    def content_hash(self) -> bytes:
        """32 bytes, equal for equal measures (tokens and chords) of one format."""
        return hashlib.sha256(self.token_hash + self.chords).digest()

    def example(self, identity: str = "") -> bytes:
        """The serialized `tf.train.Example`.

        Args:
            identity: source of the measure, such as "song-name:bar"; only informative.
        """
        return _field(
            1,
            _entry(CHORDS, self.chords)
            + _entry(ID, identity.encode("utf-8", "replace"))
            + _entry(LENGTHS, self.lengths)
            + _entry(TOKENS, self.tokens),
        )


def encode(measure: Measure, identity: str = "") -> bytes:
    """The serialized `tf.train.Example` of a measure; see `MeasureBytes.example`."""
    return MeasureBytes.of(measure).example(identity)


def decode(serialized: bytes, fmt: MeasureFormat | None = None) -> Measure:
    """The measure of a serialized example.

    Args:
        serialized: bytes from `encode`.
        fmt: the measure format of the dataset; the default one if None.

    Raises:
        ValueError: the bytes are not such an example, or not of this format.
    """
    fmt = fmt or MeasureFormat()
    features = _whole(_features(serialized))
    lengths = np.frombuffer(features[LENGTHS], fmt.length_dtype)
    chord_ids = np.frombuffer(features[CHORDS], np.uint8)
    if len(lengths) != fmt.max_tracks or len(chord_ids) != fmt.chords_per_measure:
        raise ValueError(f"{len(lengths)} tracks and {len(chord_ids)} chords are not of {fmt}")
    if len(features[TOKENS]) != _TOKEN_DTYPE.itemsize * int(lengths.sum()):
        raise ValueError("the lengths do not add up to the number of tokens")
    joined = np.frombuffer(features[TOKENS], _TOKEN_DTYPE)
    _require_ids(joined, lengths, chord_ids, fmt)
    tokens = np.zeros((fmt.max_tracks, fmt.max_track_length), np.uint16)
    tokens[np.arange(fmt.max_track_length) < lengths[:, None]] = joined
    return Measure(tokens, lengths.copy(), chord_ids.copy(), fmt)


def columns(serialized: Iterable[bytes], fmt: MeasureFormat) -> Columns:
    """The features of N examples of a format, joined.

    Raises:
        ValueError: the bytes are not such examples, or not of this format.
    """
    parsed = [_whole(_features(example)) for example in serialized]
    lengths = b"".join(features[LENGTHS] for features in parsed)
    chord_ids = b"".join(features[CHORDS] for features in parsed)
    tokens = b"".join(features[TOKENS] for features in parsed)
    columns = Columns(
        np.frombuffer(tokens, _TOKEN_DTYPE),
        np.frombuffer(lengths, fmt.length_dtype).reshape(len(parsed), fmt.max_tracks),
        np.frombuffer(chord_ids, np.uint8).reshape(len(parsed), fmt.chords_per_measure),
    )
    if len(columns.tokens) != int(columns.lengths.sum(dtype=np.int64)):
        raise ValueError("the lengths do not add up to the number of tokens")
    _require_ids(*columns, fmt)
    return columns


def identity(serialized: bytes) -> str:
    """Where the measure of a serialized example came from. Raises ValueError like `decode`."""
    return _features(serialized).get(ID, b"").decode("utf-8", "replace")


def _whole(features: dict[str, bytes]) -> dict[str, bytes]:
    """The same values; raises ValueError if one is missing."""
    missing = [name for name in (CHORDS, LENGTHS, TOKENS) if name not in features]
    if missing:
        raise ValueError(f"the example has no feature {', '.join(missing)}")
    return features


def _require_ids(
    tokens: np.ndarray, lengths: np.ndarray, chord_ids: np.ndarray, fmt: MeasureFormat
) -> None:
    if (
        lengths.min(initial=1) < 1
        or lengths.max(initial=1) > fmt.max_track_length
        or tokens.max(initial=0) >= vocabulary(fmt).size
        or chord_ids.max(initial=0) >= NUM_CHORDS
    ):
        raise ValueError("a track is too short or long, or there is no such token or chord")


def _entry(key: str, value: bytes) -> bytes:
    """An entry of Features.feature: the key and, three messages deep, the value."""
    return _field(1, _field(1, key.encode()) + _field(2, _field(1, _field(1, value))))


def _field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | _LENGTH_DELIMITED]) + _varint(len(payload)) + payload


@functools.lru_cache(maxsize=4096)
def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _features(serialized: bytes) -> dict[str, bytes]:
    """The bytes features of an example: the first value of each."""
    features = {}
    for _, message in _fields(serialized):
        for _, entry in _fields(message):
            key, value = "", b""
            for number, payload in _fields(entry):
                if number == 1:
                    key = payload.decode("utf-8", "replace")
                elif number == 2:
                    for _, bytes_list in _fields(payload):
                        value = next((first for _, first in _fields(bytes_list)), b"")
            features[key] = value
    return features


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The (number, payload) pairs of a message that has length-delimited fields only."""
    position = 0
    while position < len(message):
        tag = message[position]
        size, position = _read_varint(message, position + 1)
        payload = message[position : position + size]
        if tag & 7 != _LENGTH_DELIMITED or len(payload) < size:
            raise ValueError("these bytes are not a tf.train.Example of bytes features")
        yield tag >> 3, payload
        position += size


def _read_varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("these bytes are not a tf.train.Example: they end within a number")
