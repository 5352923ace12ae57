"""What instructors ask for: publishing, the class page, exports, and re-grading."""

from pathlib import Path

from jupyterhub.utils import get_browser_protocol
from tornado.web import stream_request_body

from u3edu.classroom import exports
from u3edu.classroom.publication import Correction, Publication, Remarked
from u3edu.classroom.service.handler import GRADE, SUBMIT, Handler
from u3edu.classroom.shelf import Published

PAGE = Path(__file__).parent / "page"
# Pictures of a large quiz with its answer book, as text.
LARGEST_PUBLICATION = 256 * 1024 * 1024


@stream_request_body
class HandedIn(Handler):
    """Something large from an instructor: taken only after it is known who sends it."""

    scope = GRADE

    async def prepare(self) -> None:
        """Let an instructor send more than trainees may."""
        self._chunks: list[bytes] = []
        await super().prepare()
        self.request.connection.set_max_body_size(LARGEST_PUBLICATION)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        """Collect what comes."""
        self._chunks.append(chunk)

    @property
    def body(self) -> bytes:
        """All that came."""
        return b"".join(self._chunks)


class Publish(HandedIn):
    """Quizzes to publish."""

    async def post(self) -> None:
        """Put one on the shelf, with its answer book."""
        given = await self.run(Publication.model_validate_json, self.body)
        quiz, book = given.parts()
        await self.run(self.rooms.desk.publish, quiz, book, given.name, self.who)
        self.set_status(201)
        self.answer(quiz.document)


class AnswerBooks(HandedIn):
    """Corrected answer books."""

    async def post(self, quiz: str) -> None:
        """Mark everything again; earlier marks are kept."""
        given = await self.run(Correction.model_validate_json, self.body)
        marked, changed = await self.run(
            self.rooms.desk.regrade, quiz, given.book(), given.why, self.who, late_counts=given.late_counts
        )
        self.answer(Remarked(marked=marked, changed=changed))


class ClassFigures(Handler):
    """What the class page shows, for the page and for programs."""

    scope = GRADE

    async def get(self, quiz: str) -> None:
        """The figures now."""
        self.answer(await self.run(self.rooms.desk.view, quiz))


class Export(Handler):
    """Files to take away."""

    scope = GRADE

    async def get(self, quiz: str, file: str) -> None:
        """Write one."""
        asked = await self.run(self.rooms.shelf.quiz, quiz)
        await self.note("exported", quiz, file=file)
        # What browsers see, not the last of the proxies on the way.
        protocol = get_browser_protocol(self.request)
        home = f"{protocol}://{self.request.host}{self.hub_auth.base_url}"

        def write() -> str:
            if file == "gradebook.csv":
                return exports.gradebook_csv(self.rooms.desk.view(quiz))
            if file == "readings.csv":
                return exports.readings_csv(self.rooms.desk.readings(quiz))
            entries = self.rooms.ledger.entries(quiz)
            if file == "answers.csv":
                return exports.answers_csv(asked, entries)
            return exports.statements_jsonl(asked, entries, home)

        self.hand_over(await self.run(write), f"{quiz}-{file}")

    def hand_over(self, text: str, name: str) -> None:
        """Answer with a file to save."""
        kind = "text/csv" if name.endswith(".csv") else "application/x-ndjson"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.write(text)


class TrailFile(Export):
    """The audit trail."""

    async def get(self) -> None:  # type: ignore[override]
        """Write it."""
        await self.note("exported", file="trail.jsonl")
        self.hand_over(await self.run(lambda: exports.trail_jsonl(self.rooms.trail.steps())), "trail.jsonl")


class Page(Handler):
    """A page for people; whoever is not logged in is sent to the Hub."""

    is_page = True

    def get_template_path(self) -> str:
        """Beside this file."""
        return str(PAGE)

    def write_error(self, status_code: int, **options: object) -> None:
        """Say in a page what was wrong."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.render_string("refused.html", status=status_code, reason=self._reason))


class Start(Page):
    """The service's first page."""

    scope = SUBMIT

    async def get(self) -> None:
        """Quizzes, and for instructors the way to the class."""
        listing: tuple[Published, ...] = await self.run(self.rooms.shelf.listing)
        self.render(
            "start.html",
            quizzes=listing,
            grades=GRADE in self.current_user["scopes"],
            who=self.who,
            base=self.hub_auth.base_url,
        )


class ClassPage(Page):
    """How the class gets on with a quiz."""

    scope = GRADE

    async def get(self, quiz: str) -> None:
        """The page; its script asks for the figures."""
        asked = await self.run(self.rooms.shelf.quiz, quiz)
        editions = await self.run(self.rooms.shelf.editions, quiz)
        await self.note("looked at", quiz)
        # Asking for the token sets the cookie that belongs to what the page's script sends back.
        xsrf = self.xsrf_token.decode()
        self.render("class.html", quiz=asked, editions=editions, xsrf=xsrf, base=self.hub_auth.base_url)
