"""Upload of pictures on the pages of the workspace: choose or drop, preview, progress, sort, remove.

    picture_upload("profile", "Your photo")
    picture_upload("gallery", "Gallery")
    picture_upload("service", "Picture", value=State.picture, on_change=lambda address: State.keep("picture", address))

It speaks with `/api/v1/provider/pictures` by itself, so the profile and the gallery are kept as soon as they are
uploaded; the account needs a business by then. Pages that show the same hear of it as `provider:{id}`, or by
`on_change`, which is given the address of what was uploaded, "" when one was removed. A service's picture is part of
the service: `value` is its address, and only what `on_change` puts into the saved service is kept. Works without eval.
"""

from typing import Any, Literal

import reflex as rx

from appointly.components.buttons import SHAPE, looks
from appointly.components.fields import LABEL

Kind = Literal["profile", "gallery", "service"]
ON_PICTURE = f"{SHAPE} absolute size-9 pointer-coarse:size-11 bg-surface text-ink shadow-low disabled:hidden"
TILE = "relative rounded-card bg-sunken"
AREA = "rounded-card border border-dashed p-4 flex gap-4"
LOOK = {
    "picture": "size-full rounded-card object-cover",
    "waiting": "size-full rounded-card object-cover opacity-50",
    "bar": "absolute inset-x-3 bottom-3 block h-1.5 overflow-hidden rounded-full bg-surface",
    "progress": "block h-full bg-accent transition-[width]",
    "remove": f"{ON_PICTURE} top-1 right-1",
    "earlier": f"{ON_PICTURE} bottom-1 left-1",
    "later": f"{ON_PICTURE} bottom-1 right-1",
    "choose": looks("secondary", "medium"),
    "words": "flex min-w-0 flex-col items-start justify-center gap-2",
    "label": LABEL,
    "mouse": "pointer-coarse:hidden",
    "hint": "text-sm text-ink-faint",
    "refusals": "flex flex-col gap-1 text-sm break-words text-bad-ink",
}
BESIDE, BELOW = "flex-row-reverse justify-end", "flex-col"
SHAPES: dict[Kind, tuple[str, dict[str, str]]] = {
    "profile": (BESIDE, {"tiles": "size-32 shrink-0", "tile": f"{TILE} size-32"}),
    "service": (BESIDE, {"tiles": "w-48 shrink-0", "tile": f"{TILE} aspect-[3/2]"}),
    "gallery": (BELOW, {"tiles": "grid grid-cols-2 gap-3 sm:grid-cols-3", "tile": f"{TILE} aspect-square"}),
}


class PictureUpload(rx.Component):
    """The React part, in the file beside this one."""

    library = "$/public/scripts/picture_upload.jsx"
    tag = "PictureUpload"

    kind: rx.Var[str]
    label: rx.Var[str]
    value: rx.Var[str]
    look: rx.Var[dict[str, str]]

    on_change: rx.EventHandler[lambda address: [address]]  # type: ignore[type-arg, valid-type]


def picture_upload(kind: Kind, label: str, **props: Any) -> rx.Component:
    """An upload of pictures of one kind, named by `label`; the module says how to use it."""
    where, shape = SHAPES[kind]
    areas = {
        "area": f"{AREA} {where} border-line-strong",
        "over": f"{AREA} {where} border-accent bg-accent-soft",
    }
    return PictureUpload.create(kind=kind, label=label, look=LOOK | shape | areas, **props)
