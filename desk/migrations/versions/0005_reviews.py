"""What persons said of messages that the assistant did not know."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "interaction_id", sa.Integer, sa.ForeignKey("interactions.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("flagged_by", sa.String),
        sa.Column("verdict", sa.String),
        sa.Column("label", sa.String),
        sa.Column("reviewed_by", sa.String),
        sa.Column("reviewed_at", UtcDateTime),
        sa.UniqueConstraint("interaction_id"),
    )
