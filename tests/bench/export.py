"""How quickly, and in how much memory, are a million requests exported, beside what the database alone takes?

`DATABASE_URL=postgresql://.../any python -m tests.bench.export [--rows 1000000]`: makes a database of its own on that
server, fills it by generate_series, exports it as the worker does, once as CSV and once as XLSX, each in a process of
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
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024
# A form with eight questions, two of which were renamed for the second half; every fourth reader writes Chinese. Each
# request has a letter and two consents; every tenth hand-over is withdrawn, every second news confirmed.
FILL = """
INSERT INTO partners_submission (reference, key, form_title, article_title, brochure_title, language, email, name,
    company, answers, campaign, created_at, quarantine_reasons, spam_notes)
SELECT 'QH-' || lpad(n::text, 9, '0'), gen_random_uuid(), 'Ask for the brochure', 'A port that drives itself',
    'Doing business in Qianhai', CASE n % 4 WHEN 0 THEN 'zh-hant' ELSE 'en' END,
    'reader' || n || '@mail' || n % 977 || '.example',
    CASE n % 4 WHEN 0 THEN '陳大文' || n ELSE 'Reader ' || n END, 'Harbour Works ' || n % 5000,
    jsonb_build_array(
        jsonb_build_object('key', 'name', 'kind', 'CharField', 'label', 'Your name', 'value', 'Reader ' || n),
        jsonb_build_object('key', 'company', 'kind', 'CharField', 'value', 'Harbour Works ' || n % 5000,
            'label', CASE WHEN n > %(rows)s / 2 THEN 'Company' ELSE 'Company or school' END),
        jsonb_build_object('key', 'phone', 'kind', 'CharField', 'label', 'Telephone', 'value', '+852 ' || n),
        jsonb_build_object('key', 'country', 'kind', 'CharField', 'label', 'Country', 'value', 'Hong Kong'),
        jsonb_build_object('key', 'goods', 'kind', 'MultipleChoiceField',
            'value', jsonb_build_array('Robots', 'Cranes'),
            'label', CASE WHEN n > %(rows)s / 2 THEN 'What for?' ELSE 'Interests' END),
        jsonb_build_object('key', 'call', 'kind', 'BooleanField', 'label', 'Call me', 'value', n % 3 = 0),
        jsonb_build_object('key', 'site', 'kind', 'CharField', 'label', 'Website',
            'value', 'https://www.example/' || n),
        jsonb_build_object('key', 'message', 'kind', 'CharField', 'label', 'Message',
            'value', repeat('Quay and yard. ', n % 9))),
    jsonb_build_object('utm_source', 'newsletter', 'utm_campaign', 'spring-' || n % 12),
    now() - n * interval '20 seconds', '{}', '{}'
FROM generate_series(1, %(rows)s) AS n;
INSERT INTO partners_outgoingmessage (kind, "to", message_id, state, attempts_count, worker, last_error, provider_id,
    sent_at, closed_at, due_at)
SELECT 'brochure', email, '<' || id || '@qianhai.example>', 'sent', 1, '', '', '', created_at, created_at, NULL
FROM partners_submission ORDER BY id;
INSERT INTO partners_brochuremessage (outgoingmessage_ptr_id, submission_id)
SELECT id, trim(both '<' from split_part(message_id, '@', 1))::bigint FROM partners_outgoingmessage;
INSERT INTO partners_consentrecord (submission_id, purpose, wording_id, language, text, ticked, partner_name)
SELECT s.id, w.purpose, w.id, 'en', 'We may.', true, 'Tidewater' FROM partners_submission s
    JOIN partners_consentwording w ON w.language = 'en' AND w.version = 1 AND w.purpose IN ('news', 'handover');
INSERT INTO partners_consentevent (record_id, kind, how)
SELECT id, 'given', 'form' FROM partners_consentrecord
UNION ALL SELECT id, 'confirmed', 'letter' FROM partners_consentrecord WHERE purpose = 'news' AND submission_id % 2 = 0
UNION ALL SELECT id, 'withdrawn', 'self_service' FROM partners_consentrecord
    WHERE purpose = 'handover' AND submission_id % 10 = 0;
"""
COPY = """COPY (SELECT reference, created_at, form_title, brochure_title, article_title, language, email, name, company,
    campaign, answers FROM partners_submission ORDER BY created_at DESC, id DESC) TO STDOUT (FORMAT csv, HEADER)"""


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return what a process of ours is told."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.test",
        "DATABASE_URL": url,
        "TEST_DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }


def fill(url: str, rows: int) -> float:
    """Make the rows; return the seconds."""
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        statements = FILL.replace("%(rows)s", str(rows))
        for statement in statements.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


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
    server = os.environ["DATABASE_URL"]
    name = f"bench_export_{os.getpid()}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        with tempfile.TemporaryDirectory(prefix="bench-export-") as folder:
            told = environment(url, Path(folder))
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env=told, check=True)
            print(f"{rows:,} requests made in {fill(url, rows):.0f} s; {os.cpu_count()} cores.", flush=True)
            header = f"{'':10}{'seconds':>10}{'rows/s':>10}{'file, MiB':>12}{'peak RSS, MiB':>16}{'columns':>10}"
            print(header, flush=True)
            show("COPY TO", {**copy(url, Path(folder) / "copy"), "rows": rows, "columns": 11})
            (Path(folder) / "copy").unlink()
            for form in ("csv", "xlsx"):
                command = [sys.executable, "-m", "tests.bench.export", "--measure", form]
                result = subprocess.run(command, cwd=ROOT, env=told, check=True, stdout=subprocess.PIPE, text=True)
                show(form.upper(), json.loads(result.stdout.splitlines()[-1]))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
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
