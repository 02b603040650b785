"""How do rows become a CSV or an XLSX file, in the same memory for ten rows and for a million?"""

import codecs
import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from partners.submissions.exporting.cells import csv_cell, is_plain, is_risky, xlsx_cell
from partners.submissions.exporting.export import Format

CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What a sheet holds, its header included (Excel's specifications and limits).
ROWS_OF_A_SHEET = 1_048_576
_WIDTH = 22
# Text is text: no address becomes a link, no digit a number, no sign a formula.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # A million rows are more than 4 GiB of XML before they are packed.
    "use_zip64": True,
}


class Sheet(Protocol):
    """What takes the rows of an export."""

    def write(self, rows: Iterable[list[str]]) -> None:
        """Add rows of texts, as many in each as the header has."""

    def close(self) -> None:
        """Finish the file; the target stays open. What was not closed is no file."""

    def abandon(self) -> None:
        """Let go of what is held beside the target: there will be no file."""


class CsvSheet:
    """CSV as RFC 4180 has it: commas, double quotes, CRLF. UTF-8 with the mark by which Excel knows it."""

    def __init__(self, target: BinaryIO, header: list[str]) -> None:
        self._target = target
        self._target.write(codecs.BOM_UTF8)
        self.write([header])

    def write(self, rows: Iterable[list[str]]) -> None:
        """Add rows, each cell neutralised."""
        lines = io.StringIO(newline="")
        csv.writer(lines, lineterminator="\r\n").writerows([csv_cell(text) for text in row] for row in rows)
        self._target.write(lines.getvalue().encode())

    def close(self) -> None:
        """Do nothing: each row is whole already."""

    def abandon(self) -> None:
        """Do nothing: the target is its owner's."""


class XlsxSheet:
    """XLSX whose every cell is declared as text; goes on in a further sheet where one is full.

    What could begin a formula bears Excel's own mark for text besides ('quote prefix'), so that it stays text when
    somebody edits the cell.
    """

    def __init__(
        self, target: BinaryIO, header: list[str], folder: Path, rows_of_a_sheet: int = ROWS_OF_A_SHEET
    ) -> None:
        self._book = xlsxwriter.Workbook(target, {**_OPTIONS, "tmpdir": str(folder)})
        self._bold = self._book.add_format({"bold": True, "quote_prefix": True})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._header = [xlsx_cell(text) for text in header]
        self._most = rows_of_a_sheet
        self._sheet: Worksheet = self._add_sheet()

    def write(self, rows: Iterable[list[str]]) -> None:
        """Add rows; an empty text is an empty cell."""
        for row in rows:
            if self._next == self._most:
                self._sheet = self._add_sheet()
            put = self._sheet.write_string
            for column, text in enumerate(row):
                if text:
                    clean = xlsx_cell(text)
                    put(self._next, column, clean, None if is_plain(clean) or not is_risky(clean) else self._quoted)
            self._next += 1

    def close(self) -> None:
        """Pack the sheets into the target."""
        self._book.close()

    def abandon(self) -> None:
        """Close the files in which the sheets' rows wait to be packed."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def _add_sheet(self) -> Worksheet:
        number = len(self._book.worksheets()) + 1
        sheet = self._book.add_worksheet(f"Requests {number}" if number > 1 else "Requests")
        sheet.set_column(0, len(self._header) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(self._header):
            sheet.write_string(0, column, text, self._bold)
        self._next = 1
        return sheet


def open_sheet(form: str, target: BinaryIO, header: list[str], folder: Path) -> Sheet:
    """Return what writes an export of the format `form` into `target`; `folder` takes files that it needs meanwhile."""
    kinds: dict[str, Callable[..., Any]] = {Format.CSV: CsvSheet, Format.XLSX: XlsxSheet}
    arguments = (target, header) if form == Format.CSV else (target, header, folder)
    sheet: Sheet = kinds[form](*arguments)
    return sheet
