"""The letters about moving an appointment to another time."""

from appointly.display.moves import FREE_TO_CHANGE
from appointly.emails.letters import to_customer, to_provider

KINDS = {
    "moved": to_customer(
        "Moved: {what}", "Your appointment has a new time", "You moved your appointment {change}. {settled}"
    ),
    "move_accepted": to_customer(
        "Moved: {what}", "{provider} has accepted the new time", "Your appointment moved {change}. {settled}"
    ),
    "moved_by_provider": to_customer(
        "New time: {what}",
        "{mover} has moved your appointment",
        "It moved {change}. {settled}",
        FREE_TO_CHANGE,
    ),
    "move_asked": to_customer(
        "Another time asked for: {what}",
        "Your wish is on its way",
        "You asked to move your appointment {change}. The new time is kept for you until {until}; "
        "your old time stays yours until {provider} says yes.",
    ),
    "move_declined": to_customer(
        "Not possible, your time stays: {what}",
        "{provider} cannot take the new time",
        "You asked to move {change}. Your appointment stays where it is.",
    ),
    "move_expired": to_customer(
        "No answer, your time stays: {what}",
        "Your wish for another time was not answered",
        "You asked to move {change}, and {provider} did not answer in time. "
        "Your appointment stays where it is; you can ask for another time.",
    ),
    "move_request": to_provider(
        "Please answer: {customer} would like another time",
        "A customer would like to move an appointment",
        "{customer} asks to move {change}. The new time is kept until {until}; "
        "without an answer the appointment stays where it is.",
        button="Answer the request",
    ),
    "move_withdrawn": to_provider(
        "Withdrawn: {customer} stays at the old time",
        "A wish for another time was withdrawn",
        "{customer} no longer asks to move {change}. There is nothing to do.",
    ),
    "booking_moved": to_provider(
        "Moved: {customer}, {service}",
        "An appointment has a new time",
        "The appointment of {customer} moved {change}. The old time can be booked again.",
    ),
}
# Each carries the invitation with the new time, where the appointment is confirmed.
NEW_TIMES = ("moved", "move_accepted", "moved_by_provider")
