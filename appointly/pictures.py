"""Strangers' pictures made into ours, in a process that cannot harm this one: it is killed if it takes too long."""

import asyncio
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from appointly.errors import PictureRefused

AT_ONCE = 1  # a process of its own takes up to a second of one core and 700 MB
SECONDS = 20
PROGRAM = [sys.executable, "-I", str(Path(__file__).with_name("reencode_picture.py"))]
HEAD = struct.Struct("!III")
SENTENCES = {
    "unknown": "Please choose a picture in the format JPEG, PNG or WebP.",
    "too_large": "This picture has too many pixels. Please choose one of at most 40 megapixels.",
}
threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="picture")


@dataclass(frozen=True)
class Reencoded:
    """A picture in two sizes, both WebP; `width` and `height` are the large one's, in pixels."""

    width: int
    height: int
    large: bytes
    small: bytes


async def reencoded(content: bytes) -> Reencoded:
    """The picture as we keep it: decoded and encoded anew, upright, in sRGB, nothing written beside it.

    Raises `PictureRefused` for what is no JPEG, PNG or WebP, is damaged, or too large.
    """
    return await asyncio.get_running_loop().run_in_executor(threads, _reencoded, content)


def _reencoded(content: bytes) -> Reencoded:
    try:
        done = subprocess.run(PROGRAM, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        raise PictureRefused from None
    if done.returncode:
        raise PictureRefused(SENTENCES.get(done.stderr.decode(errors="replace").strip()))
    width, height, length = HEAD.unpack_from(done.stdout)
    sizes = done.stdout[HEAD.size :]
    return Reencoded(width, height, sizes[:length], sizes[length:])
