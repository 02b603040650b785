"""The rules of the house that a tool can hold (docs/architecture.md)."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("qianhai_site", "home", "partners")
LONGEST = 300


def tracked(*endings: str) -> list[Path]:
    """Return the repository's files with one of `endings`, tracked or about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / line for line in listing.stdout.splitlines()]
    return [file for file in files if file.suffix in endings and file.is_file()]


def code_files() -> list[Path]:
    return [
        file for file in tracked(".py") if file.relative_to(ROOT).parts[0] in APPS and "migrations" not in file.parts
    ]


def test_files_stay_short():
    long = {
        str(file.relative_to(ROOT)): length
        for file in tracked(".py", ".html", ".css", ".js")
        if "migrations" not in file.parts and (length := len(file.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_is_named_for_nothing():
    vague = {"utils", "helpers", "services", "selectors", "mixins", "common", "misc"}
    assert [file for file in code_files() if file.stem in vague] == []


def test_every_module_says_which_question_it_answers():
    silent = [
        str(file.relative_to(ROOT))
        for file in code_files()
        if (source := file.read_text()).strip() and ast.get_docstring(ast.parse(source)) is None
    ]
    assert silent == []


def test_top_level_is_what_was_agreed():
    folders = {
        file.relative_to(ROOT).parts[0]
        for file in tracked(".py", ".html", ".css", ".js", ".md", ".po", ".toml", ".txt")
        if len(file.relative_to(ROOT).parts) > 1
    }
    assert folders <= {"qianhai_site", "home", "partners", "tests", "docs", "locale"}


def test_repository_names_no_path_of_a_machine():
    pattern = re.compile(r"/(?:root|home|Users)/[a-z][\w-]*/|site-packages/|pypi\.org|debian\.org|npmjs")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked(".py", ".md", ".toml", ".txt", ".in", ".html", ".css", ".js")
        if file != Path(__file__)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("smtplib", {"smtp", "smtp_connection"}),
        ("django.core.mail", {"smtp", "smtp_connection", "provider", "admin_mail"}),
        ("anymail", {"provider", "receiver"}),
    ],
)
def test_few_files_speak_mail(text, allowed):
    speakers = {
        str(file.relative_to(ROOT))
        for file in code_files()
        for node in ast.walk(ast.parse(file.read_text()))
        if (isinstance(node, ast.Import) and any(alias.name.startswith(text) for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(text))
    }
    assert speakers == {f"partners/delivery/{name}.py" for name in allowed}
