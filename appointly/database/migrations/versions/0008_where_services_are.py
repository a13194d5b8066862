"""Search by distance: listings know where their provider is.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SYNC = """
CREATE OR REPLACE FUNCTION sync_listings(services uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM listing USING service JOIN provider ON provider.id = provider_id
    WHERE service_id = ANY (services) AND service.id = service_id
      AND (status <> 'active' OR unlisted OR suspended_at IS NOT NULL);
    INSERT INTO listing (service_id, provider_id, category, city, latitude, longitude, price_amount, rating_sum,
                         rating_count, quality, title_key, next_free_at, days, words)
    SELECT service.id, provider_id, service.category, city, latitude, longitude, price_amount, stars, reviews,
           (20 + stars) / (5.0 + reviews), ' ' || fold(title), first_free(service.id, '-infinity'),
           free_days(service.id, '-infinity'),
           to_tsvector('simple', fold(concat_ws(' ', title, array_to_string(tags, ' '), service.category, city,
                                                business_name, left(description, 400))))
    FROM service JOIN provider ON provider.id = provider_id, LATERAL (
        SELECT coalesce(sum(review.stars), 0) AS stars, count(*) AS reviews FROM review
        WHERE review.service_id = service.id AND hidden_at IS NULL
    ) AS said
    WHERE service.id = ANY (services) AND status = 'active' AND NOT unlisted AND suspended_at IS NULL
    ON CONFLICT (service_id) DO UPDATE SET
        provider_id = excluded.provider_id, category = excluded.category, city = excluded.city,
        latitude = excluded.latitude, longitude = excluded.longitude,
        price_amount = excluded.price_amount, rating_sum = excluded.rating_sum, rating_count = excluded.rating_count,
        quality = excluded.quality, title_key = excluded.title_key, words = excluded.words;
    INSERT INTO search_word (word)
    SELECT DISTINCT word FROM listing, unnest(tsvector_to_array(words)) AS word
    WHERE service_id = ANY (services) AND word ~ '^[[:alpha:]]{3,40}$'
    ORDER BY word ON CONFLICT DO NOTHING;
END $$
"""
PROVIDER_CHANGED = """
CREATE OR REPLACE FUNCTION provider_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM sync_listings(ARRAY(
        SELECT service.id FROM service JOIN after ON after.id = provider_id JOIN before ON before.id = provider_id
        WHERE (after.business_name, after.city, after.suspended_at, after.latitude, after.longitude)
              IS DISTINCT FROM (before.business_name, before.city, before.suspended_at, before.latitude,
                                before.longitude)));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("listing", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("listing", sa.Column("longitude", sa.Float(), nullable=True))
    op.execute("""
        UPDATE listing SET latitude = provider.latitude, longitude = provider.longitude
        FROM provider WHERE provider.id = provider_id
    """)
    op.create_index("ix_listing_place", "listing", ["latitude", "longitude"])
    op.execute(SYNC)
    op.execute(PROVIDER_CHANGED)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
