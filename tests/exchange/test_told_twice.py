"""What a case tells in two places: the more careful telling counts."""

import pytest

from cicatrix.exchange.case_file import read_case

HEAD = "schema: cicatrix.case/1\n"


@pytest.mark.parametrize(("weeks", "months"), [(20, 20 / 52.179 * 12), (30, 6.0)])
def test_of_two_tellings_of_isotretinoin_the_later_end_counts(tmp_path, weeks, months):
    path = tmp_path / "case.yaml"
    path.write_text(
        HEAD + "intake: {isotretinoin: past, isotretinoin_stopped_months: 6}\n"
        f"earlier_treatments: [{{treatment: oral_isotretinoin, weeks_ago: {weeks}}}]\n",
        encoding="utf-8",
    )
    told = read_case(path).intake.facts["isotretinoin_stopped_months"]
    # The days of a year are 365.25; three digits of its weeks are given above.
    assert told == pytest.approx(months, rel=1e-4)
