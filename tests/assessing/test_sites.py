"""Names of places on a face: from the page, and open wherever a border is near."""

import itertools

import pytest

from cicatrix.assessing.sites import site_of
from cicatrix.vocabulary import SIDES, SITES


@pytest.fixture(scope="module")
def values(knowledge):
    return knowledge.assumptions["face-sites"].values


def places(step=0.05):
    count = round(3 / step)
    return [
        (i * step - 1.5, j * step - 1.2) for i, j in itertools.product(range(count + 1), repeat=2)
    ]


def test_only_words_of_the_vocabulary_are_used(values):
    for place in places():
        site, side = site_of(place, values=values)
        assert (site, side) == ("", "") or (site in SITES and side in SIDES)


def test_both_sides_of_a_face_have_the_same_sites(values):
    other = {"left": "right", "right": "left"}
    for aside, height in places():
        site, side = site_of((aside, height), values=values)
        assert site_of((-aside, height), values=values) == (site, other.get(side, side))


def test_no_two_sites_meet_without_an_open_strip_between_them(values):
    """Two places nearer than twice the margin never have two different names."""
    margin = values["margin"]
    for aside, height in places():
        near = {
            site_of((aside + x, height + y), values=values)[0]
            for x, y in itertools.product((0.0, 0.9 * margin, 1.8 * margin), repeat=2)
        }
        assert len(near - {""}) <= 1


@pytest.mark.parametrize(
    ("place", "site", "side"),
    [
        # The canons: the mouth is a third down to the chin, and 1.5 noses wide.
        ((0.0, 0.3), "nose", "middle"),
        ((0.0, -0.2), "upper_lip", "middle"),
        ((-0.56, -0.3), "perioral", "right"),
        ((0.0, -0.8), "chin", "middle"),
        ((0.9, 0.1), "cheek", "left"),
        ((0.3, 1.6), "forehead", "left"),
        # Eyes, hair and neck have no site in the vocabulary.
        ((0.6, 0.9), "", ""),
        ((0.0, 2.3), "", ""),
        ((0.0, -1.4), "", ""),
    ],
)
def test_places_that_the_canons_tell(place, site, side, values):
    assert site_of(place, values=values) == (site, side)
