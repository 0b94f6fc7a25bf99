"""What the tests of the chat in a browser share: a site over a fake assistant, and what a customer does there."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect
from webchat_fakes import FakeBot, Site, settings

from webchat import create_app

PHONE: ViewportSize = {"width": 390, "height": 760}
SMALLEST: ViewportSize = {"width": 320, "height": 568}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def site(bot: FakeBot) -> Iterator[Site]:
    running = Site(create_app(settings(message_limit=50), bot=bot))
    yield running
    running.stop()


def open_chat(page: Page, site: Site) -> Locator:
    page.goto(site.url)
    page.get_by_role("button", name="Pregúntenos").click()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    return page.get_by_role("dialog")


def say(panel: Locator, text: str) -> None:
    panel.get_by_role("textbox").fill(text)
    panel.get_by_role("textbox").press("Enter")


def erase(panel: Locator) -> None:
    """Delete the conversation, with a yes to the question for it."""
    panel.get_by_role("button", name="Borrar la conversación").click()
    panel.get_by_role("button", name="Borrar", exact=True).click()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": _RULES})
    assert found.violations_count == 0, found.response["violations"]
