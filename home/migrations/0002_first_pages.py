"""Leave a working, empty site: in each language a home page, 'latest post' and the list of partners."""

import uuid

from django.db import migrations
from django.utils import timezone

TREE = {
    "en": {
        "home": ("Qianhai", "home", "Where Hong Kong and Shenzhen build the same bay"),
        "latest": "Latest posts",
        "partners": "Partners",
    },
    "zh-hant": {"home": ("前海", "home-zh-hant", "香港與深圳，共築一灣"), "latest": "最新文章", "partners": "合作夥伴"},
    "zh-hans": {"home": ("前海", "home-zh-hans", "香港与深圳，共筑一湾"), "latest": "最新文章", "partners": "合作伙伴"},
}


def make_first_pages(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    ContentType = apps.get_model("contenttypes", "ContentType")
    HomePage = apps.get_model("home", "HomePage")
    LatestPostsPage = apps.get_model("partners", "LatestPostsPage")
    PartnerIndexPage = apps.get_model("partners", "PartnerIndexPage")

    root = Page.objects.get(depth=1)
    # Wagtail's own first migration leaves a page of welcome.
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()

    types = {
        model: ContentType.objects.get_or_create(app_label=model._meta.app_label, model=model._meta.model_name)[0]
        for model in (HomePage, LatestPostsPage, PartnerIndexPage)
    }
    keys = {}
    homes = []
    for number, (language, words) in enumerate(TREE.items(), start=1):
        locale, _ = Locale.objects.get_or_create(language_code=language)
        title, slug, tagline = words["home"]
        home = _add(
            HomePage, types, keys, "home", f"{root.path}{number:04d}", 2, title, slug, f"/{slug}/", locale,
            numchild=2, tagline=tagline,
        )
        homes.append(home)
        for place, (model, slug) in enumerate([(LatestPostsPage, "latest"), (PartnerIndexPage, "partners")], start=1):
            _add(
                model, types, keys, slug, f"{home.path}{place:04d}", 3, words[slug], slug,
                f"{home.url_path}{slug}/", locale, show_in_menus=True,
            )
    Page.objects.filter(pk=root.pk).update(numchild=len(homes))
    Site.objects.create(
        hostname="localhost", port=80, root_page_id=homes[0].pk, is_default_site=True, site_name="Qianhai"
    )


def _add(model, types, keys, key, path, depth, title, slug, url_path, locale, **fields):
    now = timezone.now()
    return model.objects.create(
        path=path,
        depth=depth,
        numchild=fields.pop("numchild", 0),
        title=title,
        draft_title=title,
        slug=slug,
        url_path=url_path,
        content_type=types[model],
        locale=locale,
        translation_key=keys.setdefault(key, uuid.uuid4()),
        live=True,
        first_published_at=now,
        last_published_at=now,
        **fields,
    )


def remove_first_pages(apps, schema_editor):
    """Remove every page but the root; the models' tables are dropped after this."""
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("wagtailcore", "Page").objects.filter(depth__gt=1).delete()
    apps.get_model("wagtailcore", "Page").objects.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("partners", "0001_initial"),
        ("wagtailcore", "0001_squashed_0016_change_page_url_path_to_text_field"),
    ]
    operations = [migrations.RunPython(make_first_pages, remove_first_pages)]
