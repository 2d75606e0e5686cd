"""CSV, ESRI grids and points on a grid."""

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.samples import COLUMNS, PITCH_MM, ROWS, heights_mm, heights_with_holes_mm

from cicatrix.capturing import read_scan, text_table
from cicatrix.skin import CaptureError

#: The text has six decimals.
PRINTED_MM = 0.51e-6


def read(tmp_path, name, content, **given):
    (tmp_path / name).write_bytes(content)
    return read_scan(tmp_path / name, **given)


def refusal(tmp_path, name, content, **given):
    with pytest.raises(CaptureError) as refused:
        read(tmp_path, name, content, **given)
    assert name in str(refused.value)
    return str(refused.value)


def assert_is_the_surface(height_map):
    truth = heights_with_holes_mm()
    np.testing.assert_array_equal(np.isnan(height_map.height_mm), np.isnan(truth))
    np.testing.assert_allclose(height_map.height_mm, truth, rtol=0, atol=PRINTED_MM)


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", ", ", "   "])
@pytest.mark.parametrize("missing", ["nan", "NaN", "***", "n/a"])
def test_tables_are_read_with_each_separator_and_word_for_missing(separator, missing, tmp_path):
    content = samples.csv(separator=separator, missing=missing)
    assert_is_the_surface(read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_empty_cells_were_not_measured_even_in_the_last_column(separator, tmp_path):
    content = samples.csv(separator=separator, missing="")
    assert_is_the_surface(read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm"))


@pytest.mark.parametrize("separator", [";", "\t", " "])
def test_decimal_commas_are_understood(separator, tmp_path):
    content = samples.csv(separator=separator, point=",")
    assert_is_the_surface(read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm"))


def test_a_separator_at_the_end_of_each_row_adds_no_column(tmp_path):
    content = samples.csv(separator=";").replace(b"\n", b";\r\n")
    assert_is_the_surface(read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm"))


def test_a_heading_and_remarks_are_passed_over(tmp_path):
    heading = "\ufeffMade by a scanner\nDate;2026-11-24\n# in mm\n\n".encode()
    content = heading + samples.csv(separator=";")
    assert_is_the_surface(read(tmp_path, "s.txt", content, pitch_mm=0.05, unit="mm"))


def test_points_in_any_order_come_back_with_the_largest_y_first(tmp_path):
    read_back = read(tmp_path, "s.xyz", samples.xyz(), unit="mm")
    assert_is_the_surface(read_back)
    assert read_back.pitch_mm == pytest.approx(PITCH_MM)


def test_three_columns_in_a_csv_are_points(tmp_path):
    content = b"x,y,z\n" + samples.xyz().replace(b" ", b",")
    assert_is_the_surface(read(tmp_path, "s.csv", content, unit="mm"))


def test_rounded_coordinates_still_make_the_grid(tmp_path):
    """600 columns of 0.027458 mm, printed with 4 decimals: the gaps alternate 0.0274, 0.0275."""
    pitch, columns = 0.027458, 600
    heights = np.sin(np.arange(columns) / 50) + np.arange(10)[:, None] * 0.01
    lines = [
        f"{c * pitch:.4f} {-r * pitch:.4f} {heights[r, c]:.6f}"
        for r in range(10)
        for c in range(columns)
    ]
    read_back = read(tmp_path, "s.xyz", "\n".join(lines).encode(), unit="mm")
    assert read_back.height_mm.shape == (10, columns)
    # The ends are off by half a digit each: 1e-4 over 599 steps.
    assert read_back.pitch_mm[0] == pytest.approx(pitch, abs=1e-4 / 599)
    np.testing.assert_allclose(read_back.height_mm, heights, atol=PRINTED_MM)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\n".join(b"%f %f 1.5" % tuple(p) for p in np.random.default_rng(1).random((500, 2))),
         "no regular grid"),
        (samples.xyz() + samples.xyz().splitlines()[0] + b"\n", "two heights for one place"),
        (b"\n".join(b"%d 0 %d" % (n, n) for n in range(50)), "on one line only"),
        (b"1 2 3\n4 5 6\n", "too few"),
        (b"1 2 3 4\n" * 20, "4 numbers a line"),
    ],
)  # fmt: skip
def test_points_that_are_no_surface_are_refused(content, says, tmp_path):
    assert says in refusal(tmp_path, "s.xyz", content, unit="mm")


def test_an_esri_grid_is_read_in_the_unit_that_is_given(tmp_path):
    read_back = read(tmp_path, "s.asc", samples.esri(), unit="mm")
    assert_is_the_surface(read_back)
    assert read_back.pitch_mm == (0.05, 0.05)
    micrometres = read(tmp_path, "s.asc", samples.esri(), unit="um")
    np.testing.assert_allclose(micrometres.height_mm * 1000, read_back.height_mm)
    assert micrometres.pitch_mm == pytest.approx((0.05e-3, 0.05e-3))


@pytest.mark.parametrize("name", ["s.asc", "s.xyz"])
def test_a_grid_without_a_unit_is_not_guessed(name, tmp_path):
    content = samples.esri() if name == "s.asc" else samples.xyz()
    assert "--unit" in refusal(tmp_path, name, content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (samples.esri(rows=31), f"{ROWS * COLUMNS} heights for 40 × 31"),
        (samples.esri(cellsize=-0.05), "which cannot be"),
        (samples.esri(cellsize="nan"), "which cannot be"),
        (samples.esri(columns=100_000, rows=100_000), "up to 64 million"),
        (samples.esri(columns="many"), "ncols is no number"),
    ],
)
def test_an_esri_grid_that_contradicts_itself_is_refused(content, says, tmp_path):
    assert says in refusal(tmp_path, "s.asc", content, unit="mm")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"0.1,0.2,0.3\n0.1,0.2\n", "2 numbers in row 2 and 3 in the rows above"),
        (b"0.1,0.2,0.3\n0.1,pore,0.3\n", "'pore' where a height was expected"),
        (
            b"0;0;0\n0;0,25;0\n",
            "'0,25' where a height was expected. The rows above have no decimal comma",
        ),
        (b"Dear colleague,\nattached you find the scan.\n", "no table of numbers"),
        (b"0.1,0.2\n\0\0\0\0\n", "not a text of numbers"),
        (b"0.1,0.2,0.3\n", "at least 2 rows"),
        (b"1," * 3_000_000, "more than 4 million characters"),
    ],
)
def test_a_text_that_is_no_table_is_refused(content, says, tmp_path):
    assert says in refusal(tmp_path, "s.csv", content, pitch_mm=0.05)


def test_whole_numbers_in_text_are_levels(tmp_path):
    content = b"\n".join(b"1,2,3,4,%d" % n for n in range(9))
    assert "--mm-per-unit" in refusal(tmp_path, "s.csv", content, pitch_mm=0.05)
    read_back = read(tmp_path, "s.csv", content, pitch_mm=0.05, mm_per_unit=0.001)
    assert np.nanmax(read_back.height_mm) == pytest.approx(0.008)


def test_the_same_surface_comes_out_of_every_text_format(tmp_path):
    table = read(tmp_path, "s.csv", samples.csv(), pitch_mm=PITCH_MM, unit="mm")
    points = read(tmp_path, "s.xyz", samples.xyz(), unit="mm")
    np.testing.assert_array_equal(table.height_mm, points.height_mm)
    assert np.nanmax(np.abs(table.height_mm - heights_mm())) < PRINTED_MM


def test_a_text_of_too_many_numbers_is_refused_before_it_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(text_table, "MOST_SAMPLES", 1000)
    said = refusal(tmp_path, "s.csv", samples.csv(), pitch_mm=0.05)
    assert "million numbers" in said
    said = refusal(tmp_path, "s.csv", samples.csv(missing="***"), pitch_mm=0.05)
    assert "million numbers" in said


def with_places(*, corner="", row=True, column=True, point="."):
    """The table of the samples with x above it and y before it, as some programs write it."""
    heights = np.round(heights_mm(), 6)
    x = [f"{c * PITCH_MM[0]:.3f}" for c in range(COLUMNS)]
    lines = [",".join([corner, *x] if column else x)] if row else []
    for number, line in enumerate(heights):
        words = [f"{z:.6f}" for z in line]
        lines.append(",".join([f"{number * PITCH_MM[1]:.3f}", *words] if column else words))
    return "\n".join(lines).replace(",", ";").replace(".", point).encode()


@pytest.mark.parametrize("corner", ["", "0", "nan"])
@pytest.mark.parametrize("point", [".", ","])
def test_places_above_and_before_the_heights_are_no_heights(corner, point, tmp_path):
    content = with_places(corner=corner, point=point)
    read_back = read(tmp_path, "s.csv", content, unit="mm")
    np.testing.assert_allclose(read_back.height_mm, heights_mm(), atol=PRINTED_MM)
    assert read_back.pitch_mm == pytest.approx(PITCH_MM)
    assert "Give it with --unit" in refusal(tmp_path, "s.csv", content)
    said = refusal(tmp_path, "s.csv", content, pitch_mm=PITCH_MM)
    assert "one unit of its places is 1 mm" in said
    assert "which the pitch 0.06 mm cannot both be" in refusal(
        tmp_path, "s.csv", content, pitch_mm=0.06, unit="mm"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (with_places(column=False), "a first row that changes evenly by 0.05"),
        (with_places(row=False), "a first column that changes evenly by 0.08"),
        # The word in the corner makes a heading of the first line.
        (with_places(corner="y/x"), "a first column that changes evenly by 0.08"),
    ],
)
def test_places_on_one_side_alone_are_refused(content, says, tmp_path):
    said = refusal(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm")
    assert says in said
    assert "Remove it" in said


def test_a_plain_slope_is_a_surface_and_not_a_table_of_places(tmp_path):
    slope = np.add.outer(np.arange(20) * 0.013, np.arange(30) * 0.007)
    content = "\n".join(",".join(f"{z:.4f}" for z in row) for row in slope).encode()
    read_back = read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm")
    np.testing.assert_allclose(read_back.height_mm, slope, atol=1e-4)


@pytest.mark.parametrize("rows", [30, 210])
@pytest.mark.parametrize("missing", ["nan", ""])
def test_first_and_last_rows_that_were_not_measured_are_kept(rows, missing, tmp_path):
    empty = (",".join([missing] * COLUMNS) + "\n").encode() * rows
    content = b"heights,of,skin\n" + empty + samples.csv() + empty
    height = read(tmp_path, "s.csv", content, pitch_mm=0.05, unit="mm").height_mm
    assert height.shape == (ROWS + 2 * rows, COLUMNS)
    assert np.isnan(height[:rows]).all()
    assert np.isnan(height[-rows:]).all()


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_rows_of_nothing_but_tabs_were_not_measured(rows, place, tmp_path):
    lines = ["\t".join(f"{value:.4f}" for value in row) for row in heights_mm()]
    at = {"first": 0, "middle": 5, "last": len(lines)}[place]
    width = heights_mm().shape[1]
    whole = [*lines[:at], *["\t" * (width - 1)] * rows, *lines[at:]]
    path = tmp_path / "map.txt"
    path.write_text("\n".join(whole) + "\n", encoding="utf-8")
    height = read_scan(path, pitch_mm=0.1, unit="mm").height_mm
    assert height.shape == (len(lines) + rows, width)
    assert np.isnan(height[at : at + rows]).all()
    assert np.isfinite(np.delete(height, np.s_[at : at + rows], axis=0)).all()


def test_a_blank_line_with_a_tab_is_no_row(tmp_path):
    for separator in ("\t", " ", ","):
        lines = [separator.join(f"{value:.4f}" for value in row) for row in heights_mm()]
        path = tmp_path / "map.txt"
        path.write_text("\n".join([" \t", *lines, "\t"]) + "\n", encoding="utf-8")
        assert read_scan(path, pitch_mm=0.1, unit="mm").height_mm.shape == heights_mm().shape
