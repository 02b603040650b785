"""What a campaign's end leaves in lists is kept beside what is counted, without being counted, so that a partner's page
and what is related are read from one narrow table.
"""

import importlib

from django.db import migrations, models

_BEFORE = importlib.import_module("partners.migrations.0036_counted_days").COUNT
_ARTICLES = importlib.import_module("partners.migrations.0032_article_counts")


def _changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


# As 0036 has it, with the two columns. What is over, and stays, is still wanted, but not counted.
COUNT = _changed(
    _BEFORE,
    (
        "campaign.ends_at, article.publication_date)::",
        "campaign.ends_at, article.publication_date, coalesce(campaign.ending = 'stays', true),"
        " NOT coalesce(campaign.ends_at <= ended_by, false))::",
    ),
    (
        "NOT coalesce(campaign.ends_at <= ended_by, false)\n",
        "(campaign.ending = 'stays' OR NOT coalesce(campaign.ends_at <= ended_by, false))\n",
    ),
    ("unnest(stored) old UNION", "unnest(stored) old WHERE old.is_new UNION"),
    ("unnest(wanted) new\n", "unnest(wanted) new WHERE new.is_new\n"),
)
_CAMPAIGN = ("partners_partnercampaign", "UPDATE")
# A trigger that tells of what becomes of the articles as well.
FOLLOW = _ARTICLES._follow(
    *_CAMPAIGN,
    _changed(
        _ARTICLES.CHANGED[_CAMPAIGN],
        ("n.ends_at <> o.ends_at", "(n.ends_at, n.ending) IS DISTINCT FROM (o.ends_at, o.ending)"),
    ),
)
BEFORE = _ARTICLES._follow(*_CAMPAIGN, _ARTICLES.CHANGED[_CAMPAIGN])
LET = _ARTICLES._let(*_CAMPAIGN)

STAYS = """
UPDATE partners_countedarticle counted SET stays = campaign.ending = 'stays'
FROM partners_partnerarticlepage article JOIN partners_partnercampaign campaign ON campaign.id = partner_campaign_id
WHERE article.page_ptr_id = counted.article_id AND campaign.ending <> 'stays';
SELECT partners_count_articles(
    (SELECT array_agg(article.page_ptr_id) FROM partners_partnerarticlepage article
        JOIN partners_partnercampaign campaign ON campaign.id = article.partner_campaign_id
        WHERE campaign.ending = 'stays' AND campaign.ends_at <= now()),
    now());
"""
# Without the columns, only what is counted stands here.
COUNTED_ALONE = "DELETE FROM partners_countedarticle WHERE NOT is_new;"


def _replacing(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("partners", "0037_search_of_partner")]

    operations = [
        migrations.AddField("countedarticle", "stays", models.BooleanField(default=True), preserve_default=False),
        migrations.AddField("countedarticle", "is_new", models.BooleanField(default=True), preserve_default=False),
        migrations.RunSQL(_replacing(COUNT), _replacing(_BEFORE)),
        migrations.RunSQL(f"{LET}{FOLLOW}", f"{LET}{BEFORE}"),
        migrations.RunSQL(STAYS, COUNTED_ALONE),
        migrations.RemoveIndex("countedarticle", "counted_article_ends"),
        migrations.RemoveIndex("countedarticle", "counted_article_newest"),
        migrations.AddIndex(
            "countedarticle",
            models.Index(
                condition=models.Q(("ends_at__isnull", False), ("is_new", True)),
                fields=["ends_at"],
                name="counted_article_ends",
            ),
        ),
        migrations.AddIndex(
            "countedarticle",
            models.Index(
                condition=models.Q(("is_new", True)), fields=["-day", "-article_id"], name="counted_article_newest"
            ),
        ),
        migrations.AddIndex(
            "countedarticle", models.Index(fields=["-day", "-article_id"], name="counted_article_listed")
        ),
    ]
