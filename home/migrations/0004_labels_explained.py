"""Leave in each language the page that explains the labels: a label that leads nowhere explains nothing."""

import uuid

from django.db import migrations
from django.utils import timezone
from wagtail.models import Page as PageOfToday

SLUG = "about-partner-content"
WORDS = {
    "en": (
        "What the labels mean",
        "A partner stands behind every article here. The line above its title says who that is, whether money was paid, "
        "and who had the last word on the text. There are three kinds.",
        "<p>The label goes wherever the article goes: above the title, in every list, in search results, feeds and shared "
        "links, and on paper. Where it was changed after readers had seen the article, the line says since when.</p>"
        "<p>In paid articles, links to other sites are marked as paid for search engines. What becomes of a request for a "
        "brochure is said in its form, before you send it.</p>"
        "<p>If a label seems wrong to you, please write to us.</p>",
    ),
    "zh-hant": (
        "標籤的意思",
        "這裏每篇文章背後都有一位合作夥伴。標題上方的一行說明合作夥伴是誰、有沒有付費，以及文字由誰作最後決定。標籤共分三種。",
        "<p>文章去到哪裏，標籤就跟到哪裏：標題上方、每個列表、搜尋結果、訂閱源、分享的連結，以至列印的紙上。若文章已有讀者看過而標籤其後更改，"
        "該行會註明更改日期。</p>"
        "<p>付費文章中通往其他網站的連結，會向搜尋引擎標明屬付費性質。索取宣傳冊的資料會如何處理，表格在你送出之前已經說明。</p>"
        "<p>如果你認為某個標籤有誤，請寫信告訴我們。</p>",
    ),
    "zh-hans": (
        "标签的意思",
        "这里每篇文章背后都有一位合作伙伴。标题上方的一行说明合作伙伴是谁、有没有付费，以及文字由谁作最后决定。标签共分三种。",
        "<p>文章去到哪里，标签就跟到哪里：标题上方、每个列表、搜索结果、订阅源、分享的链接，以至打印的纸上。若文章已有读者看过而标签其后更改，"
        "该行会注明更改日期。</p>"
        "<p>付费文章中通往其他网站的链接，会向搜索引擎标明属付费性质。索取宣传册的资料会如何处理，表单在您提交之前已经说明。</p>"
        "<p>如果您认为某个标签有误，请写信告诉我们。</p>",
    ),
}


def explain_labels(apps, schema_editor):
    """Add the page below each home page, unless there is a page at its place."""
    Page = apps.get_model("wagtailcore", "Page")
    PartnerContentPage = apps.get_model("home", "PartnerContentPage")
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="home", model="partnercontentpage"
    )
    translation_key = uuid.uuid4()
    now = timezone.now()
    for home in apps.get_model("home", "HomePage").objects.filter(depth=2).order_by("path"):
        words = WORDS.get(home.locale.language_code)
        children = Page.objects.filter(path__startswith=home.path, depth=home.depth + 1)
        if words is None or children.filter(slug=SLUG).exists():
            continue
        title, introduction, closing = words
        PartnerContentPage.objects.create(
            path=_next_path(home, children.order_by("path").last()),
            depth=home.depth + 1,
            numchild=0,
            title=title,
            draft_title=title,
            slug=SLUG,
            url_path=f"{home.url_path}{SLUG}/",
            content_type=kind,
            locale_id=home.locale_id,
            translation_key=translation_key,
            live=True,
            first_published_at=now,
            last_published_at=now,
            introduction=introduction,
            closing=closing,
        )
        _count_children(Page, home.path)


def _next_path(home, last):
    """Return the place after the last child. It is counted with 36 digits, by the tree's own arithmetic."""
    if last is None:
        return f"{home.path}{'1'.zfill(PageOfToday.steplen)}"
    return PageOfToday(path=last.path, depth=last.depth)._inc_path()


def remove_explanations(apps, schema_editor):
    """Take the pages away, whatever was written there."""
    Page = apps.get_model("wagtailcore", "Page")
    found = list(Page.objects.filter(content_type__app_label="home", content_type__model="partnercontentpage"))
    for page in found:
        page.delete()
        _count_children(Page, page.path[: -PageOfToday.steplen])


def _count_children(Page, path):
    below = Page.objects.filter(path__startswith=path, depth=len(path) // PageOfToday.steplen + 1)
    Page.objects.filter(path=path).update(numchild=below.count())


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0003_partner_content_page"),
        ("wagtailcore", "0001_squashed_0016_change_page_url_path_to_text_field"),
    ]
    operations = [migrations.RunPython(explain_labels, remove_explanations)]
