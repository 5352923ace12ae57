"""What can go wrong between a notebook and the classroom."""


class ClassroomProblem(ValueError):
    """The classroom cannot do what was asked; the message says why, and what to do."""


class Conflict(ClassroomProblem):
    """What was sent contradicts what is kept already; what is kept stays."""


class NotThere(ClassroomProblem):
    """There is no such quiz, item or picture."""


class ClassroomAway(ConnectionError):
    """The classroom does not answer now; nothing is lost, and it can be tried again."""
