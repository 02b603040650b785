"""partners/brochures/consent_wording.py and adding_wording.py: the sentences and their versions."""

import threading

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from partners.brochures.adding_wording import add_wording
from partners.brochures.consent_wording import (
    GAIN_WORDS,
    NEEDED,
    PLACEHOLDERS,
    AppendOnly,
    ConsentWording,
    Purpose,
    fill_in,
)

LANGUAGES = [code for code, _ in settings.LANGUAGES]
HANDOVER = "{site} gives {kinds} to {partner}, for {goods}. {gain}"


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_has_a_first_wording_that_says_what_it_must(language):
    wordings = {wording.purpose: wording for wording in ConsentWording.objects.current(language)}
    assert set(wordings) == set(Purpose.values)
    for purpose, wording in wordings.items():
        wording.full_clean()
        filled = fill_in(wording.text, dict.fromkeys(PLACEHOLDERS[purpose], "~"))
        assert filled.count("~") >= len(NEEDED.get(purpose, "?"))
        assert wording.version == 1
        assert (language == "en") is filled.isascii()


def test_gain_is_said_in_every_language():
    assert set(GAIN_WORDS) == set(LANGUAGES)
    for words in GAIN_WORDS.values():
        assert set(words) == {"gain", "no_gain"}
        assert len(set(words.values())) == 2


@pytest.mark.django_db
def test_a_new_version_is_a_new_row_and_becomes_current():
    old = ConsentWording.objects.get(purpose="news", language="en")
    new = add_wording("news", "en", " May {site} write to you? ")
    assert (new.version, new.text) == (2, "May {site} write to you?")
    assert ConsentWording.objects.current("en").get(purpose="news") == new
    assert ConsentWording.objects.get(pk=old.pk).text == old.text
    assert ConsentWording.objects.current("zh-hant").get(purpose="news").version == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "text", "words"),
    [
        ("news", "Dear {nmae}", "only these may stand here: {site}"),
        ("news", "Dear {partner}", "only these may stand here"),
        ("news", "{site.__class__}", "only these may stand here"),
        ("news", "{ site }", "only these may stand here"),
        ("news", "{site", "only these may stand here"),
        ("news", "{{site}}", "only these may stand here"),
        ("news", "{}", "only these may stand here"),
        ("news", " ", "cannot be blank"),
        ("news", "x" * 1001, "at most 1000"),
        ("love", "Any", "not a valid choice"),
        *[("handover", HANDOVER.replace(f"{{{name}}}", "it"), f"{{{name}}}") for name in sorted(NEEDED["handover"])],
    ],
)
def test_a_wording_that_says_too_much_or_too_little_is_refused(purpose, text, words):
    with pytest.raises(ValidationError) as refused:
        add_wording(purpose, "en", text)
    assert words in str(refused.value)
    assert not ConsentWording.objects.filter(version__gt=1).exists()


@pytest.mark.django_db
def test_handover_that_names_everything_is_taken():
    assert add_wording("handover", "en", HANDOVER).version == 2


NAMES = sorted({name for names in PLACEHOLDERS.values() for name in names})


@given(
    parts=st.lists(st.one_of(st.text().filter(lambda text: not {"{", "}"} & set(text)), st.sampled_from(NAMES))),
    values=st.fixed_dictionaries({name: st.text() for name in NAMES}),
)
def test_filling_in_replaces_names_once_and_leaves_values_as_they_are(parts, values):
    text = "".join(f"{{{part}}}" if part in NAMES else part for part in parts)
    assert fill_in(text, values) == "".join(values.get(part, part) for part in parts)


@pytest.mark.django_db
def test_a_stored_wording_can_neither_be_changed_nor_removed(django_user_model):
    author = django_user_model.objects.create_user("author")
    wording = add_wording("news", "en", "By {site}", by=author)
    wording.text = "Otherwise"
    with pytest.raises(AppendOnly):
        wording.save()
    with pytest.raises(AppendOnly):
        wording.delete()
    stored = ConsentWording.objects.filter(pk=wording.pk)
    for change in (
        lambda: stored.update(text="Otherwise"),
        lambda: stored.update(version=7),
        lambda: stored.update(created_by=django_user_model.objects.create_user("other")),
        stored.delete,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    author.delete()
    assert ConsentWording.objects.get(pk=wording.pk).created_by is None


@pytest.fixture
def committed_wordings(django_db_setup, django_db_blocker):
    """Let other connections see what is added, and take it away again past the trigger that forbids it."""
    with django_db_blocker.unblock():
        yield
        with connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE partners_consentwording DISABLE TRIGGER consent_wording_append_only")
            cursor.execute("DELETE FROM partners_consentwording WHERE version > 1")
            cursor.execute("ALTER TABLE partners_consentwording ENABLE TRIGGER consent_wording_append_only")
        connections.close_all()


def test_two_editors_at_the_same_moment_make_two_versions(committed_wordings):
    start = threading.Barrier(5)
    made = []

    def add():
        try:
            start.wait(timeout=30)
            made.append(add_wording("transfer", "en", "By {site}").version)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(made) == [2, 3, 4, 5, 6]
