"""The tables of the classroom: what was published, opened, answered and marked, and who did what."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# Named, so that a later version can change a constraint on either database.
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """With its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


IDENTIFIER, WHO = String(16), String(200)
# SQLite numbers its rows by INTEGER alone.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

quizzes = Table(
    "quizzes",
    METADATA,
    Column("id", IDENTIFIER, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("name", String(200), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", WHO, nullable=False),
)

pictures = Table(
    "pictures",
    METADATA,
    Column("quiz", IDENTIFIER, ForeignKey("quizzes.id"), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

answer_books = Table(
    "answer_books",
    METADATA,
    Column("quiz", IDENTIFIER, ForeignKey("quizzes.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("late_counts", Boolean(create_constraint=False), nullable=False),
    Column("why", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", WHO, nullable=False),
)

answer_files = Table(
    "answer_files",
    METADATA,
    Column("quiz", IDENTIFIER, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(["quiz", "version"], ["answer_books.quiz", "answer_books.version"]),
)

openings = Table(
    "openings",
    METADATA,
    Column("quiz", IDENTIFIER, ForeignKey("quizzes.id"), primary_key=True),
    Column("who", WHO, primary_key=True),
    Column("item", IDENTIFIER, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)

# `answer` is what was given, also where it came too late: `late` says so, and nothing is lost.
responses = Table(
    "responses",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False),
    Column("quiz", IDENTIFIER, ForeignKey("quizzes.id"), nullable=False),
    Column("who", WHO, nullable=False),
    Column("item", IDENTIFIER, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("answer", Text),
    Column("late", Boolean(create_constraint=False), nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("seconds", Float, nullable=False),
    UniqueConstraint("who", "id"),
    UniqueConstraint("quiz", "who", "item", "attempt"),
)

# One for each answer book: after a correction the old mark stays beside the new one.
marks = Table(
    "marks",
    METADATA,
    Column("response", NUMBER, ForeignKey("responses.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("right", Boolean(create_constraint=False), nullable=False),
    Column("score", Float, nullable=False),
    Column("document", Text, nullable=False),
    Column("marked_at", Moment, nullable=False),
)

trail = Table(
    "trail",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", WHO, nullable=False),
    Column("action", String(40), nullable=False, index=True),
    Column("quiz", String(200), nullable=False),
    Column("detail", Text, nullable=False),
)
