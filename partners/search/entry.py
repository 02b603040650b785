"""What is kept of a page so that it is found, and where do indexes lie?"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL
from wagtail.models import Page

# What stands for a word in the vectors, and how long that is (SQL, of a row of `SearchWord`); none for a word that no
# index holds ('with').
STEM = "(ts_lexize('english_stem'::regdictionary, word::text))[1]"
LENGTH_OF_STEM = f"length({STEM})"
LONGER_THAN_STEM = f"{LENGTH_OF_STEM} < length(word::text)"


class SearchEntry(models.Model):
    """A page that readers can search for. Made by `indexing` from the page; it can be thrown away and made again."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.CASCADE, related_name="+", db_index=False)
    # The same for all translations of a page, of which a reader is shown one.
    translation_key = models.UUIDField()
    # The partner whose page or article it is; none for a page of our own.
    partner = models.ForeignKey(
        "partners.PartnerPage", on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    # An article's `disclosure`, else empty.
    disclosure = models.CharField(max_length=32, blank=True)
    topics = ArrayField(models.BigIntegerField(), default=list)
    date = models.DateField()
    # What stands in a hit and where its words are marked: plain text, composed (see `folding.composed`), with marks
    # around links (see `linked_words`).
    text = models.TextField(blank=True)
    # The title and the names that belong to it; and everything, the title first.
    title_vector = SearchVectorField()
    vector = SearchVectorField()
    # Of what the row was made from: unchanged, it is not written again.
    digest = models.CharField(max_length=64)
    # The page's `last_published_at` then; a sweep looks for those that differ.
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["vector"], name="search_all", fastupdate=False),
            models.Index(fields=["-date", "-page"], name="search_newest_first"),
            models.Index(fields=["partner", "-date", "-page"], name="search_newest_of_partner"),
        ]

    def __str__(self) -> str:
        return f"search entry of page {self.page_id}"


class SearchTitle(models.Model):
    """What is read of pages by their titles alone: a row is a twentieth of an entry, so those of many pages lie in one
    block. The database keeps it as the entry of its page is, whoever writes that (migration 0054).
    """

    # Of the page; nothing refers to another table, since it goes with the entry.
    page_id = models.IntegerField(primary_key=True)
    date = models.DateField()
    locale_id = models.IntegerField()
    disclosure = models.CharField(max_length=32, blank=True)
    topics = ArrayField(models.BigIntegerField(), default=list)
    title_vector = SearchVectorField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["title_vector"], name="search_title", fastupdate=False),
            models.Index(fields=["-date", "-page_id"], name="search_newest_titles"),
        ]

    def __str__(self) -> str:
        return f"searched title of page {self.page_id}"


class SearchWord(models.Model):
    """A word that stands in a title or text that was published: what a mistyped word may have meant."""

    word = models.CharField(max_length=40, primary_key=True)
    # In how many pages it stood when they were indexed, roughly: an order of commonness, not a count.
    pages = models.PositiveIntegerField(default=1)
    # In how many of their titles, with the names that belong to them.
    titles = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # What is put off until later is read one by one, by every search for a mistyped word.
            GinIndex(OpClass(models.F("word"), name="gin_trgm_ops"), name="search_word_trigrams", fastupdate=False),
            # By what somebody has typed of them (`query`). Of few, so that no other search for words takes this index.
            models.Index(
                RawSQL(LENGTH_OF_STEM, (), output_field=models.IntegerField()),  # noqa: S611  written above
                "word",
                name="search_word_stems",
                condition=models.Q(
                    RawSQL(LONGER_THAN_STEM, (), output_field=models.BooleanField())  # noqa: S611  written above
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.word


class SearchDue(models.Model):
    """A change after which entries have to be written, of which they themselves do not tell: a name that they carry, or
    where a page stands. It is written with the change, and deleted when all entries are written, whoever does that.

    A row of its own instead of a mark on each entry: a name may stand in thousands, and an editor waits meanwhile.
    """

    # One of both. Nothing refers to another table, since what was deleted may be due as well.
    page_id = models.BigIntegerField(null=True)
    topic_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"due for the search: page {self.page_id}, topic {self.topic_id}"
