"""What becomes of a link in a letter that an editor has set to a page of this site?"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.letters.prose import Block, Run, runs_of


def with_pages(blocks: Collection[Block]) -> tuple[Block, ...]:
    """Return `blocks` with the addresses of the pages that they link to.

    An article is named with its label and sponsor before the words of the link: nothing paid goes out unlabelled.
    Of a page that readers cannot open, the words alone stay.
    """
    keys = {run.page for run in runs_of(blocks) if run.page is not None}
    if not keys:
        return tuple(blocks)
    pages = {page.pk: page for page in Page.objects.filter(pk__in=keys).live().public().specific()}
    return tuple(Block(block.tag, tuple(_resolved(item, pages) for item in block.items)) for block in blocks)


def _resolved(item: tuple[Run, ...], pages: Mapping[int, Page]) -> tuple[Run, ...]:
    runs: list[Run] = []
    before: int | None = None
    for run in item:
        if run.page is None:
            runs.append(run)
        else:
            page = pages.get(run.page)
            if isinstance(page, PartnerArticlePage) and run.page != before:
                runs += [Run(f"{page.disclosure_label} · {page.sponsor.title}", bold=True), Run(": ")]
            runs.append(replace(run, page=None, href=(page.full_url or "") if page else ""))
        before = run.page
    return tuple(runs)
