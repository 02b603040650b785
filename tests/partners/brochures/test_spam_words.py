"""partners/brochures/spam_words.py: what words and addresses give away, and what they do not."""

import pytest

from partners.brochures.spam_words import is_disposable, is_full_of_links, is_role, mailbox, pushes_links, same_text


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("ann+brochures@example.com", "ann@example.com"),
        ("+1@example.com", "+1@example.com"),
        ("a.n.n+x@gmail.com", "ann@gmail.com"),
        ("a.n.n@googlemail.com", "ann@gmail.com"),
        ("a.n.n@example.com", "a.n.n@example.com"),
        ("陳@例子.測試", "陳@xn--fsqu00a.xn--g6w251d"),
        ("a@xn--fsqu00a.xn--g6w251d", "a@xn--fsqu00a.xn--g6w251d"),
        ("ann@example.com.", "ann@example.com"),
        ("\uff41nn@example.com", "ann@example.com"),
        ("Ann@STRAẞE.example", "ann@xn--strae-oqa.example"),
        ("ann@straße。example.", "ann@xn--strae-oqa.example"),
        ("ann@xn--strae-oqa.example", "ann@xn--strae-oqa.example"),
        ("Straße@STRASSE.example", "strasse@strasse.example"),
        ("ann@βόλος.gr", "ann@xn--nxasmm1c.gr"),
        ("ann@ΒΌΛΟΣ.gr", "ann@xn--nxasmq6b.gr"),
        ('"ann"@example.com', "ann@example.com"),
        (r'"a\n\N+tag"@Example.com', "ann@example.com"),
        ('"a.n.n"@gmail.com', "ann@gmail.com"),
        (r'"ann\ o\"\\"@example.com', r'ann o"\@example.com'),
        ('"@example.com', '"@example.com'),
        ("'ann'@example.com", "'ann'@example.com"),
    ],
)
def test_spellings_of_one_mailbox(email, expected):
    assert mailbox(email) == expected


def test_domain_too_long_to_encode_is_still_an_address():
    assert mailbox("a@" + "例" * 70 + ".test").startswith("a@")


@pytest.mark.parametrize(
    ("email", "disposable", "role"),
    [
        ("x@mailinator.com", True, False),
        ("x@sub.Mailinator.com", True, False),
        ("x@notmailinator.com", False, False),
        ("info@harbour.example", False, True),
        ("INFO+fair@harbour.example", False, True),
        ("infos@harbour.example", False, False),
        ("x@com", False, False),
    ],
)
def test_lists(email, disposable, role):
    assert (is_disposable(email), is_role(email)) == (disposable, role)


@pytest.mark.parametrize(
    "line",
    [
        "Win big at https://casino.example",
        "https://a.example https://b.example",
        '<a href="https://a.example">x</a>',
        "[url=https://a.example]x[/url]",
        "[cheap](https://a.example)",
        "best www.pills.example for you today",
    ],
)
def test_lines_that_push_links(line):
    assert pushes_links(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sea.com",
        "www.harbour.example",
        "https://harbour.example/",
        "Harbour Works, Ltd.",
        "陳大文",
        "A/B testing",
        "",
        "Harbour https://harbour.example",
    ],
)
def test_lines_that_do_not(line):
    assert not pushes_links(line)


def test_a_long_answer_may_name_a_site():
    assert not is_full_of_links("We build quays.\nSee https://a.example and www.b.example.")
    assert is_full_of_links("Look:\nhttps://a.example\nhttps://b.example\nhttps://c.example")
    assert is_full_of_links("Look:\n<A HREF=x>here</A>")


def test_same_text():
    assert same_text(["John  SMITH", "Acme"]) == same_text(["john smith", "acme "])
    assert same_text(["王偉", ""]) == ""
    assert same_text([]) == ""
