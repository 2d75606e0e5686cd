"""The doubts about scars and captures, in words for the footnotes: the only table of them.

The gate, the measuring and the assessing of depths give ids of it and no words of their own.
"""

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
            "the rest of its wall, and its standard errors were enlarged accordingly"
        ),
        "rim_missing": (
            "a hole of the scan cuts its rim; depth, width, length, area and volume are lower "
            "bounds, and its type is open; scan it whole"
        ),
        "floor_missing": (
            "its deepest place lies in a hole of the scan; the depth is a lower bound, the volume "
            "is unsure, and its type is open; scan it again"
        ),
        "no_wall": (
            "is certainly there, but no wall explains it, so it has no depth or width; area and "
            "volume are of the samples that differ from the skin, and lower bounds"
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

#: Doubts about a whole capture: first those of the gate, then those that measuring shows.
CAPTURE_FLAGS = MappingProxyType(
    {
        "much_missing": "more than a tenth of the samples were not measured",
        "clipped": (
            "many samples sit at one end of the range (of a mesh: in one plane), so the deepest "
            "part may be cut off"
        ),
        "blurred": (
            "neighbouring samples hang together, so narrow scars look shallower than they are"
        ),
        "noisy": "the noise is above 0.05 mm, so shallow scars are missed",
        "noise_unknown": (
            "no three neighbouring samples were measured, so the noise cannot be told"
        ),
        "small_scars_missed": (
            "the samples lie too far apart for the smallest acne scars (0.5 mm wide)"
        ),
        "too_steep": "a part is tilted by more than 50 degrees, where depth and area are distorted",
        "photometric": "depth comes from shading, which bends wide shallow forms",
        "phone_depth": "depth comes from a phone: it shows the form of the face and no pits",
        "unit_not_told": (
            "nobody told the unit of the heights; like the spacing they were taken to be in mm, "
            "and if they are not, every depth is wrong by that factor: give the unit"
        ),
        "seems_inside_out": (
            "the mesh bulges inwards, as skin seldom does, so it seems to be inside out: then pits "
            "are told as bumps; turn its faces round in the program that made it, and measure again"
        ),
        "turned_round": (
            "the faces of the mesh are wound against the normals in its file; the side that the "
            "normals show was taken for the outside"
        ),
        "side_by_winding": (
            "the mesh is flat, and nothing but the winding of its faces tells which side is the "
            "outside (counter-clockwise seen from there); if it is wrong, pits are told as bumps"
        ),
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
        "holes": (
            "the scan has holes of 1 mm and wider; what lies in them was not seen, so scars may be "
            "missing from the list"
        ),
        "tightly_curved": (
            "a part of the skin bends more tightly than a ball of 10 mm radius, as the wing of a "
            "nose does; raised scars as wide as such a bend may be missed there, and some told "
            "that are none"
        ),
    }
)

#: Every doubt.
FLAGS = MappingProxyType({**CAPTURE_FLAGS, **SCAR_FLAGS})
