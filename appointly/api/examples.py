"""An example of every body that the API takes and gives, made from the OpenAPI document, so that none can lie."""

from typing import Any

Schema = dict[str, Any]
BOOKING, SLOT, SERVICE = (f"0199c1a0-7b1e-7c3a-9f52-{end}" for end in ("4b6d2f8e1a07", "5c7e3a9f2b18", "6d8f4b0a3c29"))
# By the name of the field, or by shape and field where a name means several things. The rest follows from the kind.
KNOWN: dict[str, Any] = {
    "AccountToSearch.address": "https://cloud.example.com/dav/",
    "BookedOut.status": "confirmed",
    "BookingOut.status": "confirmed",
    "FoundCalendar.address": "https://cloud.example.com/dav/ada/home/",
    "CalendarNewName.name": "Private",
    "CalendarOut.name": "Private",
    "CalendarToAdd.address": "https://cloud.example.com/ada.ics?key=a1b2c3",
    "CalendarToAdd.name": "Private",
    "CalendarToAdd.password": "",
    "CancellationOut.sentence": "You get everything back until Mon 13 May, 09:30.",
    "CheckIn.code": "D.AZnBoHsefDqfUktti-GgBw.1.mF0nS2tqz1mZ6eYQ0hVw3A",
    "Decided.words": "The door's code was scanned at 09:28.",
    "Delay.minutes": 20,
    "DelayOut.minutes": 20,
    "FlagOut.booking_status": "no_show",
    "FlagOut.decision": "",
    "FlagOut.reason": "I was there at 09:28.",
    "NewAnswer.words": "Thank you, see you soon!",
    "NewReport.reason": "This is about somebody else.",
    "ProviderChanges.places": ["provider"],
    "ProviderOut.places": ["provider"],
    "ProviderOut.slug": "atelier-nord",
    "ReasonOut.code": "blocked",
    "ReasonOut.link": "/dashboard/availability",
    "ReasonOut.sentence": "You have blocked this time: dentist.",
    "Question.id": "q1",
    "QuestionOut.id": "q1",
    "ServiceDetailOut.approval": "instant",
    "ServiceDetailOut.reschedule": "instant",
    "ServiceForm.max_appointments_per_day": 8,
    "ServiceForm.slot_interval_minutes": 15,
    "about": "Haircuts without hurry, since 2009.",
    "access_token": "eyJhbGciOiJIUzI1NiJ9.…",
    "address": "Lindenstraße 12",
    "after": "17:00",
    "amount": 4500,
    "answer": "Thank you!",
    "before": "20:00",
    "booking_status": "confirmed",
    "booking_id": BOOKING,
    "business_name": "Atelier Nord",
    "cancellation_policy": "moderate",
    "capacity": 1,
    "category": "hair",
    "choice": "Short",
    "city": "Berlin",
    "closes": "17:00",
    "code": "123456",
    "count": 12,
    "currency": "EUR",
    "customer": "Ada L.",
    "customer_email": "ada@example.com",
    "customer_name": "Ada Lovelace",
    "customer_phone": "+49 30 1234567",
    "date": "2030-05-14",
    "days": 7,
    "deposit_percent": 0,
    "description": "Wash, cut and dry.",
    "duration_minutes": 45,
    "email": "ada@example.com",
    "distance_km": 1.24,
    "end": "2030-05-14T10:15:00+02:00",
    "expires_at": "2030-05-14T07:40:00Z",
    "first_date": "2030-05-14",
    "headline": "Cuts that last",
    "height": 1200,
    "horizon_days": 30,
    "label": "How long is your hair?",
    "language": "de",
    "large": "/media/0199c1a0-7b1e-7c3a-9f52-4b6d2f8e1a07/large.webp",
    "last_date": "2030-05-16",
    "latitude": 52.52,
    "letter": "A",
    "link": "https://atelier-nord.example",
    "location": "provider",
    "longitude": 13.405,
    "min_notice_minutes": 60,
    "name": "Ada Lovelace",
    "near": "52.52,13.405",
    "note": "The train was late, sorry.",
    "notes": "I may be five minutes late.",
    "otp_session": "mXk0Vb3…",
    "own": "https://book.example.com/calendar/c3VwZXI….ics",
    "business": "https://book.example.com/calendar/YnVzaW5….ics",
    "business_without_names": "https://book.example.com/calendar/bm9uYW1….ics",
    "opens": "09:00",
    "password": "correct horse battery staple",
    "phone": "+49 30 1234567",
    "picture": "/pictures/hair-1.svg",
    "provider": "Atelier Nord",
    "provider_slug": "atelier-nord",
    "q": "haircut",
    "rating": 4.8,
    "reason": "I am ill.",
    "refresh_token": "rT5yQ9c…",
    "reference": "K7M2QX",
    "reviews": 12,
    "service": "Haircut",
    "service_id": SERVICE,
    "serving": "A3",
    "slot_id": SLOT,
    "shown": "cloud.example.com",
    "skipped": "A1",
    "slug": "haircut-atelier-nord",
    "small": "/media/0199c1a0-7b1e-7c3a-9f52-4b6d2f8e1a07/small.webp",
    "stars": 5,
    "start": "2030-05-14T09:30:00+02:00",
    "tag": "cut",
    "timezone": "Europe/Berlin",
    "title": "Haircut",
    "token": "A3",
    "url": "https://book.example.com/services/haircut-atelier-nord",
    "user": "ada",
    "weekday": 2,
    "width": 1600,
    "words": "Friendly, and on time.",
}
BY_FORMAT = {
    "uuid": BOOKING,
    "date-time": "2030-05-14T09:30:00+02:00",
    "date": "2030-05-14",
    "binary": "(the file)",
    "email": "ada@example.com",
}
NOTHING = {"next_cursor", "error", "decided_by", "decided_at", "checkout_url"}
KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}


def resolved(schema: Schema, shapes: Schema) -> Schema:
    """What a reference names; of several possible shapes the first one that is something."""
    while True:
        if "$ref" in schema:
            schema = shapes[schema["$ref"].rsplit("/", 1)[1]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = next((each for each in choices if each.get("type") != "null"), choices[0])
        else:
            return schema


def example(schema: Schema, shapes: Schema, name: str = "", owner: str = "") -> Any:
    """A value of this schema, for a field of this name in the shape of that name."""
    if name in NOTHING:
        return None
    schema = resolved(schema, shapes)
    known = KNOWN.get(f"{owner}.{name}")
    if known is not None:
        return known
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "properties" in schema:
        title = schema.get("title", "")
        return {each: example(inner, shapes, each, title) for each, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example(schema["items"], shapes, name.removesuffix("s"))] if "items" in schema else []
    return _plain(schema, name)


def _plain(schema: Schema, name: str) -> Any:
    """A value without parts: the known one where it is of the right kind."""
    kind = schema.get("type", "")
    if isinstance(KNOWN.get(name), KINDS.get(kind, ())):
        return KNOWN[name]
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    if "default" in schema:
        return schema["default"]
    return {"boolean": False, "integer": schema.get("minimum", 0), "number": 1.0, "object": {}}.get(kind, "…")


def with_examples(document: Schema) -> None:
    """Put an example beside every JSON body of the document that has a shape. Of changes, two are enough."""
    shapes = document["components"]["schemas"]
    for path in document["paths"].values():
        for method, operation in path.items():
            answers = (each for status, each in operation["responses"].items() if status.startswith("2"))
            taken = operation.get("requestBody", {})
            for holder in (taken, *answers):
                body = holder.get("content", {}).get("application/json")
                if body and body.get("schema"):
                    whole = example(body["schema"], shapes)
                    body["example"] = dict(list(whole.items())[:2]) if holder is taken and method == "patch" else whole
