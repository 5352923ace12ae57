"""What a trainee does on a quiz card: start, choose, submit, reload."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.notebook_page import NotebookPage

# A busy machine takes its time over the first widgets of a kernel.
MILLISECONDS = 150_000


class QuizPage:
    """The card on the notebook's page."""

    def __init__(self, notebook: NotebookPage, pictures: Path) -> None:
        self.notebook, self._pictures = notebook, pictures

    @property
    def card(self) -> Locator:
        return self.notebook.page.locator(".u3edu-quiz").last

    def press(self, words: str) -> None:
        self.card.get_by_role("button", name=words, exact=True).click(timeout=MILLISECONDS)

    def shows(self, words: str) -> None:
        expect(self.card).to_contain_text(words, timeout=MILLISECONDS)

    def screenshot(self, name: str) -> None:
        self._pictures.mkdir(exist_ok=True)
        self.card.scroll_into_view_if_needed()
        self.notebook.page.wait_for_timeout(300)
        self.card.screenshot(path=self._pictures / f"quiz-{name}.png")

    def reload(self) -> None:
        self.notebook.save()
        self.notebook.reload()
        self.card.wait_for(timeout=MILLISECONDS)

    def choose(self, words: str) -> None:
        """By keyboard: Tab comes to the first choice, the space bar takes it, arrow keys move on."""
        choices = self.card.get_by_role("radiogroup").get_by_role("radio")
        choices.first.focus(timeout=MILLISECONDS)
        self.notebook.page.keyboard.press("Space")
        wanted = self.card.get_by_label(words)
        for _ in range(choices.count()):
            if wanted.is_checked():
                break
            self.notebook.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_checked(timeout=MILLISECONDS)
