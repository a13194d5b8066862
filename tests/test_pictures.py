"""Strangers' pictures: what we make of good ones, and that bad ones only get a sentence."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from appointly import pictures
from appointly.errors import PictureRefused
from appointly.pictures import reencoded

RED, BLUE = (220, 30, 30), (30, 30, 220)
KINDS = "Please choose a picture in the format JPEG, PNG or WebP."
PIXELS = "This picture has too many pixels. Please choose one of at most 40 megapixels."
DAMAGED = PictureRefused.message


def halves(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """Red at the top, blue below."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture.convert(mode)


def file(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def shown(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    assert image.format == "WEBP"
    assert not {"exif", "icc_profile", "xmp"} & set(image.info)
    assert getattr(image, "n_frames", 1) == 1
    return image.convert("RGB")


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(have - want) < 25 for have, want in zip(found, colour, strict=True))


def with_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    return exif


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("PNG", "I;16"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
async def test_every_kind_becomes_two_webps(kind: str, mode: str) -> None:
    picture = Image.new("I;16", (2000, 1000), 128 * 256) if mode == "I;16" else halves(2000, 1000, mode)
    made = await reencoded(file(picture, kind))
    assert (made.width, made.height) == shown(made.large).size == (1600, 800)
    assert shown(made.small).size == (480, 240)
    if mode == "I;16":
        assert near(shown(made.large), (800, 400), (128, 128, 128))
    elif mode in ("RGB", "RGBA", "P", "CMYK"):
        assert near(shown(made.large), (800, 100), RED)
        assert near(shown(made.small), (240, 200), BLUE)


async def test_a_small_one_is_not_made_larger() -> None:
    made = await reencoded(file(halves(40, 30), "PNG"))
    assert shown(made.large).size == shown(made.small).size == (40, 30)


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (800, 600), (400, 10)), (3, (800, 600), (400, 590)), (6, (600, 800), (590, 400)), (8, (600, 800), (10, 400))],
)
async def test_it_stands_upright_and_tells_nothing_of_the_camera(
    orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    made = await reencoded(file(halves(), exif=with_exif(orientation)))
    assert (made.width, made.height) == shown(made.large).size == size
    assert near(shown(made.large), red, RED)
    assert b"Maker" not in made.large + made.small


async def test_colours_are_what_the_profile_means() -> None:
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = await reencoded(file(halves(), "PNG"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (grey, srgb, b"not a profile", srgb[:200]):  # none of them fits or changes anything
        made = await reencoded(file(halves(), "PNG", icc_profile=profile))
        assert near(shown(made.large), (400, 10), RED)
        assert made.large == plain.large


def swapped_profile() -> bytes:
    """sRGB whose red and blue have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)


async def test_a_profile_of_its_own_is_carried_out() -> None:
    made = await reencoded(file(halves(), "PNG", icc_profile=swapped_profile()))
    assert near(shown(made.large), (400, 10), BLUE)


async def test_what_is_transparent_lies_on_white() -> None:
    picture = halves(mode="RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 400, 600))
    made = await reencoded(file(picture, "PNG"))
    assert near(shown(made.large), (200, 300), (255, 255, 255))
    assert near(shown(made.large), (600, 100), RED)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
async def test_of_moving_ones_the_first_frame_stays(kind: str) -> None:
    moving = file(halves(), kind, save_all=True, append_images=[Image.new("RGB", (800, 600), (0, 255, 0))] * 5)
    made = await reencoded(moving)
    assert near(shown(made.large), (400, 10), RED)


def png(width: int, height: int, data: bytes = b"", *more: bytes) -> bytes:
    """A PNG whose head says what it likes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def noisy() -> bytes:
    return file(Image.effect_noise((900, 700), 80).convert("RGB"), "JPEG")


def wide_webp(frames: int = 0) -> bytes:
    """A WebP that says it is 16383 pixels wide and high; as many moving frames as wanted."""
    size = struct.pack("<I", 16382)[:3] * 2
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([2 if frames else 0, 0, 0, 0]) + size
    one = file(Image.new("RGB", (1, 1)), "WEBP")[12:]
    body = b"WEBP" + extended
    if frames:
        frame = bytes(12) + bytes([100, 0, 0, 0]) + one
        body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
        body += (b"ANMF" + struct.pack("<I", len(frame)) + frame) * frames
    else:
        body += one
    return b"RIFF" + struct.pack("<I", len(body)) + body


def text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "A" * 50_000_000, zip=True)
    return file(halves(), "PNG", pnginfo=info)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", KINDS),
    "words": (lambda: b"hello" * 100, KINDS),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', KINDS),
    "html": (lambda: b"<!doctype html><script>alert(1)</script>", KINDS),
    "gif": (lambda: file(halves(), "GIF"), KINDS),
    "gif of 65535 pixels": (lambda: b"GIF89a\xff\xff\xff\xff\x80\x00\x00" + bytes(100), KINDS),
    "gif and script": (lambda: b"GIF89a/*" + b"*/=1;alert(1)//" * 9, KINDS),
    "tiff": (lambda: file(halves(), "TIFF"), KINDS),
    "jpeg 2000": (lambda: file(halves(), "JPEG2000"), KINDS),
    "avif": (lambda: file(halves(), "AVIF"), KINDS),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n", KINDS),
    "head of a jpeg": (lambda: b"\xff\xd8\xff\xe0", KINDS),
    "half a jpeg": (lambda: noisy()[:50_000], DAMAGED),
    "half a png": (lambda: file(Image.effect_noise((900, 700), 80), "PNG")[:90_000], DAMAGED),
    "half a webp": (lambda: file(Image.effect_noise((900, 700), 80).convert("RGB"), "WEBP")[:20_000], DAMAGED),
    "png without pixels": (lambda: png(800, 600), DAMAGED),
    "png of no size": (lambda: png(0, 0), KINDS),
    "png of 2 billion by 2 billion": (lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(10**7))), PIXELS),
    "png of 41 megapixels": (lambda: file(Image.new("1", (6500, 6400)), "PNG"), PIXELS),
    "jpeg of 65000 by 65000": (
        lambda: noisy().replace(struct.pack("!HH", 700, 900), struct.pack("!HH", 65000, 65000), 1),
        PIXELS,
    ),
    "webp of 16383 by 16383": (wide_webp, ""),
    "moving webp of 16383 by 16383": (lambda: wide_webp(50), ""),
    "png with a comment that unpacks to 50 MB": (text_bomb, DAMAGED),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_files_get_a_sentence(name: str) -> None:
    make, sentence = HOSTILE[name]
    with pytest.raises(PictureRefused) as refused:
        await reencoded(make())
    assert refused.value.message == sentence or not sentence


async def test_what_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    with pytest.raises(PictureRefused):
        await reencoded(file(halves()))


async def test_what_hangs_on_a_good_picture_does_not_come_along() -> None:
    payload = b"<script>alert(1)</script>PK\x03\x04"
    comment = file(halves(), comment=payload)
    for hiding in (file(halves()) + payload, comment):
        made = await reencoded(hiding)
        assert b"script" not in made.large + made.small
