"""partners/submissions/exporting/files.py: files that every program reads, and none computes."""

import csv
import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest

from partners.submissions.exporting.cells import CUT_MARK, LONGEST_CELL, as_given, cleaned
from partners.submissions.exporting.files import CsvSheet, XlsxSheet
from tests.partners.submissions.exporting.payloads import begins_formula, payloads

INJECTED = '<r><t>x</t></r></is></c><c r="A9"><f>1+1</f></c><c><is><r></r>'


def csv_file(rows, header=("email", "answer")):
    content = io.BytesIO()
    sheet = CsvSheet(content, list(header))
    sheet.write(rows)
    sheet.close()
    return content.getvalue()


def xlsx_file(folder, rows, header=("email", "answer"), **limits):
    content = io.BytesIO()
    sheet = XlsxSheet(content, list(header), folder, **limits)
    sheet.write(rows)
    sheet.close()
    content.seek(0)
    return content


def cells_of(content):
    return [cell for sheet in openpyxl.load_workbook(content) for row in sheet.iter_rows() for cell in row]


def test_csv_is_read_back_as_it_was_and_computes_nothing():
    rows = [[f"{number}@example.com", payload] for number, payload in enumerate(payloads())]
    content = csv_file(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in read[1:]] == [row[0] for row in rows]
    assert [as_given(row[1]) for row in read[1:]] == [cleaned(row[1]) for row in rows]
    assert not [cell for row in read for cell in row if begins_formula(cell)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_computes_nothing_where_a_program_expects_another_separator(separator):
    text = csv_file([["ada@example.com", payload] for payload in payloads()]).decode("utf-8-sig")
    # As Excel does under a locale whose separator is another one: quotes count where a cell begins only.
    read = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    assert not [cell for row in read for cell in row if begins_formula(cell)]


def test_csv_quotes_as_rfc_4180_has_it():
    content = csv_file([['a "b", c', "two\nlines"]]).decode("utf-8-sig")
    assert content == 'email,answer\r\n"a ""b"", c","two\nlines"\r\n'


def test_xlsx_holds_text_and_nothing_else(tmp_path):
    given = [*payloads(), "https://evil.example/", "mailto:a@b.c", "0012", "1e5", "TRUE", "2026-11-23", INJECTED]
    content = xlsx_file(tmp_path, [["ada@example.com", text] for text in given])
    cells = [cell for cell in cells_of(content) if cell.column == 2][1:]
    assert len(cells) == len(given)
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "inlineStr"}
    assert [cell for cell in cells if cell.hyperlink] == []
    assert [cell.value for cell in cells[:-1]] == [cleaned(text) for text in given[:-1]]
    assert cells[-1].value.strip() == INJECTED
    with zipfile.ZipFile(content) as packed:
        assert not [name for name in packed.namelist() if "_rels" in name and "sheet" in name]
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_xlsx_marks_what_could_become_a_formula_when_it_is_edited(tmp_path):
    content = xlsx_file(tmp_path, [["ada@example.com", "=1+1"]])
    marks = {cell.value: bool(cell.quotePrefix) for cell in cells_of(content)}
    assert marks["=1+1"]
    assert not marks["ada@example.com"]


def test_xlsx_goes_on_in_a_further_sheet(tmp_path):
    content = xlsx_file(tmp_path, [[f"{number}@example.com", "a"] for number in range(7)], rows_of_a_sheet=4)
    book = openpyxl.load_workbook(content)
    assert book.sheetnames == ["Requests", "Requests 2", "Requests 3"]
    assert [sheet.cell(1, 1).value for sheet in book] == ["email"] * 3
    assert [sheet.max_row for sheet in book] == [4, 4, 2]


def test_control_characters_and_long_cells(tmp_path):
    rows = [["a\x00\x0b\x1fb", "陳" * 40_000], ["_x000D_ as text", "c"]]
    cells = [cell.value for cell in cells_of(xlsx_file(tmp_path, rows))][2:]
    assert cells[0] == "ab"
    assert cells[1].endswith(CUT_MARK)
    assert len(cells[1]) == LONGEST_CELL
    # Excel reads _x005F_ as an underscore, and so the rest as the text that it was.
    assert cells[2] in {"_x005F_x000D_ as text", "_x000D_ as text"}
    read = list(csv.reader(io.StringIO(csv_file(rows).decode("utf-8-sig"), newline="")))
    assert read[1][0] == "ab"
    assert len(read[1][1]) == LONGEST_CELL


def test_nothing_is_left_in_the_folder(tmp_path):
    xlsx_file(tmp_path, [["a", "b"]])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_libreoffice_computes_nothing(tmp_path, ending):
    rows = [["ada@example.com", payload] for payload in payloads()]
    file = tmp_path / f"export.{ending}"
    file.write_bytes(csv_file(rows) if ending == "csv" else xlsx_file(tmp_path, rows).getvalue())
    command = ["soffice", "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert "table:formula" not in (tmp_path / "export.fods").read_text()
