"""Which pictures are taken, on plain values."""

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 20_000_000


def may_be_opened(width: int, height: int, frames: int) -> bool:
    """Judged from the head of the file, before any pixel is unpacked: a file of 17 KB can hold 144 million of them."""
    return 0 < width * height <= MAX_PIXELS and frames == 1
