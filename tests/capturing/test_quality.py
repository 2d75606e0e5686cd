"""The gate: what suffices is let through, what is doubtful flagged, the rest refused kindly."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_height_map, judge_mesh, noise_of
from cicatrix.phantoms import make_phantom
from cicatrix.skin import CaptureError

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("noise_um", [5, 10, 20, 40])
def test_the_noise_is_told_from_the_data(noise_um):
    skin = make_phantom((), seed=5, size_mm=20.0, noise_um=noise_um).height_map
    # The micro-relief adds a little to the finest differences: up to a fifth at 5 µm.
    assert noise_of(skin.height_mm) * 1000 == pytest.approx(noise_um, rel=0.2)


def test_good_skin_has_no_doubts_and_blurred_skin_has_one():
    skin = make_phantom((), seed=6, size_mm=20.0).height_map
    assert judge_height_map(skin).flags == ()
    assert judge_height_map(skin).capture_class == "A"
    soft = dataclasses.replace(skin, height_mm=ndimage.gaussian_filter(skin.height_mm, 2))
    assert "blurred" in judge_height_map(soft).flags


def test_clipped_tilted_and_missing_samples_are_flagged():
    skin = make_phantom((), seed=7, size_mm=20.0).height_map
    cut = np.maximum(skin.height_mm, np.quantile(skin.height_mm, 0.02))
    assert "clipped" in judge_height_map(dataclasses.replace(skin, height_mm=cut)).flags
    steep = skin.height_mm + 1.5 * np.arange(skin.height_mm.shape[1]) * skin.pitch_mm[0]
    assert "too_steep" in judge_height_map(dataclasses.replace(skin, height_mm=steep)).flags
    holes = skin.height_mm.copy()
    holes[:60] = np.nan
    assert "much_missing" in judge_height_map(dataclasses.replace(skin, height_mm=holes)).flags


@pytest.mark.parametrize(
    ("height", "words"),
    [
        (np.zeros((50, 50)), "every sample has the same height"),
        (np.where(np.arange(2500).reshape(50, 50) % 5, np.nan, 1.0), "were not measured, too many"),
    ],
)
def test_what_holds_nothing_is_refused(height, words):
    skin = make_phantom((), seed=8, size_mm=5.0).height_map
    with pytest.raises(CaptureError, match=words):
        judge_height_map(dataclasses.replace(skin, height_mm=height))


def test_the_head_scan_is_refused_with_a_way_out():
    """Its spacing, what scars need, and what would suffice."""
    head = read_scan(DATA / "lee_perry_smith_head" / "LeePerrySmith.glb", mm_per_unit=52.0)
    with pytest.raises(CaptureError) as refused:
        judge_mesh(head)
    corners = head.vertices_mm[head.faces]
    edges = np.linalg.norm(corners - corners[:, [1, 2, 0]], axis=2)
    said = str(refused.value)
    assert f"its points lie {np.median(edges):.1f} mm apart" in said
    assert "Acne scars are 0.5 to 5 mm wide and need 8 points across" in said
    assert "at most 0.62 mm between points" in said
    assert "Scan the site close up with structured light or macro stereo" in said


def test_terrain_is_no_skin_until_it_is_scaled():
    terrain = read_scan(DATA / "lidar_depression_dem" / "dem.tif", mm_per_unit=1.0)
    with pytest.raises(CaptureError, match="mm wide, and no skin is"):
        judge_height_map(terrain)
