"""Hostile archives, built header by header, and numbered damaged ones."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import struct
import zlib

import google_crc32c

from gm_vae.data import shards

SONG = b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk\x00\x00\x00\x04\x00\xff\x2f\x00"
END_OF_TAR = bytes(1024)


def number_field(value: int | bytes, width: int) -> bytes:
    """A number in a tar header: octal if it fits, else base 256; bytes as they are."""
    if isinstance(value, bytes):
        return value.ljust(width, b"\0")[:width]
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    return (value % (1 << 8 * width) | (0x80 << 8 * (width - 1))).to_bytes(width, "big")


def tar_header(
    name: bytes, size: int | bytes, kind: bytes = b"0", extra: dict[int, bytes] | None = None
) -> bytes:
    """A header block with a checksum that fits; `extra` are bytes by offset."""
    block = bytearray(512)
    block[: len(name[:100])] = name[:100]
    for offset, value, width in ((100, 0o644, 8), (108, 0, 8), (116, 0, 8), (136, 0, 12)):
        block[offset : offset + width] = number_field(value, width)
    block[124:136] = number_field(size, 12)
    block[156:157] = kind
    block[257:265] = b"ustar\00000"
    for offset, value in (extra or {}).items():
        block[offset : offset + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data: bytes) -> bytes:
    """Data up to the end of a block."""
    return data + bytes(-len(data) % 512)


def member(
    name: bytes, data: bytes, kind: bytes = b"0", extra: dict[int, bytes] | None = None
) -> bytes:
    """A header and its data."""
    return tar_header(name, len(data), kind, extra) + padded(data)


def pax_record(key: bytes, value: bytes) -> bytes:
    """A record of a pax header, whose length counts its own digits."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest)
    while length != len(b"%d" % length) + len(rest):
        length = len(b"%d" % length) + len(rest)
    return b"%d" % length + rest


def pax(kind: bytes = b"x", **fields: bytes) -> bytes:
    """A pax header; dots of keys are written as two underscores."""
    records = [pax_record(key.replace("__", ".").encode(), value) for key, value in fields.items()]
    return member(b"PaxHeader", b"".join(records), kind)


def gzip_of_zeros(before: bytes, mebibytes: int, block: bytes = bytes(1 << 20)) -> bytes:
    """Gzip of `before` and then one block of 1 MiB many times, built quickly.

    Its checksum is wrong, which is met at the end only.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = compressor.compress(before) + compressor.flush(zlib.Z_FULL_FLUSH)
    first = compressor.compress(block) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(block) + compressor.flush(zlib.Z_FULL_FLUSH)
    return head + first + again * (mebibytes - 1) + compressor.flush()


def xz_of_dictionary(data: bytes, size_code: int) -> bytes:
    """Xz whose header requests a dictionary by size code; 40 is 4 GiB."""
    packed = bytearray(lzma.compress(data, lzma.FORMAT_XZ))
    start = 12  # of the block's header
    length = 4 * (packed[start] + 1)
    header = packed[start : start + length - 4]
    at = header.index(b"\x21\x01") + 2  # filter LZMA2, one byte of properties
    header[at] = size_code
    packed[start : start + length] = header + struct.pack("<L", zlib.crc32(header))
    return bytes(packed)


def zip_archive(
    files: list[dict], end: dict | None = None, before: bytes = b"", zip64: dict | None = None
) -> bytes:
    """A zip archive.

    Args:
        files: `name`, `data` and whatever lies: `method`, `flags`, `version`, `size`, `stored`,
            `offset`, `checksum`, `extra`, `comment`, `packed`, `local_name`, `local_flags`.
        end: fields of the last record: `size`, `offset`, `count`, `comment`.
        before: bytes before the archive.
        zip64: likewise of the record for large archives, which is written if this is given.
    """
    body, directory = before, b""
    for file in files:
        name, data = file["name"], file.get("data", SONG)
        method, flags = file.get("method", 8), file.get("flags", 0)
        packed = file["packed"] if "packed" in file else _PACKERS.get(method, bytes)(data)
        size, stored = file.get("size", len(data)), file.get("stored", len(packed))
        checksum = file.get("checksum", zlib.crc32(data))
        offset = file.get("offset", len(body) - len(before))
        extra, comment = file.get("extra", b""), file.get("comment", b"")
        version = file.get("version", 20)
        numbers = (method, 0, 0x21, checksum, stored & 0xFFFFFFFF, size & 0xFFFFFFFF)
        local_name = file.get("local_name", name)
        local_flags = file.get("local_flags", flags)
        if not file.get("no_local"):
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, local_flags, *numbers, len(local_name), len(extra)
            )
            body += local_name + extra + packed
        lengths = (len(name), len(extra), len(comment))
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, version, flags, *numbers, *lengths, 0, 0, 0,
            offset & 0xFFFFFFFF,
        )  # fmt: skip
        directory += name + extra + comment
    start, size = len(body) - len(before), len(directory)
    if zip64 is not None:
        values = {"count": len(files), "size": size, "offset": start, **zip64}
        record = struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, values["count"], values["count"],
            values["size"], values["offset"],
        )  # fmt: skip
        directory += record + struct.pack("<4sLQL", b"PK\6\7", 0, len(body) + len(directory), 1)
        end = {"size": 0xFFFFFFFF, "offset": 0xFFFFFFFF, "count": 0xFFFF, **(end or {})}
    end = {"count": len(files), "size": size, "offset": start, **(end or {})}
    comment = end.get("comment", b"")
    last = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, end["count"], end["count"], end["size"], end["offset"],
        len(comment),
    )  # fmt: skip
    return body + directory + last + comment


def _deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


def _zip_lzma(data: bytes) -> bytes:
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=_LZMA_FILTERS)
    return _LZMA_PROPERTIES + packed


_LZMA_FILTERS = [{"id": lzma.FILTER_LZMA1, "preset": 0, "dict_size": 1 << 16}]
_LZMA_PROPERTIES = b"\x09\x14\x05\x00" + struct.pack("<BL", 3 + 9 * 5 * 2, 1 << 16)
_PACKERS = {0: bytes, 8: _deflated, 12: bz2.compress, 14: _zip_lzma}


def packed_zeros(method: int, mebibytes: int) -> bytes:
    """A song and then zeros as zip archives pack them, method 12 (bzip2) or 14 (LZMA)."""
    bzip2 = method == 12
    compressor = (
        bz2.BZ2Compressor(9)
        if bzip2
        else lzma.LZMACompressor(lzma.FORMAT_RAW, filters=_LZMA_FILTERS)
    )
    packed = [b"" if bzip2 else _LZMA_PROPERTIES, compressor.compress(SONG)]
    block = bytes(1 << 20)
    packed += [compressor.compress(block) for _ in range(mebibytes)]
    return b"".join([*packed, compressor.flush()])


def record_header(size: int) -> bytes:
    """The first bytes of a record, with a checksum that fits."""
    packed = struct.pack("<Q", size)
    crc = google_crc32c.value(packed)
    return packed + struct.pack("<L", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def hostile() -> dict[str, tuple[bytes, str]]:
    """File name -> its bytes, and the expected text of its report; "read" if a song is read."""
    tars = {f"{name}.tar": case for name, case in _hostile_tars().items()}
    zips = {f"{name}.zip": case for name, case in _hostile_zips().items()}
    return tars | zips | _hostile_streams()


def _hostile_tars() -> dict[str, tuple[bytes, str]]:
    end = member(b"good.mid", SONG) + END_OF_TAR
    odd = {386: b"\xff" * 12, 398: b"\xff" * 12, 483: b"9" * 12}
    goes_on = tar_header(b"a.mid", 0, b"S", {482: b"\1"})
    holes = (bytes(504) + b"\1" * 8) * 2048
    return {
        "negative_size": (tar_header(b"a.mid", -512) + end, "negative size"),
        "negative_size_loop": (
            member(b"good.mid", SONG) + tar_header(b"a.mid", -512) + end,
            "negative size",
        ),
        "negative_size_small": (tar_header(b"a.mid", -1) + end, "negative size"),
        "negative_size_of_name": (tar_header(b"L", -1024, b"L") + end, "negative size"),
        "size_2_87": (tar_header(b"a.mid", 1 << 87) + end, "expands to over"),
        "size_2_62": (tar_header(b"a.mid", 1 << 62) + end, "expands to over"),
        "size_behind_the_end": (tar_header(b"a.mid", 1 << 20) + end, "cut short"),
        "pax_digits": (member(b"p", b"1" * 900_000, b"x") + end, "read"),
        "pax_digits_many": (member(b"p", b"1" * (1 << 20), b"x") + end, "over 1 MiB"),
        "pax_zero_length": (member(b"p", b"0 path=a\n", b"x") + end, "read"),
        "pax_size_10_30": (pax(size=b"1" + b"0" * 30) + end, "not a number"),
        "pax_size_10_18": (pax(size=b"1" + b"0" * 18) + end, "expands to over"),
        "pax_size_negative": (pax(size=b"-512") + end, "not a number"),
        "sparse_map": (pax(GNU__sparse__map=b"a,b") + end, "sparse"),
        "sparse_size": (pax(GNU__sparse__size=b"x") + end, "sparse"),
        "sparse_1_0": (pax(GNU__sparse__major=b"1", GNU__sparse__minor=b"0") + end, "sparse"),
        "sparse_negative": (pax(GNU__sparse__realsize=b"-1") + end, "sparse"),
        "sparse_old_fields": (tar_header(b"a.mid", 0, b"S", odd) + END_OF_TAR, "sparse"),
        "sparse_old_cut": (goes_on, "cut short"),
        "sparse_old_endless.gz": (gzip_of_zeros(goes_on, 64, holes), "over 1 MiB"),
        "many_pax": (pax(path=b"a.mid") * 3000 + end, "over 1 MiB"),
        "many_global": (pax(b"g", comment=b"a") * 3000 + end, "over 1 MiB"),
        "many_names": (member(b"L", b"a.mid\0", b"L") * 3000 + end, "over 1 MiB"),
        "name_1_gib.gz": (gzip_of_zeros(tar_header(b"L", 1 << 30, b"L"), 1024), "over 1 MiB"),
        "pax_1_gib.gz": (gzip_of_zeros(tar_header(b"p", 1 << 30, b"x"), 1024), "over 1 MiB"),
        "name_of_1_mib": (member(b"L", b"a" * 900_000 + b".mid", b"L") + end, "read"),
        "name_not_utf_8": (member(b"caf\xe9.mid", SONG) + END_OF_TAR, "read"),
        "pax_name_not_utf_8": (pax(path=b"\xff\xfe.mid") + end, "read"),
        "owner_and_time": (member(b"a.mid", SONG, b"0", {108: b"x", 136: b"z"}) + end, "read"),
        "header_alone.xz": (lzma.compress(tar_header(b"a.mid", 512)), "cut short"),
        "zeros_4_gib.gz": (gzip_of_zeros(tar_header(b"z", 4 << 30), 4096), "expands to over"),
    }


def _hostile_zips() -> dict[str, tuple[bytes, str]]:
    huge = 0xFFFFFFFF  # of a number that stands elsewhere
    zip64 = struct.pack("<2H3Q", 1, 24, *[1 << 63] * 3)
    song = {"name": b"a.mid"}
    large = {**song, "data": SONG + bytes(2 << 20), "packed": _deflated(SONG + bytes(2 << 20))}
    cases = {
        "central_name": ([{**song, "name": b"\xff\xfe.mid", "flags": 1 << 11}], "read"),
        "local_name": ([{**song, "local_name": b"\xff", "local_flags": 1 << 11}], "read"),
        "version_9_9": ([{**song, "version": 99}], "read"),
        "no_name": ([{"name": b""}, song], "read"),
        "nul_name": ([{"name": b"\0"}, song], "read"),
        "long_name": ([{"name": b"x" * 65_000 + b".mid"}, song], "read"),
        "method_99": ([{**song, "method": 99}], "compression method 99 is not supported"),
        "deflate_64": ([{**song, "method": 9}], "compression method 9 is not supported"),
        "encrypted": ([{**song, "flags": 1}], "encrypted"),
        "zip64_all": (
            [{**song, "size": huge, "stored": huge, "offset": huge, "extra": zip64}],
            "larger than",
        ),
        "zip64_offset": (
            [{**song, "offset": huge, "extra": struct.pack("<2HQ", 1, 8, 1 << 63)}],
            "outside the archive",
        ),
        "zip64_cut": ([{**song, "size": huge, "extra": b"\1\0\x08\0\0"}], "larger than"),
        "extra_cut": ([{**song, "extra": b"\1\0\xff\xff\0"}], "read"),
        "offset": ([{**song, "offset": 1 << 30}], "outside the archive"),
        "offset_into_data": ([{**song, "offset": 7}], "leads astray"),
        "stored_too_few": ([{**song, "stored": 3}], "cut short"),
        "size_too_small": ([{**song, "size": 10}], "wrong checksum"),
        "size_too_large": ([{**song, "size": 1 << 25}], "read"),
        "lzma_dictionary": (
            [{**song, "method": 14, "packed": b"\x09\x14\x05\0" + b"\xff" * 9}],
            "no sensible size",
        ),
        "lzma_properties": (
            [{**song, "method": 14, "packed": b"\x09\x14\x05\0\xff" + bytes(9)}],
            "impossible",
        ),
        "bzip2_zeros": (
            [{**song, "method": 12, "packed": packed_zeros(12, 60), "size": 1 << 20}],
            "wrong checksum",
        ),
        "lzma_zeros": (
            [{**song, "method": 14, "packed": packed_zeros(14, 60), "size": 1 << 20}],
            "wrong checksum",
        ),
        "one_file_often": (
            [large, *[{**large, "no_local": True, "offset": 0}] * 200],
            "expands to over",
        ),
    }
    archives = {name: (zip_archive(files), report) for name, (files, report) in cases.items()}
    return archives | {
        "zip64_directory": (zip_archive([song], zip64={"size": 1 << 62}), "a directory of"),
        "zip64_lies": (zip_archive([song], zip64={"offset": 1 << 62}), "outside the archive"),
        "directory_size": (zip_archive([song], end={"size": 10}), "directory is cut short"),
        "directory_offset": (zip_archive([song], end={"offset": 1 << 30}), "outside the archive"),
        "directory_long": (zip_archive([song], end={"size": 1 << 31}), "a directory of"),
        "directory_none": (b"PK\3\4" + bytes(600), "no directory"),
        "directory_cut": (b"PK\5\6" + bytes(13), "no directory"),
        "comment": (zip_archive([song], end={"comment": b"PK\5\6" * 9}), "read"),
    }


def _hostile_streams() -> dict[str, tuple[bytes, str]]:
    archive = member(b"good.mid", SONG) + END_OF_TAR
    return {
        "dictionary_4_gib.tar.xz": (xz_of_dictionary(archive, 40), "over 1 GiB of memory"),
        "dictionary_4_gib.mid.xz": (xz_of_dictionary(SONG, 40), "over 1 GiB of memory"),
        "record_1_gib.tfrecord.gz": (gzip_of_zeros(record_header(1 << 30), 1024), "sensible size"),
        "record_2_63.tfrecord": (record_header(1 << 63) + bytes(99), "sensible size"),
    }


# --- damaged and made-up archives by number

_NUMBERS = [0, 1, 2, 511, 512, 513, 1023, 4096, 65_535, 65_536, 1 << 20, 1 << 31, (1 << 32) - 1]
_NAMES = [
    b"a.mid", b"b.mid.gz", b"dir/c.kar", b"d", b"inner.zip", b"inner.tar", b"inner.tgz",
    b"x.tfrecord", b"caf\xe9.mid", b"\xff\xfe", b"", b"/", b"..//.mid", b"\x1b[2J.mid", b"a" * 99,
    b"._a.mid", b"__MACOSX/a.mid", b"x.rar", "歌.mid".encode(),
]  # fmt: skip


def made_up(seed: int, number: int) -> tuple[str, bytes]:
    """A name and the bytes of a damaged archive, the same for a seed."""
    rng = random.Random(f"{seed} {number}")
    kind = rng.choice(["tar", "tar", "zip", "zip", "tfrecord"])
    data = _made_up(rng, kind, rng.choice([0, 0, 1, 1, 2]))
    if kind != "zip":
        compress = rng.choice([None, None, None, gzip.compress, bz2.compress, lzma.compress])
        if compress:
            data = compress(data)
    if rng.random() < 0.4:
        data = _damaged(rng, data)
    return rng.choice([f"x.{kind}", f"x.{kind}", "x", "x.zip", "x.tar"]), data


def _made_up(rng: random.Random, kind: str, depth: int) -> bytes:
    if kind == "tfrecord":
        return b"".join(_some_record(rng, depth) for _ in range(rng.randrange(5)))
    if kind == "tar":
        data = b"".join(_some_member(rng, depth) for _ in range(rng.randrange(8)))
        data += rng.choice([END_OF_TAR, END_OF_TAR, b"", bytes(512), bytes(100)])
        if rng.random() < 0.5:
            data = _damaged(rng, data)
            if rng.random() < 0.7:
                data = _with_checksums(data)
        return data
    files = [_some_file(rng, depth) for _ in range(rng.randrange(8))]
    end = _lies(rng, {"size": _number, "offset": _number, "count": _short})
    zip64 = None
    if rng.random() < 0.3:
        zip64 = _lies(rng, {"size": _number, "offset": _number, "count": _number})
    before = rng.randbytes(rng.choice([0, 0, 0, 1, 700]))
    for key in ("size", "offset"):
        if key in end:
            end[key] &= 0xFFFFFFFF
    end["comment"] = rng.randbytes(rng.choice([0, 0, 5, 300]))
    return zip_archive(files, end, before, zip64)


def _some_record(rng: random.Random, depth: int) -> bytes:
    if rng.random() < 0.2:
        return record_header(_number(rng)) + rng.randbytes(20)
    return shards.frame(_some_data(rng, depth))


def _some_data(rng: random.Random, depth: int) -> bytes:
    roll = rng.random()
    if roll < 0.3 and depth:
        kind = rng.choice(["tar", "zip", "tfrecord"])
        data = _made_up(rng, kind, depth - 1)
        return data if rng.random() < 0.7 else gzip.compress(data)
    if roll < 0.6:
        return SONG + rng.randbytes(rng.choice([0, 5, 500, 5000]))
    if roll < 0.7:
        return gzip.compress(SONG) + rng.randbytes(rng.choice([0, 0, 9]))
    return rng.randbytes(rng.choice([0, 1, 100, 511, 512, 513, 3000]))


def _some_member(rng: random.Random, depth: int) -> bytes:
    roll = rng.random()
    name = rng.choice(_NAMES)
    if roll < 0.4:
        return member(name, _some_data(rng, depth))
    if roll < 0.6:
        keys = ("path", "size", "GNU__sparse__map", "GNU__sparse__name", "hdrcharset", "comment")
        values = [b"x.mid", b"0", b"5", b"512", b"-1", b"9" * 30, b"", b"a,b", b"\xff", b"BINARY"]
        fields = {key: rng.choice(values) for key in rng.sample(keys, rng.randrange(1, 4))}
        return pax(rng.choice([b"x", b"x", b"g", b"X"]), **fields) * rng.choice([1, 1, 2, 30, 3000])
    if roll < 0.7:
        long = rng.choice([name, b"n" * 5000 + b".mid\0", rng.randbytes(700)])
        return member(b"././@LongLink", long, rng.choice([b"L", b"K"])) * rng.choice(
            [1, 1, 3, 3000]
        )
    if roll < 0.9:
        kind = rng.choice([b"0", b"\0", b"1", b"2", b"5", b"7", b"S", b"L", b"x", b"V", b"\xff"])
        size = rng.choice([_number(rng), -_number(rng), rng.randbytes(12), b"7" * 12])
        extra = {rng.randrange(512): rng.randbytes(rng.choice([1, 2, 12])) for _ in range(2)}
        extra = {offset: value[: 512 - offset] for offset, value in extra.items()}
        return tar_header(name, size, kind, extra) + padded(_some_data(rng, 0))
    return rng.randbytes(rng.choice([1, 512, 1024]))


def _some_file(rng: random.Random, depth: int) -> dict:
    file = {"name": rng.choice(_NAMES), "data": _some_data(rng, depth)}
    file["method"] = rng.choice([0, 8, 8, 8, 12, 14])
    file |= _lies(
        rng,
        {
            "method": _short, "flags": _short, "version": _short, "size": _number,
            "stored": _number, "offset": _number, "checksum": _number, "local_flags": _short,
            "extra": _zip_extra,
            "packed": lambda rng: rng.randbytes(rng.choice([0, 3, 300])),
            "local_name": lambda rng: rng.choice(_NAMES),
        },
    )  # fmt: skip
    if "checksum" in file:
        file["checksum"] &= 0xFFFFFFFF
    return file


def _lies(rng: random.Random, kinds: dict) -> dict:
    return {name: make(rng) for name, make in kinds.items() if rng.random() < 0.08}


def _number(rng: random.Random) -> int:
    return rng.choice([*_NUMBERS, 1 << 62, 1 << 63, (1 << 64) - 1, rng.randrange(5000)])


def _short(rng: random.Random) -> int:
    return rng.choice([0, 1, 2, 8, 9, 12, 14, 64, 99, 1 << 11, 0xFFFF, rng.randrange(1 << 16)])


def _zip_extra(rng: random.Random) -> bytes:
    numbers = [_number(rng) for _ in range(rng.randrange(4))]
    packed = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers)
    return packed[: rng.choice([len(packed), len(packed), rng.randrange(len(packed) + 1)])]


def _damaged(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 10])):
        if not changed:
            break
        at, length = rng.randrange(len(changed)), rng.choice([1, 1, 4, 12, 512, 5000])
        roll = rng.random()
        if roll < 0.5:
            changed[at] = rng.choice([0, 1, 255, 128, 48, changed[at] ^ 1 << rng.randrange(8)])
        elif roll < 0.65:
            del changed[at : at + length]
        elif roll < 0.8:
            changed[at:at] = changed[at : at + length]
        elif roll < 0.9:
            changed[at : at + length] = rng.randbytes(length)
        else:
            del changed[at:]
    return bytes(changed)


def _with_checksums(data: bytes) -> bytes:
    """Headers of a tar archive with checksums that fit again."""
    changed = bytearray(data)
    for start in range(0, len(changed) - 511, 512):
        block = changed[start : start + 512]
        if block[257:262] == b"ustar":
            block[148:156] = b" " * 8
            changed[start + 148 : start + 156] = b"%06o\0 " % sum(block)
    return bytes(changed)
