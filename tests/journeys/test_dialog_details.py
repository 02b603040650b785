"""The dialog on a small window, on a slow line, and where something is wrong."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, new_address, open_article
from tests.journeys.waiting import when

# A window of 1280 x 1024 at 400 % (WCAG 2.2, 1.4.10).
ZOOMED = {"width": 320, "height": 256}


def open_dialog(page: Page, site: Stack):
    open_article(page, site)
    page.locator("a[data-brochure-opener]:visible").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=email]")).to_be_visible()
    return dialog


def test_all_of_it_can_be_reached_and_read_at_400_percent(page: Page, site: Stack):
    page.set_viewport_size(ZOOMED)
    dialog = open_dialog(page, site)
    assert dialog.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    controls = dialog.locator("button:visible, input:visible, textarea:visible, select:visible, a:visible")
    names = set()
    for _ in range(controls.count() + 2):
        page.keyboard.press("Tab")
        # WCAG 2.2, 2.4.11: what has the focus is not hidden, neither below the edge nor under the bar that stays.
        seen = page.evaluate(
            """() => {
              const it = document.activeElement, box = it.getBoundingClientRect();
              if (it === document.body) return null;
              const x = box.left + box.width / 2, y = box.top + Math.min(box.height, 40) / 2;
              const top = document.elementFromPoint(x, y);
              return [it.name || it.textContent.trim(), it === top || it.contains(top) || top?.contains(it)];
            }"""
        )
        if seen:
            assert seen[1], f"{seen[0]} is hidden while it has the focus"
            names.add(seen[0])
    assert {"name", "email", "close x", "Send me the brochure"} <= names
    fill(page, new_address())
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    assert dialog.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_what_was_typed_is_there_after_reading_what_is_kept_and_why(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    address = new_address()
    dialog.locator("[name=email]").fill(address)
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="What we keep, and why (in a new tab)").click()
    expect(opened.value).to_have_url(re.compile(r"/privacy/$"))
    opened.value.close()
    expect(dialog.locator("[name=email]")).to_have_value(address)


def test_page_behind_does_not_scroll_and_is_where_it_was(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    before = page.evaluate("scrollY")
    page.mouse.move(5, 400)
    page.mouse.wheel(0, 600)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("scrollY") == before
    page.mouse.wheel(0, 600)
    page.evaluate(when(f"scrollY !== {before}"))


def test_summary_leads_to_the_fields(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    dialog.get_by_role("button", name="Send me the brochure").click()
    summary = dialog.locator("[data-summary]")
    expect(summary.get_by_role("link").first).to_be_visible()
    for link in summary.get_by_role("link").all():
        link.click()
        field = dialog.locator(link.get_attribute("href"))
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_css("border-top-width", "2px")
    expect(dialog.locator("[data-announcer]")).to_contain_text("Nothing was sent yet")


@pytest.mark.parametrize("size", [{"width": 1280, "height": 500}, {"width": 390, "height": 500}])
def test_a_field_that_is_led_to_stands_below_the_bar_with_its_label(page: Page, site: Stack, size):
    page.set_viewport_size(size)
    dialog = open_dialog(page, site)
    dialog.get_by_role("button", name="Send me the brochure").click()
    link = dialog.locator("[data-summary]").get_by_role("link").last
    expect(link).to_be_visible()
    dialog.evaluate("dialog => dialog.scrollTo({top: dialog.scrollHeight, behavior: 'instant'})")
    link.focus()
    page.keyboard.press("Enter")
    field = dialog.locator(link.get_attribute("href"))
    expect(field).to_be_focused()
    label = field.evaluate("field => field.labels[0].getBoundingClientRect().top")
    assert label >= dialog.locator(".dialog__bar").evaluate("bar => bar.getBoundingClientRect().bottom")
    # Also on the way back by the keyboard, from what stands below.
    dialog.evaluate("dialog => dialog.scrollTo({top: dialog.scrollHeight, behavior: 'instant'})")
    dialog.locator(".request__send").focus()
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        hidden = page.evaluate(
            """() => {
              const it = document.activeElement, bar = document.querySelector('dialog[open] .dialog__bar');
              return it.matches('input') && it.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
            }"""
        )
        assert not hidden


def test_spinner_shows_on_a_slow_line_only(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    # Every time that the sign is shown is written down, however short.
    dialog.evaluate(
        """it => {
          window.shown = [];
          new MutationObserver(() => {
            const sign = it.querySelector("form .spinner");
            if (sign && !sign.hidden) window.shown.push(performance.now() - window.sentAt);
          }).observe(it, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"] });
          it.addEventListener("submit", () => { window.sentAt = performance.now(); }, true);
        }"""
    )
    waiting: list[Route] = []
    page.route(re.compile(".*"), lambda route: waiting.append(route) if is_post(route) else route.continue_())
    fill(page, new_address())
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.locator("form .spinner")).to_be_visible()
    [shown_after] = page.evaluate("shown.slice(0, 1)")
    assert shown_after >= 300
    expect(dialog.locator("[data-brochure-request]")).to_have_attribute("aria-busy", "true")
    waiting[0].continue_()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()


def is_post(route: Route) -> bool:
    return route.request.method == "POST"


def test_form_that_does_not_come_can_be_asked_for_again(page: Page, site: Stack):
    open_article(page, site)
    opener = page.locator("a[data-brochure-opener]").first
    form_url = opener.evaluate("link => link.href")
    page.context.set_offline(True)
    opener.click()
    dialog = page.get_by_role("dialog")
    again = dialog.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(dialog.get_by_text("Oops!")).to_be_visible()
    assert dialog.get_by_role("link", name="Open the form as a page").evaluate("link => link.href") == form_url
    page.context.set_offline(False)
    again.click()
    expect(dialog.locator("[name=email]")).to_be_visible()


def test_phones_get_the_right_keyboard_and_fill_in_what_they_know(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    email, name = dialog.locator("[name=email]"), dialog.locator("[name=name]")
    assert (email.get_attribute("type"), email.get_attribute("autocomplete")) == ("email", "email")
    assert name.get_attribute("autocomplete") == "name"


def test_confirmation_has_an_address_that_can_be_kept(page: Page, site: Stack):
    dialog = open_dialog(page, site)
    fill(page, new_address())
    dialog.get_by_role("button", name="Send me the brochure").click()
    reference = dialog.locator(".reference strong").inner_text()
    dialog.get_by_role("link", name="Keep this confirmation").click()
    expect(page.locator("h1")).to_have_text(THANKS)
    expect(page.locator(".reference strong")).to_have_text(reference)
    expect(page.get_by_role("heading", name="latest post", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name="Keep this confirmation")).to_be_hidden()


def test_two_forms_of_one_page_keep_their_labels_and_what_was_typed(page: Page, site: Stack):
    first = open_dialog(page, site)
    first.get_by_label("Your name").fill("First")
    page.keyboard.press("Escape")
    # As on the page of a partner with two brochures: an opener of another form beside that of the first.
    forms = site.rows(
        "SELECT page.url_path FROM wagtailcore_page page JOIN partners_brochurerequestpage form"
        " ON form.page_ptr_id = page.id JOIN wagtailcore_locale locale ON locale.id = page.locale_id"
        " WHERE page.live AND locale.language_code = 'en'"
    )
    opener = page.locator("a[data-brochure-opener]:visible").first
    own = opener.get_attribute("href").partition("?")[0]
    [other] = [path for (path,) in forms if not path.endswith(own)][:1]
    opener.evaluate(
        """(link, href) => {
          const other = link.cloneNode(true);
          Object.assign(other, { id: "other", href });
          link.after(other);
        }""",
        f"/{other.split('/', 2)[2]}",
    )
    page.locator("#other").click()
    second = page.get_by_role("dialog")
    expect(second.locator("[name=email]")).to_be_visible()
    second.locator("label[for=id_email]").click()
    expect(second.locator("[name=email]")).to_be_focused()
    expect(second.get_by_role("textbox", name="E-mail address")).to_be_visible()
    second.get_by_role("button", name="Send me the brochure").click()
    link = second.locator("[data-summary]").get_by_role("link").last
    link.click()
    expect(second.locator(link.get_attribute("href"))).to_be_focused()
    page.keyboard.press("Escape")
    opener.click()
    expect(page.get_by_role("dialog").get_by_label("Your name")).to_have_value("First")
