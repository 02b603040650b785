"""An editor makes a partner, a brochure, its form and an article, and sees the article where readers look."""

from playwright.sync_api import Page, expect

from tests.builders import pdf_bytes
from tests.journeys.admin import (
    add_child,
    choose_page,
    insert_block,
    log_in,
    publish,
    upload_image,
    wait_until_saved_by_itself,
)
from tests.journeys.stack import Stack

PARTNER = "Saltmarsh Ferries"
ARTICLE = "The ferry that waits for the tide"
BROCHURE = "Timetables of the bay"
FORM = "Ask for the timetables"


def test_from_an_empty_form_to_home_and_latest(page: Page, site: Stack, tmp_path):
    log_in(page)
    make_partner(page, tmp_path)
    make_brochure(page, tmp_path)
    make_form(page)
    write_article(page, tmp_path)
    preview(page)
    refuse_without_disclosure(page)
    page.locator("[name=disclosure]").select_option(label="Paid by the partner, written by us")
    publish(page)
    assert_readers_see_it(page)
    take_it_back(page)


def make_partner(page: Page, folder) -> None:
    add_child(page, "Partners", "Partner")
    page.locator("[name=title]").fill(PARTNER)
    upload_image(page, page.get_by_role("button", name="Choose an image"), folder, "Logo of the ferries")
    page.locator("[name=summary]").fill("Boats between the towns of the bay.")
    publish(page)


def make_brochure(page: Page, folder) -> None:
    file = folder / "timetables.pdf"
    page.goto("/admin/")
    page.get_by_role("link", name="Brochures", exact=True).click()
    page.get_by_role("link", name="Add brochure").first.click()
    page.locator("[name=title]").fill(BROCHURE)
    file.write_bytes(b"This is not a PDF.")
    page.locator("[name=files-0-file]").set_input_files(file)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This file is not a PDF, whatever its name says.")).to_be_visible()
    file.write_bytes(pdf_bytes(3, "timetables"))
    page.locator("[name=files-0-file]").set_input_files(file)
    page.get_by_role("button", name="Save").click()
    # A refusal says 'could not be created', and a form is sent a moment after its button was pressed.
    expect(page.locator(".messages")).to_contain_text(f"{BROCHURE}' created")


def make_form(page: Page) -> None:
    add_child(page, PARTNER, "Brochure form")
    page.locator("[name=title]").fill(FORM)
    expect(page.locator("[name=close_label]")).to_have_value("close x")
    page.get_by_role("button", name="Choose brochure").click()
    page.locator(".modal-dialog").get_by_role("link", name=BROCHURE).click()
    publish(page)


def write_article(page: Page, folder) -> None:
    add_child(page, PARTNER, "Partner article")
    page.locator("[name=title]").fill(ARTICLE)
    page.locator("[name=standfirst]").fill("Some boats leave when the water says so.")
    upload_image(page, page.get_by_role("button", name="Choose an image").first, folder, "A ferry")
    page.locator("[name=hero_alt]").fill("A ferry at a wooden pier")
    insert_block(page, "Paragraph")
    paragraph = page.locator("[data-streamfield-child] [contenteditable=true]").last
    paragraph.click()
    paragraph.press_sequentially("The timetable has a column for the moon.")
    expect(paragraph).to_contain_text("The timetable has a column for the moon.")
    insert_block(page, "Brochure call to action")
    block = page.locator("[data-contentpath=body] [data-streamfield-child], [data-streamfield-child]").last
    block.get_by_label("Heading", exact=False).first.fill("Take the timetables home")
    choose_page(page, block.get_by_role("button", name="Choose a page"), FORM)
    wait_until_saved_by_itself(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messages")).to_contain_text(ARTICLE)


def preview(page: Page) -> None:
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("iframe[title*=review]").first
    expect(frame.get_by_role("heading", name=ARTICLE)).to_be_visible(timeout=30_000)
    expect(frame.get_by_text("Take the timetables home")).to_be_visible()
    page.get_by_role("button", name="Toggle preview").click()


def refuse_without_disclosure(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Say whether the article was paid for").first).to_be_visible()


def assert_readers_see_it(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("link", name=ARTICLE).first).to_be_visible()
    page.goto("/latest/")
    expect(page.get_by_role("link", name=ARTICLE).first).to_be_visible()
    page.get_by_role("link", name=ARTICLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ARTICLE)
    text = page.locator("main").inner_text()
    assert text.lower().index("paid content") < text.index(ARTICLE)
    assert text.index(PARTNER) < text.index(ARTICLE)
    expect(page.locator("a[data-brochure-opener]").first).to_be_visible()


def take_it_back(page: Page) -> None:
    """Leave the demo's newest article the newest, for the journeys that come after."""
    page.goto(f"/admin/pages/search/?q={ARTICLE}")
    page.get_by_role("link", name=ARTICLE, exact=True).first.click()
    page.wait_for_url("**/edit/**")
    number = page.url.split("/pages/")[1].split("/")[0]
    page.goto(f"/admin/pages/{number}/unpublish/")
    page.get_by_role("button", name="Yes, unpublish it").click()
    expect(page.locator(".messages")).to_contain_text("unpublished")
    page.goto("/")
    expect(page.get_by_role("link", name=ARTICLE)).to_have_count(0)
