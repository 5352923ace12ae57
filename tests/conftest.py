"""What all tests share: where Chromium is, and what happens when there is none."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that Playwright can drive (``executable_path``).

    Without one the test is skipped, or fails where U3EDU_REQUIRE_BROWSER=1 says that browser
    tests must run.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is not None:
        return path
    reason = f"no Chromium on the PATH (looked for {', '.join(NAMES)})"
    if os.environ.get("U3EDU_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and U3EDU_REQUIRE_BROWSER=1")
    pytest.skip(reason)
