"""TMD, GSF, GWY, SUR, AL3D, PLUX and X3P: one asymmetric surface, written by hand and elsewhere."""

import zlib

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.samples import ELSEWHERE, PITCH_MM, heights_mm, heights_with_holes_mm

from cicatrix.capturing import read_scan
from cicatrix.skin import CaptureError

#: How far the heights may be off, by how the file stores them: half a step of a float32 of 0.8 mm
#: is 3e-8 mm, and it is made twice (mm to m); 16 bits at 0.05 µm a level give half a level.
FLOAT32_MM, LEVELS_MM, DOUBLE_MM = 1e-7, 0.0251e-3, 1e-12

BY_HAND = {
    "sample.tmd": (samples.tmd(), FLOAT32_MM),
    "sample.gsf": (samples.gsf(), FLOAT32_MM),
    "sample.sur": (samples.sur(), LEVELS_MM),
    "other-end-first.sur": (samples.sur(order=">"), LEVELS_MM),
    "two-streams.sur": (samples.sur(packed=True), LEVELS_MM),
    "sample.al3d": (samples.al3d(), FLOAT32_MM),
    "sample.plux": (samples.plux(), FLOAT32_MM),
    "sample.x3p": (samples.x3p(), DOUBLE_MM),
    "no-namespace.x3p": (samples.x3p(namespace=False), DOUBLE_MM),
}
WRITTEN_ELSEWHERE = {
    "gwyddion_masked.gwy": FLOAT32_MM,
    "surfalize.sur": FLOAT32_MM,  # 32 bits over the range
    "surfalize_packed.sur": FLOAT32_MM,
    "surfalize.al3d": FLOAT32_MM,
    "surfalize.x3p": DOUBLE_MM,
}


def assert_is_the_surface(height_map, *, truth, off_by_mm):
    assert height_map.pitch_mm == pytest.approx(PITCH_MM, rel=1e-6)
    np.testing.assert_array_equal(np.isnan(height_map.height_mm), np.isnan(truth))
    np.testing.assert_allclose(height_map.height_mm, truth, rtol=0, atol=off_by_mm)


@pytest.mark.parametrize("name", BY_HAND)
def test_what_was_written_by_hand_comes_back_with_its_holes(name, tmp_path):
    content, off_by_mm = BY_HAND[name]
    (tmp_path / name).write_bytes(content)
    assert_is_the_surface(
        read_scan(tmp_path / name), truth=heights_with_holes_mm(), off_by_mm=off_by_mm
    )


@pytest.mark.parametrize("name", WRITTEN_ELSEWHERE)
def test_what_another_program_wrote_comes_back_with_its_holes(name):
    assert_is_the_surface(
        read_scan(ELSEWHERE / name),
        truth=heights_with_holes_mm(),
        off_by_mm=WRITTEN_ELSEWHERE[name],
    )


@pytest.mark.parametrize("name", ["gwyddion.gsf", "gwyddion.sur"])
def test_what_gwyddion_wrote_without_holes_comes_back_whole(name):
    assert_is_the_surface(read_scan(ELSEWHERE / name), truth=heights_mm(), off_by_mm=FLOAT32_MM)


def test_the_ending_of_a_name_does_not_matter(tmp_path):
    for number, (content, off_by_mm) in enumerate(BY_HAND.values()):
        path = tmp_path / f"export{number}.tif"
        path.write_bytes(content)
        assert_is_the_surface(read_scan(path), truth=heights_with_holes_mm(), off_by_mm=off_by_mm)


def test_a_spike_survives_reading(tmp_path):
    heights = heights_mm()
    heights[11, 7] = 900.0
    (tmp_path / "spike.tmd").write_bytes(samples.tmd(heights))
    assert read_scan(tmp_path / "spike.tmd").height_mm[11, 7] == 900


def test_an_odd_number_of_columns_is_unpadded(tmp_path):
    heights = heights_with_holes_mm()[:, :39]
    (tmp_path / "odd.al3d").write_bytes(samples.al3d(heights))
    assert_is_the_surface(read_scan(tmp_path / "odd.al3d"), truth=heights, off_by_mm=FLOAT32_MM)


def test_the_last_padding_of_an_al3d_may_be_missing(tmp_path):
    heights = heights_with_holes_mm()[:, :39]
    (tmp_path / "odd.al3d").write_bytes(samples.al3d(heights)[:-4])
    assert_is_the_surface(read_scan(tmp_path / "odd.al3d"), truth=heights, off_by_mm=FLOAT32_MM)


def test_a_comment_is_kept_without_what_upsets_a_terminal(tmp_path):
    (tmp_path / "c.tmd").write_bytes(samples.tmd(comment=b"cheek\x1b[31m\nleft"))
    assert read_scan(tmp_path / "c.tmd").known["comment"] == "cheek [31m left"


@pytest.mark.parametrize("micro", [b"\xb5m", b"\xc2\xb5m", b"\xce\xbcm", b"\xe6m", b"um"])
def test_the_micro_sign_is_understood_in_each_of_its_encodings(micro, tmp_path):
    (tmp_path / "u.sur").write_bytes(samples.sur(unit=micro))
    assert read_scan(tmp_path / "u.sur").pitch_mm == pytest.approx(PITCH_MM)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (samples.sur(inverted=1), "turned inside out"),
        (samples.sur(kind=12), "holds a colour image"),
        (samples.sur(unit=b"V"), "has an axis in 'V'"),
        (samples.plux(layers=2), "holds 2 height layers"),
        (samples.gwy(channels=3), "holds 3 height maps (channel 0, channel 1, channel 2)"),
        (samples.gwy(z_unit="V"), "holds no height map"),
        (samples.gsf(unit="V"), "its XYUnits is 'V'"),
        (samples.gsf(unit=""), "its XYUnits is ''"),
        (samples.x3p(layers=2), "holds 2 layers"),
        (samples.x3p(feature="PRF"), "holds a PRF"),
    ],
)
def test_what_is_not_one_surface_is_refused_in_words(content, says, tmp_path):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(CaptureError) as refused:
        read_scan(tmp_path / "other")
    assert says in str(refused.value)


def test_a_gwyddion_file_by_hand_comes_back(tmp_path):
    (tmp_path / "s.gwy").write_bytes(samples.gwy())
    height_map = read_scan(tmp_path / "s.gwy")
    assert_is_the_surface(height_map, truth=heights_mm(), off_by_mm=DOUBLE_MM)
    assert height_map.known["title"] == "channel 0"


def x3p_of(tmp_path, members):
    path = tmp_path / "s.x3p"
    path.write_bytes(samples.zipped(members))
    return read_scan(path)


def test_whole_numbers_of_an_x3p_are_scaled_and_its_validity_file_is_obeyed(tmp_path):
    levels = np.round(heights_mm() / 1e-4).astype("<i2")  # 0.1 µm a level
    measured = ~np.isnan(heights_with_holes_mm())
    read = x3p_of(
        tmp_path,
        {
            "main.xml": samples.x3p_xml(
                code="I", increment_z="1e-7", offset_z="0.002", valid="bindata/valid.bin"
            ),
            "bindata/data.bin": levels.tobytes(),
            "bindata/valid.bin": np.packbits(measured.ravel(), bitorder="little").tobytes(),
        },
    )
    np.testing.assert_array_equal(np.isnan(read.height_mm), ~measured)
    # The offset of 0.002 m lifts all by 2 mm; half a level of rounding.
    np.testing.assert_allclose(
        read.height_mm[measured], heights_mm()[measured] + 2, rtol=0, atol=0.51e-4
    )


def test_heights_listed_as_text_in_an_x3p_are_read(tmp_path):
    data = "".join(
        "<Datum/>" if np.isnan(z) else f"<Datum>{z * 1e-3!r}</Datum>"
        for z in heights_with_holes_mm().ravel().tolist()
    )
    read = x3p_of(tmp_path, {"main.xml": samples.x3p_xml(link=False, data=data)})
    assert_is_the_surface(read, truth=heights_with_holes_mm(), off_by_mm=DOUBLE_MM)


def test_an_x3p_some_folders_down_among_a_macs_clutter_is_found(tmp_path):
    metres = (heights_with_holes_mm() * 1e-3).astype("<f8").tobytes()
    read = x3p_of(
        tmp_path,
        {
            "__MACOSX/scan/._main.xml": b"\0\5\26\7",
            "scan/left cheek/._main.xml": b"\0\5\26\7",
            "scan/left cheek/main.xml": samples.x3p_xml(),
            "scan/left cheek/bindata/data.bin": metres,
        },
    )
    assert_is_the_surface(read, truth=heights_with_holes_mm(), off_by_mm=DOUBLE_MM)


def test_streams_of_a_packed_sur_must_fill_the_map_exactly(tmp_path):
    for part in (b"\0" * 100, b"\0" * (2 * samples.ROWS * samples.COLUMNS + 2)):
        content = samples.sur(packed=True, streams=[(part, zlib.compress(part))])
        (tmp_path / "s.sur").write_bytes(content)
        with pytest.raises(CaptureError, match=r"s\.sur"):
            read_scan(tmp_path / "s.sur")
