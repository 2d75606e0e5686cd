"""The relief that pictures are drawn from agrees with the numbers, on a map and on a mesh."""

import dataclasses

import numpy as np
import pytest
from tests.measuring.test_mesh import as_mesh

from cicatrix.measuring import measure, survey
from cicatrix.measuring.mesh_scars import measure_mesh, survey_mesh
from cicatrix.phantoms import PhantomScar, make_phantom, scatter_scars
from cicatrix.skin import HeightMap, Mesh

PITCH_MM, SIZE_MM = 0.12, 36.0
RADIUS_MM = 60.0


@pytest.fixture(scope="module")
def phantom():
    counts = {"boxcar": 5, "rolling": 2, "linear": 1, "papular": 2}
    scars = scatter_scars(counts, seed=41, size_mm=SIZE_MM)
    return make_phantom(scars, seed=42, size_mm=SIZE_MM, pitch_mm=PITCH_MM, curve_mm=1.0)


@pytest.fixture(scope="module")
def surveyed(phantom):
    return survey(phantom.height_map)


def test_the_catalogue_is_the_same_with_and_without_a_relief(phantom, surveyed):
    assert measure(phantom.height_map) == surveyed.catalogue


def test_the_openings_have_the_areas_of_the_catalogue(surveyed):
    sample = PITCH_MM**2
    for scar in surveyed.catalogue.scars:
        area = float((surveyed.relief.label == scar.label).sum()) * sample
        # An outline between samples: half a sample all along it, at most.
        rim = 2 * (scar.length_mm + scar.width_mm) * PITCH_MM / 2
        assert area == pytest.approx(scar.area_mm2, abs=rim + 0.05 * scar.area_mm2)


def test_depth_is_what_was_cut_into_the_skin(phantom, surveyed):
    skin = phantom.skin_mm + phantom.relief_mm
    cut = skin - phantom.height_map.height_mm  # depth and noise of 10 µm
    away = surveyed.relief.depth_mm + phantom.relief_mm - cut
    # The level of the skin is known to about ten micrometres, worse towards the border.
    assert np.sqrt(np.mean(away**2)) < 0.03


def test_depth_is_taken_along_the_normal_of_tilted_skin(phantom, surveyed):
    columns = np.indices(phantom.height_map.height_mm.shape)[1]
    tilted = phantom.height_map.height_mm + columns * PITCH_MM * np.tan(np.radians(30))
    relief = survey(HeightMap(height_mm=tilted, pitch_mm=(PITCH_MM, PITCH_MM))).relief
    flat, aslant = (
        np.percentile(one[surveyed.relief.label > 0], [5, 95])
        for one in (surveyed.relief.depth_mm, relief.depth_mm)
    )
    # The same heights on a slope of 30 degrees are cos 30° as deep along the normal.
    assert aslant == pytest.approx(np.cos(np.radians(30)) * flat, rel=0.05)


def test_a_section_is_as_deep_as_its_scar(surveyed):
    scars = {scar.label: scar for scar in surveyed.catalogue.scars}
    assert [s.label for s in surveyed.relief.sections] == sorted(scars)
    for section in surveyed.relief.sections:
        scar = scars[section.label]
        deepest = np.nanmax(np.sign(scar.depth_mm) * section.depth_mm)
        # One line carries texture of 20 µm and noise of 10 µm: three spreads of it.
        assert deepest == pytest.approx(abs(scar.depth_mm), abs=0.07)
        assert section.place_mm == (scar.x_mm, scar.y_mm)
        assert section.distance_mm[0] == -section.distance_mm[-1]


# --- a mesh -------------------------------------------------------------------------------------


def barrel(height_mm: np.ndarray) -> Mesh:
    """A height map bent around an upright barrel that looks along z."""
    flat = as_mesh(height_mm, PITCH_MM)
    x, y, h = flat.vertices_mm.T
    angle, radius = (x - SIZE_MM / 2) / RADIUS_MM, RADIUS_MM + h
    bent = np.stack([radius * np.sin(angle), y, radius * np.cos(angle)], axis=1)
    return Mesh(vertices_mm=bent, faces=flat.faces, name="barrel")


@pytest.fixture(scope="module")
def on_a_barrel():
    counts = {"boxcar": 4, "rolling": 2, "linear": 1, "papular": 1}
    scars = scatter_scars(counts, seed=51, size_mm=SIZE_MM)
    made = make_phantom(scars, seed=52, size_mm=SIZE_MM, pitch_mm=PITCH_MM, curve_mm=0.0)
    mesh = barrel(made.height_map.height_mm)
    return made, mesh, survey_mesh(mesh, spacing_mm=PITCH_MM)


def seen_at(scar: PhantomScar) -> tuple[float, float]:
    """Where a scar of the flat skin lies in the view from in front, from the middle of it."""
    return RADIUS_MM * np.sin((scar.x_mm - SIZE_MM / 2) / RADIUS_MM), scar.y_mm - SIZE_MM / 2


def test_a_mesh_gives_the_same_catalogue_with_and_without_a_view(on_a_barrel):
    _, mesh, told = on_a_barrel
    assert measure_mesh(mesh, spacing_mm=PITCH_MM) == told.catalogue


def test_the_view_is_from_in_front_and_true_to_scale(on_a_barrel):
    made, _, told = on_a_barrel
    rows, columns = told.relief.depth_mm.shape
    wide, high = columns * told.relief.pitch_mm[0], rows * told.relief.pitch_mm[1]
    # 36 mm around a barrel are a chord; the mean normal of a phantom tilts by a degree or two.
    chord = 2 * RADIUS_MM * np.sin(SIZE_MM / 2 / RADIUS_MM)
    assert wide == pytest.approx(chord, abs=1.0)
    assert high == pytest.approx(SIZE_MM, abs=1.0)
    places = np.array([s.place_mm for s in told.relief.sections]) - [wide / 2, high / 2]
    assert len(places) == len(made.scars)
    for scar in made.scars:
        assert np.hypot(*(places - seen_at(scar)).T).min() < 1.2


def test_every_scar_is_marked_where_it_is_and_whole(on_a_barrel):
    _, _, told = on_a_barrel
    relief = told.relief
    for section, scar in zip(relief.sections, told.catalogue.scars, strict=True):
        column, row = (round(p / relief.pitch_mm[0]) for p in section.place_mm)
        assert relief.label[row, column] == scar.label
        area = float((relief.label == scar.label).sum()) * relief.pitch_mm[0] ** 2
        # Turned away by up to 17 degrees, a scar looks smaller by its cosine (0.95).
        assert 0.8 * scar.area_mm2 < area < 1.1 * scar.area_mm2


def test_depth_in_the_view_is_the_depth_of_the_scars(on_a_barrel):
    _, _, told = on_a_barrel
    for scar in told.catalogue.scars:
        inside = told.relief.depth_mm[told.relief.label == scar.label]
        extreme = np.nanpercentile(np.sign(scar.depth_mm) * inside, 98)
        assert extreme == pytest.approx(abs(scar.depth_mm), abs=0.07)


def test_a_hole_in_a_mesh_is_not_measured_and_the_ground_beside_it_is_no_skin(on_a_barrel):
    _, mesh, _ = on_a_barrel
    middles = mesh.vertices_mm[mesh.faces].mean(axis=1)
    away = np.hypot(middles[:, 0], middles[:, 1] + SIZE_MM / 2)
    holed = dataclasses.replace(mesh, faces=mesh.faces[away > 2.0])
    relief = survey_mesh(holed, spacing_mm=PITCH_MM).relief
    missing = relief.covered & np.isnan(relief.depth_mm)
    area = float(missing.sum()) * relief.pitch_mm[0] ** 2
    # Gaps of a sample or two along the border come and go.
    assert area == pytest.approx(np.pi * 2.0**2, rel=0.25)
