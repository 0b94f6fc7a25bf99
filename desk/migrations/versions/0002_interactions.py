"""What was said and looked up at all three mouths."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "interactions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("client_id", sa.String),
        sa.Column("client", sa.String),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reply", sa.JSON, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("faq_ids", sa.JSON, nullable=False),
        sa.Column("theme", sa.String),
        sa.Column("model", sa.String),
        sa.Column("helpful", sa.Boolean),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("conversation", "client_id", name="interactions_client_id"),  # no client id clashes with none
        sqlite_autoincrement=True,
    )
    op.create_index("interactions_created_at", "interactions", ["created_at"])
