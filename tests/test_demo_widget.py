"""The demo's page that shows what can be set of the chat: all that the documentation lists, at work on another site."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, needs_chromium
from playwright.sync_api import Page, expect
from webchat_fakes import FakeBot, Site, settings
from widget_parts import assert_accessible, say

import demo.portal
from webchat import create_app

SHOWN = json.loads((ROOT / "demo/widget.json").read_text())


def listed(heading: str) -> set[str]:
    """The names in code at the beginning of a section's table, or in its text if it has none."""
    section = (ROOT / "docs/widget.md").read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    named = "\n".join(row.split(" | ")[0] for row in rows) or section
    return set(re.findall(r"`([\w:-]+)`", named))


def test_what_the_documentation_lists_is_on_the_page() -> None:
    assert listed("Attributes") == set(SHOWN["attributes"])
    assert listed("Custom properties") == {f"--ventanilla-{name}" for name in SHOWN["properties"]}
    heard = re.findall(r"const EVENTS = \[(.*)\]", (ROOT / "demo/static/widget.js").read_text())[0]
    assert listed("Events and methods") == {f"ventanilla:{name}" for name in re.findall(r'"(\w+)"', heard)}


@pytest.fixture
def portal(bot: FakeBot, tmp_path: Path) -> Iterator[Site]:
    """The demo portal, and the chat that it embeds on a site of its own."""
    app = demo.portal.create_app(settings(var_dir=tmp_path))
    portal = Site(app)
    chat = Site(create_app(settings(web_origins=(portal.url.rstrip("/"),)), bot=bot))
    app.config["CHAT_URL"] = chat.url
    yield portal
    portal.stop()
    chat.stop()


def policy_of(page: Page, url: str) -> dict[str, list[str]]:
    """The directives of the page's policy, once it is loaded."""
    response = page.goto(url)
    assert response
    directives = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in map(str.split, directives)}


@needs_chromium
def test_the_page_and_the_chat_keep_to_a_strict_policy(page: Page, portal: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    policy = policy_of(page, f"{portal.url}widget")
    assert policy["default-src"] == ["'none'"]
    assert not [source for sources in policy.values() for source in sources if source.startswith("'unsafe") or source == "*"]
    page.get_by_label("--ventanilla-radius").fill("0")
    page.get_by_role("button", name="ask(").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Sí, por favor")).to_be_visible()
    assert complaints == []
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))")
    page.wait_for_function("() => true")
    assert any("Content Security Policy" in complaint for complaint in complaints)


@needs_chromium
def test_what_is_set_on_the_page_is_seen_at_once(page: Page, portal: Site) -> None:
    page.goto(f"{portal.url}widget")
    page.get_by_label("label").fill("¿Dudas?")
    page.get_by_label("position").select_option("left")
    page.get_by_label("--ventanilla-accent", exact=True).fill("#7a1420")
    launcher = page.get_by_role("button", name="¿Dudas?")
    assert launcher.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(122, 20, 32)"
    assert (launcher.bounding_box() or {})["x"] == 16
    expect(page.locator("#codigo")).to_contain_text('position="left"')
    expect(page.locator("#codigo")).to_contain_text("--ventanilla-accent: #7a1420")
    assert_accessible(page)
    page.get_by_role("button", name="ask(").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    say(panel, "hola")
    expect(page.locator("#eventos")).to_contain_text('ventanilla:message {"from":"assistant","faq":"1.6"}')
