"""The instructor's class page in Chromium: live figures, and no barrier that axe finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.classroom.classes import Class, start_class
from tests.classroom.hub_stand_in import HubStandIn
from tests.classroom.served import Served
from u3edu.classroom.database import connect, make_ready
from u3edu.quiz.response import now


@pytest.fixture
def classroom(browser: Browser, tmp_path: Path) -> Iterator[tuple[Class, Served, Page]]:
    address = f"sqlite:///{tmp_path / 'classroom.sqlite'}"
    engine = connect(address)
    make_ready(engine)
    taught = start_class(engine, now)  # type: ignore[arg-type]
    hub = HubStandIn()
    served = Served(hub, address, tmp_path / "service.log")
    token = hub.instructor("grace")
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, extra_http_headers={"Authorization": f"token {token}"}
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{served.address}quizzes/{taught.quiz.id}")
    yield taught, served, page
    context.close()
    served.close()
    hub.close()
    engine.dispose()


def test_the_page_shows_answers_as_they_come(classroom: tuple[Class, Served, Page], pictures: Path) -> None:
    taught, _, page = classroom
    expect(page.locator("#answers")).to_have_text("0")
    taught.answer_all("ada")
    taught.answer_all("<b>alan</b>", right=False)
    expect(page.locator("#answers")).to_have_text("10", timeout=60_000)
    rows = page.locator("#progress tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).locator("th")).to_have_text("<b>alan</b>")
    expect(rows.nth(1).locator("td").nth(1)).to_have_text("5")
    expect(rows.nth(1).locator(".cell.full")).to_have_count(5)
    expect(page.locator("#items tr").nth(0).locator("td").nth(3)).to_contain_text("50 %")
    page.screenshot(path=pictures / "class-page.png", full_page=True)


def test_a_service_that_is_away_is_said_and_the_figures_stay(classroom: tuple[Class, Served, Page]) -> None:
    taught, served, page = classroom
    taught.answer_all("ada")
    expect(page.locator("#answers")).to_have_text("5", timeout=60_000)
    served.kill()
    expect(page.get_by_role("alert")).to_contain_text("does not answer", timeout=60_000)
    expect(page.locator("#answers")).to_have_text("5")
    served.start()
    expect(page.get_by_role("alert")).to_have_text("", timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barriers_that_axe_finds(classroom: tuple[Class, Served, Page], scheme: str) -> None:
    taught, _, page = classroom
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    taught.submit("ada", taught.submission("stage_it"))
    taught.submit("ada", taught.submission("what_changed", right=False))
    expect(page.locator("#answers")).to_have_text("2", timeout=60_000)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
