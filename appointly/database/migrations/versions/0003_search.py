"""What search reads, kept by triggers.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# unaccent() is only stable, because its dictionary could change; ours does not.
FOLD = """
CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$
"""
DAY_BIT = """
CREATE FUNCTION day_bit(date) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 1::bigint << mod(mod($1 - date '2000-01-01', 64) + 64, 64)
$$
"""
# The first time from an instant on that is neither full nor in the way of a booking or of blocked time.
FIRST_FREE = """
CREATE FUNCTION first_free(service uuid, since timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT start_time FROM slot
        WHERE slot.service_id = service AND start_time >= since AND NOT slot.booked
          AND (slot.booked_count > 0 OR NOT EXISTS (
            SELECT FROM slot AS other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
              AND other.occupies && slot.occupies))
          AND NOT EXISTS (
            SELECT FROM blocked_time WHERE blocked_time.provider_id = slot.provider_id
              AND tstzrange(blocked_time.start_time, blocked_time.end_time) && slot.occupies)
        ORDER BY start_time LIMIT 1
    ), 'infinity')
$$
"""
FREE_DAYS = """
CREATE FUNCTION free_days(service uuid, since timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(bit_or(day_bit(slot_date)), 0) FROM slot
    WHERE slot.service_id = service AND start_time >= since AND NOT slot.booked
$$
"""
# Quality is the average of the stars as if five reviews of four stars had been there before the first.
SYNC = """
CREATE FUNCTION sync_listings(services uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM listing USING service JOIN provider ON provider.id = provider_id
    WHERE service_id = ANY (services) AND service.id = service_id
      AND (status <> 'active' OR unlisted OR suspended_at IS NOT NULL);
    INSERT INTO listing (service_id, provider_id, category, city, price_amount, rating_sum, rating_count, quality,
                         title_key, next_free_at, days, words)
    SELECT service.id, provider_id, service.category, city, price_amount, stars, reviews,
           (20 + stars) / (5.0 + reviews), ' ' || fold(title), first_free(service.id, '-infinity'),
           free_days(service.id, '-infinity'),
           to_tsvector('simple', fold(concat_ws(' ', title, array_to_string(tags, ' '), service.category, city,
                                                business_name, left(description, 400))))
    FROM service JOIN provider ON provider.id = provider_id, LATERAL (
        SELECT coalesce(sum(review.stars), 0) AS stars, count(*) AS reviews FROM review
        WHERE review.service_id = service.id
    ) AS said
    WHERE service.id = ANY (services) AND status = 'active' AND NOT unlisted AND suspended_at IS NULL
    ON CONFLICT (service_id) DO UPDATE SET
        provider_id = excluded.provider_id, category = excluded.category, city = excluded.city,
        price_amount = excluded.price_amount, rating_sum = excluded.rating_sum, rating_count = excluded.rating_count,
        quality = excluded.quality, title_key = excluded.title_key, words = excluded.words;
    INSERT INTO search_word (word)
    SELECT DISTINCT word FROM listing, unnest(tsvector_to_array(words)) AS word
    WHERE service_id = ANY (services) AND word ~ '^[[:alpha:]]{3,40}$'
    ORDER BY word ON CONFLICT DO NOTHING;
END $$
"""
# What the triggers run: one statement for all the rows that a statement changed.
TRIGGERS = """
CREATE FUNCTION service_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM sync_listings(ARRAY(SELECT id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER listing_added AFTER INSERT ON service REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION service_changed();
CREATE TRIGGER listing_changed AFTER UPDATE ON service REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION service_changed();

CREATE FUNCTION provider_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM sync_listings(ARRAY(
        SELECT service.id FROM service JOIN after ON after.id = provider_id JOIN before ON before.id = provider_id
        WHERE (after.business_name, after.city, after.suspended_at)
              IS DISTINCT FROM (before.business_name, before.city, before.suspended_at)));
    RETURN NULL;
END $$;
CREATE TRIGGER listing_changed AFTER UPDATE ON provider REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION provider_changed();

CREATE FUNCTION review_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM sync_listings(ARRAY(SELECT DISTINCT service_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER listing_reviewed AFTER INSERT ON review REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION review_changed();
CREATE TRIGGER listing_rereviewed AFTER UPDATE ON review REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION review_changed();
CREATE TRIGGER listing_unreviewed AFTER DELETE ON review REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION review_changed();

CREATE FUNCTION slots_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE listing SET next_free_at = least(next_free_at, start), days = listing.days | found.days
    FROM (SELECT service_id, min(start_time) AS start, bit_or(day_bit(slot_date)) AS days
          FROM added WHERE booked_count < capacity GROUP BY service_id) AS found
    WHERE listing.service_id = found.service_id
      AND (next_free_at > start OR listing.days | found.days <> listing.days);
    RETURN NULL;
END $$;
CREATE TRIGGER listing_slots_added AFTER INSERT ON slot REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION slots_added();

CREATE FUNCTION slots_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE listing SET next_free_at = first_free(listing.service_id, next_free_at)
    FROM removed WHERE listing.service_id = removed.service_id AND next_free_at = removed.start_time;
    RETURN NULL;
END $$;
CREATE TRIGGER listing_slots_removed AFTER DELETE ON slot REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION slots_removed();

-- Time of a provider was taken: services whose next free time lay there get a later one.
CREATE FUNCTION time_taken(provider uuid, span tstzrange) RETURNS void LANGUAGE sql AS $$
    UPDATE listing SET next_free_at = first_free(service_id, next_free_at)
    WHERE provider_id = provider AND next_free_at > lower(span) - interval '36 hours'
      AND next_free_at < upper(span) + interval '12 hours'
$$;
-- Time of a provider was given back: services with a start there may be free earlier.
CREATE FUNCTION time_freed(provider uuid, span tstzrange) RETURNS void LANGUAGE sql AS $$
    UPDATE listing SET next_free_at = least(next_free_at, start), days = listing.days | found.days
    FROM (SELECT service_id, min(start_time) AS start, bit_or(day_bit(slot_date)) AS days FROM slot
          WHERE provider_id = provider AND start_time > lower(span) - interval '36 hours'
            AND start_time < upper(span) + interval '12 hours' AND occupies && span AND NOT booked
          GROUP BY service_id) AS found
    WHERE listing.service_id = found.service_id
$$;
CREATE FUNCTION slot_taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM time_taken(NEW.provider_id, NEW.occupies);
    RETURN NULL;
END $$;
CREATE TRIGGER listing_slot_taken AFTER UPDATE ON slot FOR EACH ROW
    WHEN (NEW.booked_count > OLD.booked_count AND (OLD.booked_count = 0 OR NEW.booked_count >= NEW.capacity))
    EXECUTE FUNCTION slot_taken();
CREATE FUNCTION slot_freed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM time_freed(NEW.provider_id, OLD.occupies);
    RETURN NULL;
END $$;
CREATE TRIGGER listing_slot_freed AFTER UPDATE ON slot FOR EACH ROW
    WHEN (NEW.booked_count < OLD.booked_count OR NEW.capacity > OLD.capacity OR NEW.occupies <> OLD.occupies
          OR NEW.slot_date <> OLD.slot_date)
    EXECUTE FUNCTION slot_freed();
CREATE FUNCTION blocked_time_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM time_freed(OLD.provider_id, tstzrange(OLD.start_time, OLD.end_time));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM time_taken(NEW.provider_id, tstzrange(NEW.start_time, NEW.end_time));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER listing_blocked_time AFTER INSERT OR UPDATE OR DELETE ON blocked_time FOR EACH ROW
    EXECUTE FUNCTION blocked_time_changed();
"""


def upgrade() -> None:
    for function in (FOLD, DAY_BIT, FIRST_FREE, FREE_DAYS):
        op.execute(function)
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index("ix_search_word_prefix", "search_word", ["word"], postgresql_ops={"word": "text_pattern_ops"})
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        postgresql_using="gist",
        postgresql_ops={"word": "gist_trgm_ops"},
    )
    op.create_table(
        "listing",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("price_amount", sa.Integer(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("title_key", sa.String(), nullable=False),
        sa.Column("next_free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_listing_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_listing")),
    )
    # The words are read through their index alone: out of the row, 60 rows fit where 15 did.
    op.execute("ALTER TABLE listing ALTER COLUMN words SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE listing SET (toast_tuple_target = 128)")
    op.create_index("ix_listing_words", "listing", ["words"], postgresql_using="gin")
    op.create_index("ix_listing_category_city", "listing", ["category", "city", "price_amount"])
    op.create_index("ix_listing_price", "listing", ["price_amount", "service_id"])
    op.create_index("ix_listing_quality", "listing", [sa.literal_column("quality DESC"), "service_id"])
    op.create_index("ix_listing_next_free_at", "listing", ["next_free_at", "service_id"])
    op.create_index(op.f("ix_listing_provider_id"), "listing", ["provider_id"])
    op.execute(SYNC)
    op.execute(TRIGGERS)
    op.execute("SELECT sync_listings(ARRAY(SELECT id FROM service))")


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
