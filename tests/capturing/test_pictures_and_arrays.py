"""TIFF, PNG, NPY and NPZ: written by tifffile, Pillow and NumPy themselves."""

import io

import numpy as np
import pytest
from PIL import Image
from tests.capturing import samples
from tests.capturing.samples import PITCH_MM, heights_mm, heights_with_holes_mm

from cicatrix.capturing import read_scan
from cicatrix.skin import CaptureError


def read(tmp_path, name, content, **given):
    (tmp_path / name).write_bytes(content)
    return read_scan(tmp_path / name, **given)


def refusal(tmp_path, name, content, **given):
    with pytest.raises(CaptureError) as refused:
        read(tmp_path, name, content, **given)
    assert name in str(refused.value)
    return str(refused.value)


def levels(kind):
    """The surface in steps of 1 µm above its lowest point."""
    heights = heights_mm()
    return np.round((heights - heights.min()) * 1000).astype(kind)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "i2", "u4", "i4", "f4", "f8"])
def test_every_kind_of_number_in_a_tiff_is_read(kind, order, tmp_path):
    stored = levels(kind) if kind != "u1" else (levels("u2") // 8).astype("u1")
    content = samples.tiff(stored.astype(order + kind), byteorder=order)
    read_back = read(tmp_path, "t.tif", content, pitch_mm=0.06, mm_per_unit=0.001)
    np.testing.assert_allclose(read_back.height_mm, stored * 0.001, rtol=1e-6)
    assert read_back.pitch_mm == (0.06, 0.06)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"compression": "zlib"},
        {"tile": (16, 16)},
        {"tile": (16, 32), "compression": "zlib"},
        {"rowsperstrip": 7, "compression": "zlib"},
        {"bigtiff": True},
    ],
)
def test_every_layout_of_a_tiff_is_read(words, tmp_path):
    heights = heights_with_holes_mm().astype("f4")
    read_back = read(tmp_path, "t.tif", samples.tiff(heights, **words), pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(read_back.height_mm, heights)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_tiffs_that_pillow_compressed_are_read(compression, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(heights_mm().astype("f4")).save(buffer, "TIFF", compression=compression)
    read_back = read(tmp_path, "t.tif", buffer.getvalue(), pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(read_back.height_mm, heights_mm().astype("f4"))


def test_imagej_says_pitch_and_height_unit(tmp_path):
    description = "ImageJ=1.53k\nunit=\\u00B5m\ncf=0\nc0=-2.0\nc1=0.5\nvunit=\\u00B5m\n"
    content = samples.tiff(
        levels("u2"),
        description=description,
        resolution=(1 / 50, 1 / 80),  # samples per µm
        resolutionunit=1,
        metadata=None,
    )
    read_back = read(tmp_path, "t.tif", content)
    assert read_back.pitch_mm == pytest.approx(PITCH_MM, rel=1e-6)
    # height = c0 + c1 × number, in µm
    np.testing.assert_allclose(read_back.height_mm, (levels("f8") * 0.5 - 2) / 1000, atol=1e-12)


def test_ome_says_pitch_with_its_units(tmp_path):
    content = samples.tiff(
        heights_mm().astype("f4"),
        ome=True,
        metadata={
            "axes": "YX",
            "PhysicalSizeX": 50.0,
            "PhysicalSizeXUnit": "µm",
            "PhysicalSizeY": 0.08,
            "PhysicalSizeYUnit": "mm",
        },
    )
    assert read(tmp_path, "t.ome.tif", content, unit="mm").pitch_mm == pytest.approx(PITCH_MM)
    said = refusal(tmp_path, "t.ome.tif", content)
    assert "but not the unit of its heights" in said


def test_the_resolution_of_a_print_is_no_pitch(tmp_path):
    content = samples.tiff(heights_mm().astype("f4"), resolution=(300, 300), resolutionunit="INCH")
    assert "--pitch-mm" in refusal(tmp_path, "t.tif", content)


@pytest.mark.parametrize("text", ["-9999", "-9999.0", "-9.999e3"])
def test_the_nodata_tag_means_not_measured(text, tmp_path):
    heights = np.nan_to_num(heights_with_holes_mm(), nan=-9999).astype("f4")
    content = samples.tiff(heights, extratags=[(42113, 2, 0, text, True)])
    read_back = read(tmp_path, "t.tif", content, pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(np.isnan(read_back.height_mm), np.isnan(heights_with_holes_mm()))


def test_an_undeclared_lowest_float_means_not_measured(tmp_path):
    heights = np.nan_to_num(heights_with_holes_mm(), nan=np.finfo("f4").min).astype("f4")
    read_back = read(tmp_path, "t.tif", samples.tiff(heights), pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(np.isnan(read_back.height_mm), np.isnan(heights_with_holes_mm()))


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [(2, np.s_[:, ::-1]), (3, np.s_[::-1, ::-1]), (4, np.s_[::-1, :])],
)
def test_a_picture_stored_turned_over_is_turned_back(orientation, turned, tmp_path):
    content = samples.tiff(
        heights_mm()[turned].astype("f4"), extratags=[(274, 3, 1, orientation, True)]
    )
    read_back = read(tmp_path, "t.tif", content, pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(read_back.height_mm, heights_mm().astype("f4"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (samples.tiff(np.zeros((20, 20, 3), "u1"), photometric="rgb"), "picture in colours"),
        (samples.tiff(np.zeros((3, 20, 20), "f4"), photometric="minisblack"), "several pictures"),
        (samples.tiff(np.zeros((20, 20), "?")), "no height"),
        (samples.tiff(np.zeros((20, 20), "c8")), "no height"),
    ],
)
def test_a_tiff_that_is_no_height_map_is_refused(content, says, tmp_path):
    assert says in refusal(tmp_path, "t.tif", content, pitch_mm=0.06, mm_per_unit=0.001)


def test_a_small_preview_beside_the_heights_does_not_disturb(tmp_path):
    import tifffile

    with tifffile.TiffWriter(tmp_path / "t.tif") as out:
        out.write(heights_mm().astype("f4"))
        out.write(np.zeros((8, 8), "u1"), subfiletype=1)
    read_back = read_scan(tmp_path / "t.tif", pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(read_back.height_mm, heights_mm().astype("f4"))


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_a_grey_png_is_read_in_levels(kind, tmp_path):
    stored = levels("u2") if kind == "u2" else (levels("u2") // 8).astype("u1")
    read_back = read(tmp_path, "p.png", samples.png(stored), pitch_mm=0.06, mm_per_unit=0.001)
    np.testing.assert_allclose(read_back.height_mm, stored * 0.001)


def test_a_coloured_png_is_refused(tmp_path):
    content = samples.png(np.zeros((20, 20, 3), "u1"))
    assert "in colours" in refusal(tmp_path, "p.png", content, pitch_mm=0.06, mm_per_unit=0.001)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "<f2"])
def test_an_npy_of_either_order_is_read(kind, order, tmp_path):
    stored = np.asarray(heights_with_holes_mm(), dtype=kind, order=order)
    read_back = read(tmp_path, "a.npy", samples.npy(stored), pitch_mm=PITCH_MM, unit="mm")
    np.testing.assert_array_equal(read_back.height_mm, stored.astype(float))
    assert read_back.pitch_mm == PITCH_MM


def test_an_npz_with_our_names_carries_its_lengths(tmp_path):
    content = samples.npz(height_mm=heights_with_holes_mm(), pitch_mm=np.array(PITCH_MM))
    read_back = read(tmp_path, "a.npz", content)
    np.testing.assert_array_equal(read_back.height_mm, heights_with_holes_mm())
    assert read_back.pitch_mm == PITCH_MM


def test_an_npz_with_one_array_of_another_name_needs_a_pitch(tmp_path):
    content = samples.npz(z=heights_mm())
    assert read(tmp_path, "a.npz", content, pitch_mm=0.06, unit="mm").pitch_mm == (0.06, 0.06)
    assert "--pitch-mm" in refusal(tmp_path, "a.npz", content)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.npz", samples.npz(a=heights_mm(), b=heights_mm()), "holds 2 arrays"),
        ("a.npz", samples.npz(height_mm=heights_mm(), pitch_mm=np.zeros((9, 9))), "pitch_mm"),
        ("a.npy", samples.npy(np.zeros(50)), "a table of numbers"),
        ("a.npy", samples.npy(np.zeros((9, 9), complex)), "a table of numbers"),
        ("a.npy", samples.npy(np.zeros((9, 9), np.longdouble)), "at most 64 bits each"),
        ("a.grd", b"DSAA\n9 9\n0 1\n0 1\n0 1\n", "a Surfer grid"),
        ("a.npy", samples.npy(np.full((9, 9), "a", object)), "Python objects"),
        ("a.npy", samples.npy(np.zeros((9, 9), [("z", "f4")])), "a table of numbers"),
    ],
)
def test_arrays_that_are_no_height_map_are_refused(name, content, says, tmp_path):
    assert says in refusal(tmp_path, name, content, pitch_mm=0.06)


def test_pickled_objects_are_never_opened(tmp_path):
    marker = tmp_path / "was-run"

    class Trap:
        def __reduce__(self):
            return marker.touch, ()

    for name, content in {
        "a.npy": samples.npy(np.array([[Trap(), Trap()]] * 2, object)),
        "a.npz": samples.npz(height_mm=np.array([[Trap(), Trap()]] * 2, object)),
    }.items():
        refusal(tmp_path, name, content, pitch_mm=0.06)
    assert not marker.exists()
