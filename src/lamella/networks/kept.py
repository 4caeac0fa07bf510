"""Assembled networks on disk, by the hash of all that they are made of: to flatten and annotate one takes two seconds.

A file that is not what was written counts as absent; a folder that cannot be written is no obstacle.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from functools import lru_cache
from pathlib import Path

from lamella.provenance import source_hash, value_hash, versions
from lamella.store import cache_folder, replacing

_DIGEST = 32

Homes = dict[str, tuple[str, str]]
"""Reaction -> (module, row of its evidence table)."""


@lru_cache(maxsize=1)
def _library() -> str:
    """Hash of every table, text and line of program that an assembled network comes from."""
    return value_hash([source_hash("networks", "errors.py"), versions()])


def key(text: str, numbers: object) -> str:
    """Name of the network made of a joined text and its numbers."""
    return value_hash([_library(), text, repr(numbers)])[:40]


def read(name: str) -> tuple[str, str, Homes] | None:
    """The SBML of a network, its hash without annotation, and where its reactions stand in the library; None where
    none is kept."""
    try:
        raw = _path(name).read_bytes()
        data = raw[_DIGEST:]
        if hashlib.blake2b(data, digest_size=_DIGEST).digest() != raw[:_DIGEST]:
            return None
        sbml, bare, homes = json.loads(zlib.decompress(data))
    except (OSError, ValueError, zlib.error):
        return None
    return sbml, bare, {reaction: (module, row) for reaction, (module, row) in homes.items()}


def write(name: str, sbml: str, bare: str, homes: Homes) -> None:
    """Keep them."""
    data = zlib.compress(json.dumps([sbml, bare, homes]).encode(), 1)
    try:
        with replacing(_path(name)) as lent:
            lent.write_bytes(hashlib.blake2b(data, digest_size=_DIGEST).digest() + data)
    except OSError:
        return


def _path(name: str) -> Path:
    return cache_folder() / f"{name}.network"
