"""The standing of requests, attachments, what counts against limits, and incidents."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and tables; until now each mail was a ticket."""
    op.add_column("requests", sa.Column("status", sa.String, nullable=False, server_default="open"))
    op.add_column("requests", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("requests", sa.Column("excerpt", sa.JSON))
    op.add_column("outbox", sa.Column("failure", sa.String))
    op.execute("UPDATE outbox SET kind = 'ticket' WHERE kind = 'mail'")
    op.create_index("requests_conversation", "requests", ["conversation"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String, nullable=False, index=True),
        sa.Column("request_id", sa.Integer, sa.ForeignKey("requests.id"), index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("file", sa.String, nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "uses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("uses_subject", "uses", ["subject", "created_at"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("suspended", sa.JSON, nullable=False),
        sa.Column("instead", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )
