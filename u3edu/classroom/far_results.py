"""Results that are kept and marked by the classroom, for a session in a trainee's notebook."""

from u3edu.classroom.client import ClassroomClient
from u3edu.classroom.errors import ClassroomAway, Conflict, NotThere
from u3edu.classroom.messages import Open, Receipt, Submission
from u3edu.classroom.outbox import Outbox
from u3edu.quiz.answers import Answer
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import KnownMarks
from u3edu.quiz.response import Opening, Response, now


class FarResults:
    """`ResultsStore` and `Marker` of one quiz, over HTTP.

    An answer is on this machine's disk before it is sent, and stays there until the classroom
    has it; it is sent again when the next one is given or the quiz is opened again.

    Parameters
    ----------
    client : ClassroomClient
    quiz : str
        Its identifier.
    outbox : Outbox
    """

    def __init__(self, client: ClassroomClient, quiz: str, outbox: Outbox) -> None:
        self._client, self._quiz, self._outbox = client, quiz, outbox
        self._known = KnownMarks()
        self._openings: dict[tuple[str, int], Opening] = {}

    def opened(self, opening: Opening) -> Opening:
        """Note that an item was opened; answers the first time, by the clock of this machine.

        Raises
        ------
        ClassroomAway
            If the classroom does not answer.
        """
        turn = (opening.item, opening.attempt)
        if turn not in self._openings:
            reply = self._client.opened(self._quiz, Open(item=opening.item, attempt=opening.attempt))
            # Clocks differ; how long ago it was does not.
            at = now() - (reply.now - reply.opening.at)
            self._openings[turn] = reply.opening.model_copy(update={"at": at})
        return self._openings[turn]

    def record(self, response: Response) -> Response:
        """Hand in a response; answers it as the classroom keeps it.

        Raises
        ------
        ClassroomAway
            If the classroom does not answer; the response is kept on this machine, and its place says
            the message.
        Conflict
            If the classroom has another answer in its place.
        InvalidAnswer
            If the classroom cannot mark it.
        """
        turn = (response.item, response.attempt)
        waiting = [one for one in self._outbox.waiting() if (one.item, one.attempt) == turn]
        # One that is on its way to this attempt already is the answer: it may have arrived.
        given = waiting[0] if waiting else _submission(response)
        path = self._outbox.put(given)
        try:
            return self.send_waiting(turn)[turn]
        except ClassroomAway as error:
            raise ClassroomAway(
                f"{error}. Your answer is not lost: it is kept in {path}, and sent when you submit again or "
                "open the quiz again"
            ) from error

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        """What the trainee has answered, as the classroom keeps it."""
        standing = self._client.standing(self._quiz)
        for one in standing.responses:
            if one.mark is not None:
                self._known.learn(one.response.answer, one.mark)
        return tuple(one.response for one in standing.responses)

    def mark(self, item: str, answer: Answer | None) -> Mark | None:
        """The mark of an answer that was handed in, as far as it is told by now."""
        return self._known.mark(item, answer)

    def send_waiting(self, wanted: tuple[str, int] | None = None) -> dict[tuple[str, int], Response]:
        """Send what waits in the outbox; answers what the classroom keeps by item and attempt.

        What the classroom refuses is kept aside; if it is the `wanted` item and attempt, it is said.
        """
        sent = {}
        for given in self._outbox.waiting():
            try:
                sent[given.item, given.attempt] = self._send(given)
            except (Conflict, NotThere, InvalidAnswer):
                if (given.item, given.attempt) == wanted:
                    raise
        return sent

    def _send(self, given: Submission) -> Response:
        try:
            receipt = self._client.submit(self._quiz, given)
        except (Conflict, NotThere, InvalidAnswer):
            self._outbox.refused(given)
            raise
        self._outbox.delivered(given)
        self._learn(receipt)
        return receipt.response

    def _learn(self, receipt: Receipt) -> None:
        for one in receipt.item:
            if one.mark is not None:
                self._known.learn(one.response.answer, one.mark)
        if receipt.done:
            self.responses()  # at the end more can be told


def _submission(response: Response) -> Submission:
    return Submission(
        id=response.id,
        item=response.item,
        attempt=response.attempt,
        answer=response.answer,
        given_at=response.given_at,
    )
