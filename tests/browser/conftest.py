"""JupyterLab and Chromium for the browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.tool_page import ROOT, ToolPage, painter_page

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives JupyterLab in Chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_notebook(browser: Browser, tmp_path: Path) -> Iterator[Callable[[Path], NotebookPage]]:
    """Open a notebook of a folder in a fresh JupyterLab; the folder is the server's to write in."""
    home = tmp_path / "jupyter"
    home.mkdir()
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    servers: list[LabServer] = []

    def open_it(notebook: Path) -> NotebookPage:
        server = LabServer(notebook.parent, home, [ROOT])
        servers.append(server.__enter__())
        page = NotebookPage(context.new_page(), server.address(notebook.name))
        page.open()
        return page

    yield open_it
    context.close()
    for server in servers:
        server.__exit__()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept, for people to look at."""
    return ROOT / "test-results"


@pytest.fixture(scope="module")
def opened_painter(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolPage]:
    """One painter in JupyterLab for the tests of a file."""
    with painter_page(browser, tmp_path_factory.mktemp("painter")) as page:
        yield page


@pytest.fixture
def tools(opened_painter: ToolPage) -> ToolPage:
    """The painter without an edit, the brush in hand."""
    opened_painter.start()
    return opened_painter
