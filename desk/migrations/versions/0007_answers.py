"""When requests were answered, and what finds a customer's return."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column and the index; what was answered until now is not known."""
    op.add_column("requests", sa.Column("answered_at", UtcDateTime))
    op.create_index("interactions_client", "interactions", ["client", "created_at"])
