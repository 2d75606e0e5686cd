"""The doubts that measuring can have, in words for the footnotes: the only table of them."""

from __future__ import annotations

from types import MappingProxyType

#: Doubts about one scar.
SCAR_FLAGS = MappingProxyType(
    {
        "touches_edge": (
            "reaches the edge of the scan: area and volume are of what lies inside, and depth, "
            "width and length are lower bounds"
        ),
        "shares_a_wall": "touches a neighbouring scar; the wall between them was placed by rule",
        "missing_inside": (
            "more than a twentieth of it was not measured; what is missing was filled in from "
            "the rest of its wall"
        ),
        "aperture_too_narrow": (
            "is steep and narrow, so its floor may not have been seen; the depth is a lower bound"
        ),
        "below_detection_limit": (
            "is so shallow that the texture of the skin could look like it; the depth is unsure"
        ),
        "outline_unsure": (
            "is hardly deeper than the texture of the skin, which may have cut its outline; width, "
            "length and type are unsure"
        ),
        "too_coarse": (
            "is narrower than eight samples of the scan, so no depth is given; scan it closer"
        ),
        "unusual_profile": (
            "has a wall unlike any common one; its standard errors were enlarged accordingly"
        ),
        "wide_as_form": (
            "is wider than 15 mm: it may be a part of the body, such as a nose or chin, and not a "
            "scar; small scars on it are not told apart from it"
        ),
        "deeper_than_skin": (
            "is deeper than skin is thick: it may be a fold, a nostril or the corner of an eye, or "
            "the unit of the scan is wrong"
        ),
        "seen_aslant": (
            "lies on skin that is tilted by more than 45 degrees; scan it from the front"
        ),
    }
)

#: Doubts about all scars of a capture.
CAPTURE_FLAGS = MappingProxyType(
    {
        "spikes_removed": "more than one sample in a thousand was a spike and was left out",
        "little_skin": (
            "less than half of the field is unscarred skin, so the level of the skin is unsure"
        ),
        "sites_open": (
            "some scars lie where two sites of the face meet; they are measured and in no finding "
            "of the plan: note each of them as a finding by hand"
        ),
        "small_field": (
            "the field is less than 30 mm wide, so the form of the skin is told from little; what "
            "was found at its edge may be form"
        ),
        "tightly_curved": (
            "a part of the skin bends more tightly than a ball of 10 mm radius, as the wing of a "
            "nose does; raised scars as wide as such a bend may be missed there, and some told "
            "that are none"
        ),
    }
)
