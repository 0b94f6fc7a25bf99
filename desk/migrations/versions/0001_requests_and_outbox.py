"""The requests and the outbox; a database from before there were migrations has them already."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables where they are missing."""
    if sa.inspect(op.get_bind()).has_table("requests"):
        return
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("faq_id", sa.String),
        sa.Column("theme", sa.String),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request_id", sa.Integer, sa.ForeignKey("requests.id"), nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("message_id", sa.String, nullable=False, unique=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", UtcDateTime, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["status", "next_try_at"])
