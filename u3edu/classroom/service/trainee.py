"""What trainees ask for: quizzes and pictures, and keeping their answers."""

from u3edu.classroom.errors import NotThere
from u3edu.classroom.messages import Open, Opened, Submission
from u3edu.classroom.service.handler import Handler
from u3edu.quiz.response import now


class Quizzes(Handler):
    """The quizzes that can be taken."""

    async def get(self) -> None:
        """List them."""
        self.answer(list(await self.run(self.rooms.room.quizzes)))


class QuizDocument(Handler):
    """A quiz without its pictures, as ``quiz.json`` has it."""

    async def get(self, quiz: str) -> None:
        """Hand it out."""
        self.answer((await self.run(self.rooms.shelf.quiz, quiz)).document)


class Picture(Handler):
    """A picture of a quiz."""

    async def get(self, quiz: str, name: str) -> None:
        """Hand it out; all pictures come with the same headers."""
        files = (await self.run(self.rooms.shelf.quiz, quiz)).files
        if name not in files:
            raise NotThere(f"no picture {name} in quiz {quiz}")
        self.set_header("Content-Type", "image/png")
        self.write(files[name])


class Openings(Handler):
    """Items that were shown."""

    async def post(self, quiz: str) -> None:
        """Note that one was; the first time counts."""
        given = self.read(Open)
        opening = await self.run(
            self.rooms.room.open, self.who, quiz, given.item, given.attempt, self.arrived
        )
        self.answer(Opened(opening=opening, now=now()))


class Responses(Handler):
    """What the trainee who asks has answered; nobody else's."""

    async def get(self, quiz: str) -> None:
        """All of it, with as much of the marks as the rules reveal."""
        self.answer(await self.run(self.rooms.room.standing, self.who, quiz))

    async def post(self, quiz: str) -> None:
        """Keep an answer; it is on the disk when this is answered."""
        given = self.read(Submission)
        self.answer(await self.run(self.rooms.room.submit, self.who, quiz, given, self.arrived))
