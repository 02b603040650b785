"""Everything that the database holds, and every spelling in which a word could hide in it."""

import base64
import os
import re
import subprocess
import urllib.parse

from django.db import connection

from qianhai_site.local import binaries


def whole_database() -> str:
    """Return every row of every table as this connection sees it, uncommitted ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = []
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                parts.append(table + "\n" + b"".join(bytes(row) for row in rows).decode())
    return "\n".join(parts)


def pg_dump() -> str:
    """Return what pg_dump makes of the test database: what is committed."""
    parameters = connection.get_connection_params()
    # The wheel's own is never older than the server; one that the machine has may be.
    command = [str(binaries.programs() / "pg_dump"), "--no-owner"]
    for option in ("dbname", "user", "host", "port"):
        if option in parameters:
            command += [{"user": "--username"}.get(option, f"--{option}"), str(parameters[option])]
    environment = {**os.environ, "PGPASSWORD": str(parameters.get("password", ""))}
    return subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120).stdout.decode()


def spellings(text: str) -> set[str]:
    """Return `text` as it may stand in a dump: as is, percent-encoded, in JSON, in base 64, hexadecimal, punycode."""
    found = {text, urllib.parse.quote(text), urllib.parse.quote_plus(text), urllib.parse.quote(text, safe="@")}
    found.add(text.encode("ascii", "backslashreplace").decode())
    found.add(re.sub(r"[^\x00-\x7f]", lambda letter: f"\\u{ord(letter[0]):04x}", text))
    found.add(text.encode().hex())
    for lead in range(3):
        # What stands before shifts the letters; the first and last ones depend on their neighbours.
        code = base64.b64encode(b"\0" * lead + text.encode()).decode().rstrip("=")
        found.add(code[(0, 2, 3)[lead] : -1])
        found.add(code[(0, 2, 3)[lead] : -1].replace("+", "-").replace("/", "_"))
    if "@" in text:
        local, _, domain = text.rpartition("@")
        found.add(f"{local}@{domain.encode('idna').decode()}")
    return {spelling.lower() for spelling in found} - {""}


def found_in(dump: str, *texts: str) -> list[str]:
    """Return the lines of `dump` in which one of `texts` stands, in any spelling and case, with the spelling."""
    wanted = {spelling for text in texts for spelling in spellings(text)}
    return [
        f"{spelling}: {line[:300]}" for line in dump.lower().splitlines() for spelling in wanted if spelling in line
    ]
