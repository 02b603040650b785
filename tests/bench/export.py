"""How quickly, and in how much memory, are a million requests exported, beside what the database alone takes?

`DATABASE_URL=postgresql://.../any python -m tests.bench.export [--rows 1000000]`: makes a database of its own on that
server, fills it as `make_bulk` does, exports it as the worker does, once as CSV and once as XLSX, each in a process of
its own whose memory is measured, and copies the same table by COPY TO. Nothing of it stays.
"""

import argparse
import csv
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import psycopg

from tests.bench.databases import bulk_site

MEBIBYTE = 1024 * 1024
COPY = """COPY (SELECT reference, created_at, form_title, brochure_title, article_title, language, email, name, company,
    campaign, answers FROM partners_submission ORDER BY created_at DESC, id DESC) TO STDOUT (FORMAT csv, HEADER)"""


def copy(url: str, target: Path) -> dict[str, float]:
    """Copy the requests by COPY TO, into a file."""
    began = time.monotonic()
    with psycopg.connect(url) as connection, connection.cursor().copy(COPY) as copied, target.open("wb") as file:
        for block in copied:
            file.write(block)
    return {"seconds": time.monotonic() - began, "size": target.stat().st_size, "peak": peak()}


def peak() -> int:
    """Return the largest memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(form: str) -> None:
    """Export as the worker does, and print what it took, as JSON."""
    import django

    django.setup()
    from django.contrib.auth.models import User

    from partners.submissions.exporting.export import RequestExport, private_storage
    from partners.submissions.exporting.making import make_export

    bare = peak()
    user = User.objects.create_superuser(f"bench-{secrets.token_hex(4)}", password=None)
    export = RequestExport.objects.create(user=user, format=form)
    began = time.monotonic()
    make_export(export.pk)
    seconds = time.monotonic() - began
    export.refresh_from_db()
    assert export.state == "ready", (export.state, export.reason)
    highest = peak()
    rows, columns = look(form, Path(private_storage().path(export.file_name)))
    assert rows == export.rows_done
    told = {"seconds": seconds, "size": export.size, "peak": highest, "bare": bare, "rows": rows, "columns": columns}
    print(json.dumps(told))


def look(form: str, file: Path) -> tuple[int, int]:
    """Return how many rows below the header, and how many columns, the file has."""
    if form == "csv":
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            columns = len(next(reader))
            return sum(1 for row in reader if len(row) == columns), columns
    rows = columns = 0
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                with packed.open(name) as sheet:
                    rest = b""
                    while block := sheet.read(MEBIBYTE):
                        block = rest + block
                        if not columns:
                            columns = block[: block.index(b"</row>")].count(b"<c ")
                        cut = len(block) - 4
                        rows, rest = rows + block.count(b"<row ", 0, cut + 4), block[cut:]
                rows -= 1
    return rows, columns


def bench(rows: int) -> int:
    """Print a table of the three; return 0."""
    server, name = os.environ["DATABASE_URL"], f"bench_export_{os.getpid()}"
    with (
        tempfile.TemporaryDirectory(prefix="bench-export-") as folder,
        bulk_site(name, server, Path(folder), requests=rows) as (url, process),
    ):
        print(f"{rows:,} requests; {os.cpu_count()} cores.", flush=True)
        header = f"{'':10}{'seconds':>10}{'rows/s':>10}{'file, MiB':>12}{'peak RSS, MiB':>16}{'columns':>10}"
        print(header, flush=True)
        show("COPY TO", {**copy(url, Path(folder) / "copy"), "rows": rows, "columns": 11})
        (Path(folder) / "copy").unlink()
        for form in ("csv", "xlsx"):
            command = [sys.executable, "-m", "tests.bench.export", "--measure", form]
            result = subprocess.run(command, **process, stdout=subprocess.PIPE, text=True)
            show(form.upper(), json.loads(result.stdout.splitlines()[-1]))
    return 0


def show(name: str, told: dict[str, float]) -> None:
    """Print a line of the table."""
    rate = told["rows"] / told["seconds"]
    load = f", load {os.getloadavg()[0]:.1f}"
    note = f"   ({told['bare'] / MEBIBYTE:.0f} before it began{load})" if "bare" in told else load
    figures = f"{told['size'] / MEBIBYTE:>12,.0f}{told['peak'] / MEBIBYTE:>16.0f}{told['columns']:>10}{note}"
    print(f"{name:10}{told['seconds']:>10.1f}{rate:>10,.0f}{figures}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--measure", choices=["csv", "xlsx"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
    else:
        sys.exit(bench(given.rows))
