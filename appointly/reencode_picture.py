"""A program of its own: reads a stranger's picture from stdin, writes it anew in two sizes to stdout.

`appointly.pictures` runs it without anything of the product in it and limited in memory and time, because what it reads
may be made to harm. For what it refuses it ends with a word on stderr and code 1.
"""

import io
import resource
import struct
import sys
from contextlib import suppress

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LARGE, SMALL = 1600, 480  # the longer side, in pixels
QUALITY = 80
LIMITS = {
    resource.RLIMIT_AS: 1024**3,  # bytes
    resource.RLIMIT_CPU: 15,  # seconds
    resource.RLIMIT_FSIZE: 0,  # it writes no file
    resource.RLIMIT_CORE: 0,
}


def decoded(content: bytes) -> Image.Image:
    """The first frame, the right way up, no larger than we show it, in sRGB on white.

    Raises `UnidentifiedImageError`, `MemoryError` for too many pixels, and whatever broken files make Pillow raise.
    """
    picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise MemoryError
    profile = picture.info.get("icc_profile")
    if picture.mode in ("1", "P", "PA"):  # these cannot be made smaller smoothly
        picture.load()
        picture = picture.convert("RGBA")
    picture.thumbnail((LARGE, LARGE))
    picture = upright(picture)
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(in_srgb(picture, profile), mask=alpha)
    return plain


def upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera says it was held; not at all where what it says cannot be read."""
    with suppress(Exception):
        return ImageOps.exif_transpose(picture)
    return picture


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as the picture's own profile means them; a profile that is wrong is as none."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode in ("RGBA", "LA"):
        picture = picture.convert("RGB" if picture.mode == "RGBA" else "L")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if found:
                return found
    return picture.convert("RGB")


def webp(picture: Image.Image, side: int) -> bytes:
    """The picture with its longer side at most `side`, without anything that was written beside it."""
    smaller, file = picture.copy(), io.BytesIO()
    smaller.thumbnail((side, side))
    smaller.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def main() -> None:
    """stdout: width, height and length of the large one as unsigned integers, the large one, the small one."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, and before anything is decoded
    for what, most in LIMITS.items():
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(what, (most, most))
    try:
        picture = decoded(sys.stdin.buffer.read())
        large, small = webp(picture, LARGE), webp(picture, SMALL)
    except UnidentifiedImageError:
        sys.exit("unknown")
    except MemoryError:
        sys.exit("too_large")
    except Exception:
        sys.exit("damaged")
    sys.stdout.buffer.write(struct.pack("!III", *picture.size, len(large)) + large + small)


if __name__ == "__main__":
    main()
