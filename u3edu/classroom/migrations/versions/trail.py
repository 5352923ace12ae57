"""Version 0002: the audit trail."""

import sqlalchemy as sa
from alembic import op

from u3edu.classroom.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table, and begin it with what is known of the past."""
    trail = op.create_table(
        "trail",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False, index=True),
        sa.Column("quiz", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    quizzes = sa.table("quizzes", sa.column("id"), sa.column("published_at"), sa.column("published_by"))
    past = sa.select(
        quizzes.c.published_at,
        quizzes.c.published_by,
        sa.literal("published"),
        quizzes.c.id,
        sa.literal("{}"),
    )
    op.execute(trail.insert().from_select(["at", "who", "action", "quiz", "detail"], past))


def downgrade() -> None:
    """Take the audit trail away; responses and marks stay."""
    op.drop_table("trail")
