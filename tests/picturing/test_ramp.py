"""The colours of depth: monotone in lightness, even in their steps, kept in greyscale."""

import numpy as np
import pytest
from PIL import Image

from cicatrix.picturing.ramp import colours_of, hex_of


def lightness(colours: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours, from the luminance alone (IEC 61966-2-1, CIE 15)."""
    channel = colours / 255.0
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(y > (6 / 29) ** 3, 116 * np.cbrt(y) - 16, y * (29 / 3) ** 3)


def test_lightness_falls_all_the_way_from_raised_to_deep():
    assert (np.diff(lightness(colours_of(np.linspace(-1, 1, 101)))) < 0).all()


@pytest.mark.parametrize("half", [np.linspace(-1, 0, 21), np.linspace(0, 1, 21)])
def test_equal_steps_of_depth_are_equal_steps_of_lightness(half):
    steps = np.diff(lightness(colours_of(half)))
    # 8-bit channels are worth up to half a unit of L*; a step is 0.75 (raised) or 3.5 (deep).
    assert np.abs(steps - steps.mean()).max() < 0.5


def test_greyscale_keeps_the_order():
    row = colours_of(np.linspace(-1, 1, 41))[None]
    grey = np.asarray(Image.fromarray(row, mode="RGB").convert("L"))[0].astype(int)
    assert (np.diff(grey) < 0).all()


def test_no_colour_leaves_what_a_screen_can_show():
    # A clipped channel would bend the ramp: L* would differ from the one that was asked for.
    told = lightness(colours_of(np.array([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0])))
    assert told == pytest.approx([97, 82, 64.75, 47.5, 30.25, 13], abs=1.0)


def test_raised_is_told_from_skin_by_hue_as_well():
    raised, skin = colours_of(np.array([-1.0, 0.0])).astype(int)
    assert raised[0] - raised[2] > 2 * (skin[0] - skin[2])  # far yellower


def test_what_lies_beyond_the_ends_has_the_colour_of_the_end():
    beyond, end = colours_of(np.array([-3.0, 7.0])), colours_of(np.array([-1.0, 1.0]))
    assert (beyond == end).all()
    assert hex_of(np.array([255, 0, 16], np.uint8)) == "#ff0010"
