"""What an editor and an administrator do in the admin, step by step, as their hands would."""

import os
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.faults.waiting import wait_until
from tests.journeys.stack import ADMIN_PASSWORD


def log_in(page: Page, user: str = "admin", password: str = ADMIN_PASSWORD) -> None:
    """Log into the admin."""
    page.goto("/admin/login/")
    page.locator("[name=username]").fill(user)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")


def upload_image(page: Page, chooser: Locator, folder: Path, title: str) -> None:
    """Choose an image by uploading a new one; no two uploads are alike, or Wagtail would ask."""
    picture = folder / f"{title}.png"
    Image.frombytes("RGB", (32, 20), os.urandom(32 * 20 * 3)).resize((1280, 800)).save(picture)
    chooser.click()
    modal = page.locator(".modal-dialog")
    modal.get_by_role("tab", name="Upload").click()
    modal.locator("input[type=file]").set_input_files(picture)
    modal.locator("[name=image-chooser-upload-title]").fill(title)
    modal.get_by_role("button", name="Upload").click()
    expect(modal).to_be_hidden()


def choose_page(page: Page, chooser: Locator, *path: str) -> None:
    """Choose a page by walking down the tree along `path`; the last name is the page."""
    chooser.click()
    modal = page.locator(".modal-dialog")
    modal.get_by_label("Search", exact=False).first.fill(path[-1])
    modal.get_by_role("link", name=path[-1], exact=True).click()
    expect(modal).to_be_hidden()


def insert_block(page: Page, name: str) -> None:
    """Add a block at the end of the body."""
    page.get_by_role("button", name="Insert a block").last.click()
    option = page.get_by_role("option", name=name, exact=True).last
    option.click()
    # The list fades out; the next one must not find this one's options.
    expect(page.get_by_role("option", name=name, exact=True)).to_have_count(0)


def wait_until_saved_by_itself(page: Page) -> None:
    """Let Wagtail save what was typed, which it does half a second after the last key; where it need not, go on.

    A button pressed at that very moment would ask for the same page once more, and Wagtail refuses one of the two.
    """
    with suppress(PlaywrightTimeoutError), page.expect_response(_is_save, timeout=4_000):
        pass


def _is_save(response: Response) -> bool:
    return response.request.method == "POST" and "/admin/pages/" in response.url


def publish(page: Page) -> None:
    """Publish the page that is being edited, and see Wagtail say so."""
    wait_until_saved_by_itself(page)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("published")


def add_child(page: Page, parent: str, kind: str) -> None:
    """Open the form for a new page of `kind` below the page with the title `parent`, found by the admin's search."""
    found = page.get_by_role("link", name=parent, exact=True).first

    def search_finds_it() -> bool:
        # The worker writes the index, and after the demo it has a lot to write.
        page.goto(f"/admin/pages/search/?q={parent}")
        return found.is_visible()

    wait_until(search_finds_it, 60, f"the search finds {parent}")
    found.click()
    page.wait_for_url("**/edit/**")
    number = page.url.split("/pages/")[1].split("/")[0]
    page.goto(f"/admin/pages/{number}/add_subpage/")
    if "add_subpage" in page.url:
        page.get_by_role("link", name=kind, exact=False).first.click()
    expect(page.get_by_role("heading", name=f"New: {kind}")).to_be_visible()
