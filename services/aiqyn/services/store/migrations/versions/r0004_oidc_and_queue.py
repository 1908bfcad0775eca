"""Sign-in by OpenID Connect; the queue by indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("account", sa.Column("subject", _TEXT))
    op.create_index("uq_account_subject", "account", ["subject"], unique=True)
    op.add_column("sign_in", sa.Column("by_provider", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "oidc_request",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("browser", sa.LargeBinary, nullable=False),
        sa.Column("nonce", _TEXT, nullable=False),
        sa.Column("verifier", _TEXT, nullable=False),
        sa.Column("next", _TEXT, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_oidc_request"),
    )
    op.create_index("ix_oidc_request_expires_at", "oidc_request", ["expires_at"])


def downgrade() -> None:
    op.drop_table("oidc_request")
    op.drop_index("uq_account_subject", "account")
    for table, column in (("sign_in", "by_provider"), ("account", "subject")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
