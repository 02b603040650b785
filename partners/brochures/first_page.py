"""How is a PDF's first page drawn where a hostile file can do no harm?

Run as a program, in a process of its own (`cover.py` starts it): a PDF on standard input, and on standard output the
page as a picture that needs no decoder to read, `P6 <width> <height> 255` and then three bytes a pixel (netpbm's PPM).
Before a byte of the file is looked at, the process gives up what it does not need: time, memory, files. It knows
nothing of the site: no settings, no database, no secret, and it is started without the environment.
"""

import resource
import sys
from contextlib import suppress

import pypdfium2

CPU_SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
# A page of a quarter to four times its width, as large as a cover is ever shown on a fine screen.
WIDTH, HEIGHT = 960, 1440
OUTPUT_BYTES = WIDTH * HEIGHT * 3 + 64
SMALLEST_SIDE = 32


def renounce() -> None:
    """Bound what this process may still use. A limit that the system does not know is left out."""
    bounds = {
        "RLIMIT_CPU": CPU_SECONDS,
        "RLIMIT_AS": MEMORY_BYTES,
        "RLIMIT_FSIZE": OUTPUT_BYTES,
        "RLIMIT_CORE": 0,
        # No new file, socket or process: what is open stays open.
        "RLIMIT_NOFILE": 3,
        "RLIMIT_NPROC": 0,
    }
    for name, bound in bounds.items():
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (bound, bound))


def scale_for(width: float, height: float) -> float:
    """Return by how much a page of that many points is enlarged to fit.

    Raises ValueError for a page without extent, or so long and thin that nothing would be seen of it.
    """
    if not (width > 0 and height > 0):
        raise ValueError("The page has no extent.")
    scale = min(WIDTH / width, HEIGHT / height)
    if min(width, height) * scale < SMALLEST_SIDE:
        raise ValueError("The page is a line.")
    return scale


def draw(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height and pixels of the first page of the PDF in `content`.

    No script of the document runs and no form is filled: neither is switched on. Raises whatever the library does.
    """
    page = pypdfium2.PdfDocument(content)[0]
    # A hair less, since the library rounds up.
    scale = scale_for(*page.get_size()) * 0.999
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True, fill_color=(255, 255, 255, 255))
    if bitmap.n_channels != 3:
        raise ValueError(f"The library drew {bitmap.n_channels} channels.")
    # Each line of the library's may end in padding.
    lines, width = memoryview(bitmap.buffer).cast("B"), bitmap.width * 3
    pixels = b"".join(lines[start : start + width] for start in range(0, bitmap.height * bitmap.stride, bitmap.stride))
    return bitmap.width, bitmap.height, pixels


def main() -> None:
    """Draw what comes in; end with a code other than 0 where that is impossible."""
    renounce()
    width, height, pixels = draw(sys.stdin.buffer.read())
    sys.stdout.buffer.write(b"P6 %d %d 255\n" % (width, height))
    sys.stdout.buffer.write(pixels)


if __name__ == "__main__":
    main()
