"""SQLModel tables, one file a table, the constraints beside the columns."""

from appointly.models.api_token import ApiToken
from appointly.models.appointment import Appointment
from appointly.models.appointment_event import AppointmentEvent
from appointly.models.audit_entry import AuditEntry
from appointly.models.blocked_time import BlockedTime
from appointly.models.booking_draft import BookingDraft
from appointly.models.date_override import DateOverride
from appointly.models.external_busy import ExternalBusy
from appointly.models.external_calendar import ExternalCalendar
from appointly.models.flag import Flag
from appointly.models.hold import Hold
from appointly.models.idempotency_key import IdempotencyKey
from appointly.models.identity import Identity
from appointly.models.job import Job
from appointly.models.listing import Listing
from appointly.models.login_session import LoginSession
from appointly.models.message import Message
from appointly.models.one_time_code import OneTimeCode
from appointly.models.picture import Picture
from appointly.models.provider import Provider
from appointly.models.queue_day import QueueDay
from appointly.models.queue_ticket import QueueTicket
from appointly.models.refresh_token import RefreshToken
from appointly.models.reschedule_request import RescheduleRequest
from appointly.models.review import Review
from appointly.models.sandbox_message import SandboxMessage
from appointly.models.search_word import SearchWord
from appointly.models.service import Service
from appointly.models.slot import Slot
from appointly.models.user import User
from appointly.models.waitlist_entry import WaitlistEntry
from appointly.models.waitlist_offer import WaitlistOffer
from appointly.models.working_hours import WorkingHours

__all__ = [
    "ApiToken",
    "Appointment",
    "AppointmentEvent",
    "AuditEntry",
    "BlockedTime",
    "BookingDraft",
    "DateOverride",
    "ExternalBusy",
    "ExternalCalendar",
    "Flag",
    "Hold",
    "IdempotencyKey",
    "Identity",
    "Job",
    "Listing",
    "LoginSession",
    "Message",
    "OneTimeCode",
    "Picture",
    "Provider",
    "QueueDay",
    "QueueTicket",
    "RefreshToken",
    "RescheduleRequest",
    "Review",
    "SandboxMessage",
    "SearchWord",
    "Service",
    "Slot",
    "User",
    "WaitlistEntry",
    "WaitlistOffer",
    "WorkingHours",
]
