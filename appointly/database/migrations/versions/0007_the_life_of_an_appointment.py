"""The whole life of an appointment: holds and drafts, rescheduling, waitlist, queue, outside calendars, disputes.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# All the time in which a provider takes no bookings.
UNAVAILABLE = """
CREATE VIEW unavailable AS
SELECT provider_id, tstzrange(start_time, end_time) AS span FROM blocked_time
UNION ALL
SELECT provider_id, tstzrange(start_time, end_time) FROM external_busy
"""
FIRST_FREE = """
CREATE OR REPLACE FUNCTION first_free(service uuid, since timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT start_time FROM slot
        WHERE slot.service_id = service AND start_time >= since AND NOT slot.booked
          AND (slot.booked_count > 0 OR NOT EXISTS (
            SELECT FROM slot AS other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
              AND other.occupies && slot.occupies))
          AND NOT EXISTS (
            SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies)
        ORDER BY start_time LIMIT 1
    ), 'infinity')
$$
"""
# Hidden reviews count no more.
SYNC = """
CREATE OR REPLACE FUNCTION sync_listings(services uuid[]) RETURNS void LANGUAGE plpgsql AS $$
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
        WHERE review.service_id = service.id AND hidden_at IS NULL
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
# One statement for all the busy times that a reading of a calendar has changed.
TRIGGERS = """
CREATE FUNCTION busy_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE listing SET next_free_at = first_free(service_id, next_free_at)
    WHERE provider_id IN (SELECT provider_id FROM added) AND EXISTS (
        SELECT FROM added WHERE added.provider_id = listing.provider_id
          AND next_free_at > start_time - interval '36 hours' AND next_free_at < end_time + interval '12 hours');
    RETURN NULL;
END $$;
CREATE TRIGGER listing_busy_added AFTER INSERT ON external_busy REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION busy_added();
CREATE TRIGGER listing_busy_changed AFTER UPDATE ON external_busy REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION busy_added();

CREATE FUNCTION busy_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE listing SET next_free_at = least(next_free_at, start), days = listing.days | found.days
    FROM (SELECT service_id, min(slot.start_time) AS start, bit_or(day_bit(slot_date)) AS days
          FROM removed JOIN slot ON slot.provider_id = removed.provider_id
            AND slot.start_time > removed.start_time - interval '36 hours'
            AND slot.start_time < removed.end_time + interval '12 hours'
            AND occupies && tstzrange(removed.start_time, removed.end_time) AND NOT booked
          GROUP BY service_id) AS found
    WHERE listing.service_id = found.service_id;
    RETURN NULL;
END $$;
CREATE TRIGGER listing_busy_removed AFTER DELETE ON external_busy REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION busy_removed();
CREATE TRIGGER listing_busy_moved AFTER UPDATE ON external_busy REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION busy_removed();
"""
LEGAL_MOVES = (
    "'>confirmed', '>held', '>pending', 'completed>confirmed', 'confirmed>cancelled', 'confirmed>completed', "
    "'confirmed>no_show', 'held>cancelled', 'held>confirmed', 'held>expired', 'held>pending', 'no_show>completed', "
    "'no_show>confirmed', 'pending>cancelled', 'pending>confirmed', 'pending>declined', 'pending>expired'"
)


def upgrade() -> None:
    op.create_table(
        "external_calendar",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("sync", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("writes_back", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('ics', 'caldav', 'google')", name=op.f("ck_external_calendar_kind_known")),
        sa.CheckConstraint(
            "char_length(last_error) BETWEEN 0 AND 300", name=op.f("ck_external_calendar_last_error_length")
        ),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 120", name=op.f("ck_external_calendar_name_length")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_external_calendar_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_calendar")),
    )
    op.create_index("ix_external_calendar_due_at", "external_calendar", ["due_at"], unique=False)
    op.create_index(op.f("ix_external_calendar_provider_id"), "external_calendar", ["provider_id"], unique=False)
    op.create_table(
        "queue_day",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("queue_date", sa.Date(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("walk_ins", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(note) BETWEEN 0 AND 300", name=op.f("ck_queue_day_note_length")),
        sa.CheckConstraint("delay_minutes BETWEEN 0 AND 600", name=op.f("ck_queue_day_delay_in_range")),
        sa.CheckConstraint("walk_ins >= 0", name=op.f("ck_queue_day_walk_ins_not_negative")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_queue_day_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("provider_id", "queue_date", name=op.f("pk_queue_day")),
    )
    op.create_table(
        "external_busy",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_external_busy_forwards")),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["external_calendar.id"],
            name=op.f("fk_external_busy_calendar_id_external_calendar"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_external_busy_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_busy")),
        sa.UniqueConstraint(
            "calendar_id", "uid", "start_time", name=op.f("uq_external_busy_calendar_id_uid_start_time")
        ),
    )
    op.create_index(
        "ix_external_busy_span",
        "external_busy",
        ["provider_id", sa.literal_column("tstzrange(start_time, end_time)")],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("customer_email", sa.String(), nullable=False),
        sa.Column("customer_phone", sa.String(), nullable=False),
        sa.Column("dates", postgresql.ARRAY(sa.DATE()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'taken', 'left', 'over')", name=op.f("ck_waitlist_entry_status_known")
        ),
        sa.CheckConstraint("cardinality(dates) BETWEEN 1 AND 31", name=op.f("ck_waitlist_entry_dates_in_range")),
        sa.CheckConstraint(
            "char_length(customer_email) BETWEEN 3 AND 254", name=op.f("ck_waitlist_entry_customer_email_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_name) BETWEEN 1 AND 120", name=op.f("ck_waitlist_entry_customer_name_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_phone) BETWEEN 0 AND 40", name=op.f("ck_waitlist_entry_customer_phone_length")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["user.id"], name=op.f("fk_waitlist_entry_customer_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_waitlist_entry_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_waitlist_entry_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    op.create_index(op.f("ix_waitlist_entry_customer_id"), "waitlist_entry", ["customer_id"], unique=False)
    op.create_index(
        "ix_waitlist_entry_line",
        "waitlist_entry",
        ["provider_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "uq_waitlist_entry_person",
        "waitlist_entry",
        ["service_id", "customer_email"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("purpose IN ('draft', 'reschedule', 'offer')", name=op.f("ck_hold_purpose_known")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_hold_provider_id_provider")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_hold_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_expires_at"), "hold", ["expires_at"], unique=False)
    op.create_index(op.f("ix_hold_holder"), "hold", ["holder"], unique=False)
    op.create_index(op.f("ix_hold_provider_id"), "hold", ["provider_id"], unique=False)
    op.create_index(op.f("ix_hold_slot_id"), "hold", ["slot_id"], unique=False)
    op.create_table(
        "booking_draft",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("customer_email", sa.String(), nullable=False),
        sa.Column("customer_phone", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (browser_hash IS NULL)", name=op.f("ck_booking_draft_one_owner")),
        sa.CheckConstraint(
            "char_length(customer_email) BETWEEN 0 AND 4000", name=op.f("ck_booking_draft_customer_email_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_name) BETWEEN 0 AND 4000", name=op.f("ck_booking_draft_customer_name_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_phone) BETWEEN 0 AND 4000", name=op.f("ck_booking_draft_customer_phone_length")
        ),
        sa.CheckConstraint("char_length(notes) BETWEEN 0 AND 4000", name=op.f("ck_booking_draft_notes_length")),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name=op.f("fk_booking_draft_hold_id_hold"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_booking_draft_service_id_service"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_booking_draft_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_booking_draft_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_draft")),
    )
    op.create_index(op.f("ix_booking_draft_hold_id"), "booking_draft", ["hold_id"], unique=False)
    op.create_index(op.f("ix_booking_draft_service_id"), "booking_draft", ["service_id"], unique=False)
    op.create_index(op.f("ix_booking_draft_slot_id"), "booking_draft", ["slot_id"], unique=False)
    op.create_index(op.f("ix_booking_draft_updated_at"), "booking_draft", ["updated_at"], unique=False)
    op.create_index("uq_booking_draft_browser", "booking_draft", ["browser_hash", "service_id"], unique=True)
    op.create_index("uq_booking_draft_user", "booking_draft", ["user_id", "service_id"], unique=True)
    op.create_table(
        "queue_ticket",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("queue_date", sa.Date(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'serving') <= (called_at IS NOT NULL)", name=op.f("ck_queue_ticket_serving_was_called")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'serving', 'done', 'skipped', 'left')", name=op.f("ck_queue_ticket_status_known")
        ),
        sa.CheckConstraint(
            "char_length(customer_name) BETWEEN 0 AND 120", name=op.f("ck_queue_ticket_customer_name_length")
        ),
        sa.CheckConstraint("finished_at >= called_at", name=op.f("ck_queue_ticket_forwards")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_queue_ticket_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_queue_ticket_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_queue_ticket_service_id_service"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_ticket")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_queue_ticket_appointment_id")),
        sa.UniqueConstraint(
            "provider_id", "queue_date", "token", name=op.f("uq_queue_ticket_provider_id_queue_date_token")
        ),
    )
    op.create_index(op.f("ix_queue_ticket_service_id"), "queue_ticket", ["service_id"], unique=False)
    op.create_index(
        "uq_queue_ticket_serving",
        "queue_ticket",
        ["provider_id", "queue_date"],
        unique=True,
        postgresql_where=sa.text("status = 'serving'"),
    )
    op.create_table(
        "reschedule_request",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("from_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_reschedule_request_decided_when_over")
        ),
        sa.CheckConstraint(
            "hold_id IS NULL OR status = 'waiting'", name=op.f("ck_reschedule_request_holds_while_waiting")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_reschedule_request_status_known"),
        ),
        sa.CheckConstraint("char_length(answer) BETWEEN 0 AND 1000", name=op.f("ck_reschedule_request_answer_length")),
        sa.CheckConstraint("char_length(reason) BETWEEN 0 AND 1000", name=op.f("ck_reschedule_request_reason_length")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_reschedule_request_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name=op.f("fk_reschedule_request_hold_id_hold"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_reschedule_request_provider_id_provider")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_reschedule_request_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reschedule_request")),
    )
    op.create_index(
        op.f("ix_reschedule_request_appointment_id"), "reschedule_request", ["appointment_id"], unique=False
    )
    op.create_index(
        "ix_reschedule_request_expires_at",
        "reschedule_request",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(op.f("ix_reschedule_request_hold_id"), "reschedule_request", ["hold_id"], unique=False)
    op.create_index(op.f("ix_reschedule_request_provider_id"), "reschedule_request", ["provider_id"], unique=False)
    op.create_index(op.f("ix_reschedule_request_slot_id"), "reschedule_request", ["slot_id"], unique=False)
    op.create_index(
        "uq_reschedule_request_waiting",
        "reschedule_request",
        ["appointment_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "waitlist_offer",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("hold_id IS NULL OR status = 'open'", name=op.f("ck_waitlist_offer_holds_while_open")),
        sa.CheckConstraint(
            "status IN ('open', 'taken', 'passed', 'expired')", name=op.f("ck_waitlist_offer_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_waitlist_offer_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["waitlist_entry.id"],
            name=op.f("fk_waitlist_offer_entry_id_waitlist_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name=op.f("fk_waitlist_offer_hold_id_hold"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_waitlist_offer_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_offer")),
        sa.UniqueConstraint("entry_id", "start_time", name=op.f("uq_waitlist_offer_entry_id_start_time")),
    )
    op.create_index(op.f("ix_waitlist_offer_appointment_id"), "waitlist_offer", ["appointment_id"], unique=False)
    op.create_index(
        "ix_waitlist_offer_expires_at",
        "waitlist_offer",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(op.f("ix_waitlist_offer_hold_id"), "waitlist_offer", ["hold_id"], unique=False)
    op.create_index(op.f("ix_waitlist_offer_slot_id"), "waitlist_offer", ["slot_id"], unique=False)
    op.create_index(
        "uq_waitlist_offer_open",
        "waitlist_offer",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'review') = (review_id IS NOT NULL)", name=op.f("ck_flag_names_its_object")),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_flag_decided_when_over")),
        sa.CheckConstraint("kind IN ('no_show', 'review')", name=op.f("ck_flag_kind_known")),
        sa.CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name=op.f("ck_flag_status_known")),
        sa.CheckConstraint("char_length(decision) BETWEEN 0 AND 1000", name=op.f("ck_flag_decision_length")),
        sa.CheckConstraint("char_length(reason) BETWEEN 0 AND 1000", name=op.f("ck_flag_reason_length")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_flag_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_flag_decided_by_user")),
        sa.ForeignKeyConstraint(["raised_by"], ["user.id"], name=op.f("fk_flag_raised_by_user")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_flag_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_appointment_id"), "flag", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_flag_raised_by"), "flag", ["raised_by"], unique=False)
    op.create_index(op.f("ix_flag_review_id"), "flag", ["review_id"], unique=False)
    op.create_index("ix_flag_status_created_at", "flag", ["status", "created_at"], unique=False)
    op.create_index(
        "uq_flag_open", "flag", ["kind", "appointment_id"], unique=True, postgresql_where=sa.text("status = 'open'")
    )
    op.add_column("appointment", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("appointment", sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_appointment_pending", table_name="appointment")
    op.create_index(
        "ix_appointment_answer_by",
        "appointment",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.add_column("appointment_event", sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("appointment_event", sa.Column("moved_to", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("about", sa.Uuid(), nullable=True))
    op.add_column(
        "message",
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.drop_constraint(op.f("uq_message_appointment_id_start_time_kind_channel_recipient"), "message", type_="unique")
    op.create_unique_constraint(
        "uq_message_same_news",
        "message",
        ["appointment_id", "start_time", "kind", "channel", "recipient", "about"],
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("provider", sa.Column("check_in_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("review", sa.Column("answer", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("review", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("review", sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "service", sa.Column("answer_within_hours", sa.Integer(), server_default=sa.text("24"), nullable=False)
    )
    op.add_column("service", sa.Column("reschedule", sa.String(), server_default=sa.text("'manual'"), nullable=False))
    op.add_column("user", sa.Column("feed_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    # ### end Alembic commands ###
    op.execute("UPDATE appointment SET answer_by = start_time WHERE status = 'pending'")
    for table, name, condition in (
        ("appointment", "request_has_an_end", "status <> 'pending' OR answer_by IS NOT NULL"),
        ("service", "reschedule_known", "reschedule IN ('instant', 'manual')"),
        ("service", "answer_within_in_range", "answer_within_hours BETWEEN 1 AND 336"),
        ("review", "answer_length", "char_length(answer) BETWEEN 0 AND 2000"),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_constraint(op.f("ck_appointment_event_legal_move"), "appointment_event", type_="check")
    op.create_check_constraint(
        op.f("ck_appointment_event_legal_move"),
        "appointment_event",
        f"CASE WHEN moved_to IS NULL THEN coalesce(from_status, '') || '>' || to_status IN ({LEGAL_MOVES})"
        " ELSE from_status = to_status AND moved_from IS NOT NULL END",
    )
    for statement in (UNAVAILABLE, FIRST_FREE, SYNC, TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
