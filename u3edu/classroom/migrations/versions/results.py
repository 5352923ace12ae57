"""Version 0001: quizzes with their answer books, openings, responses and marks."""

import sqlalchemy as sa
from alembic import op

from u3edu.classroom.tables import Moment

revision = "0001"
down_revision = None

ID, WHO = sa.String(16), sa.String(200)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quizzes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False, index=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("published_by", WHO, nullable=False),
    )
    op.create_table(
        "pictures",
        sa.Column("quiz", ID, sa.ForeignKey("quizzes.id"), primary_key=True),
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "answer_books",
        sa.Column("quiz", ID, sa.ForeignKey("quizzes.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("late_counts", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", WHO, nullable=False),
    )
    op.create_table(
        "answer_files",
        sa.Column("quiz", ID, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["quiz", "version"], ["answer_books.quiz", "answer_books.version"]),
    )
    op.create_table(
        "openings",
        sa.Column("quiz", ID, sa.ForeignKey("quizzes.id"), primary_key=True),
        sa.Column("who", WHO, primary_key=True),
        sa.Column("item", ID, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "responses",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("quiz", ID, sa.ForeignKey("quizzes.id"), nullable=False),
        sa.Column("who", WHO, nullable=False),
        sa.Column("item", ID, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("late", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.UniqueConstraint("who", "id"),
        sa.UniqueConstraint("quiz", "who", "item", "attempt"),
    )
    op.create_table(
        "marks",
        sa.Column("response", NUMBER, sa.ForeignKey("responses.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("right", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("marked_at", Moment, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away, with all that is in them."""
    for table in (
        "marks",
        "responses",
        "openings",
        "answer_files",
        "answer_books",
        "pictures",
        "quizzes",
    ):
        op.drop_table(table)
