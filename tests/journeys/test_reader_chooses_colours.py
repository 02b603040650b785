"""A reader wants dark pages on a light system: they are dark from the first frame on, everywhere, without a cookie."""

import re
import time

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys.stack import Stack
from tests.journeys.waiting import when

PAPER = {"light": "rgb(251, 252, 251)", "dark": "rgb(12, 22, 28)"}
# Notes the colour of the paper in every frame that has something to show.
WATCH = """
window.papers = new Set();
const look = () => {
  if (document.body) window.papers.add(getComputedStyle(document.documentElement).backgroundColor);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def papers(page: Page) -> list[str]:
    return page.evaluate(when("window.papers.size", "[...window.papers]"))


def choose(page: Page, name: str) -> None:
    page.get_by_role("group", name="Colours").get_by_role("radio", name=name).check()


def test_choice_holds_from_the_first_frame_on_every_page_and_in_other_tabs(context: BrowserContext, page: Page):
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto("/")
    other = context.new_page()
    other.goto("/latest/")
    choose(page, "Dark")
    expect(page.locator("html")).to_have_css("background-color", PAPER["dark"])
    expect(other.locator("html")).to_have_css("background-color", PAPER["dark"])

    def slowly(route: Route) -> None:
        time.sleep(0.4)  # a bad line: a script that did not hold the page back would come after the first frame
        route.continue_()

    page.route(re.compile(r"/js/theme\."), slowly)
    page.add_init_script(WATCH)
    page.goto("/partners/")
    assert papers(page) == [PAPER["dark"]]
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    shown = "[...document.querySelectorAll('meta[name=theme-color]')].filter(m => matchMedia(m.media).matches)"
    assert page.evaluate(f"{shown}.map(m => m.content)") == ["#0c161c"]
    # The language switch stays on the page, and the choice goes along.
    page.get_by_role("link", name="繁體中文").click()
    page.wait_for_url("**/zh-hant/partners/")
    assert papers(page) == [PAPER["dark"]]
    assert context.cookies() == []


def test_the_systems_colours_come_back(page: Page):
    page.emulate_media(color_scheme="dark")
    page.goto("/latest/")
    expect(page.locator("html")).to_have_css("background-color", PAPER["dark"])
    choose(page, "Light")
    expect(page.locator("html")).to_have_css("background-color", PAPER["light"])
    choose(page, "As the system")
    expect(page.locator("html")).to_have_css("background-color", PAPER["dark"])
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_css("background-color", PAPER["light"])
    assert page.evaluate("localStorage.length") == 0


def test_without_script_there_is_no_switch_and_the_system_rules(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto("/latest/")
    expect(page.locator("[data-theme-switch]")).to_be_hidden()
    expect(page.locator("html")).to_have_css("background-color", PAPER["dark"])
    context.close()
