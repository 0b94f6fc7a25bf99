"""What became of the mails of the support mailbox."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fate", sa.JSON),
        sa.Column("sender", sa.String),
        sa.Column("said", sa.String),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("moved_to", sa.String),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("filed_at", UtcDateTime),
        sqlite_autoincrement=True,
    )
    op.create_index("mails_sender", "mails", ["sender", "created_at"])
