"""Work done side by side comes back in order, however many cores there are."""

import threading
import time

import pytest

from cicatrix import side_by_side as module
from cicatrix.side_by_side import cores, side_by_side

HANDS = [1, 2, 4, 64]


@pytest.fixture(params=HANDS)
def hands(request, monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: request.param)
    return request.param


def slowest_first(piece):
    time.sleep(0.02 / (1 + piece))
    return piece**2


def test_results_come_in_the_order_of_the_pieces(hands):
    assert list(side_by_side(slowest_first, range(12))) == [n**2 for n in range(12)]


def test_no_pieces_give_no_results(hands):
    assert list(side_by_side(slowest_first, [])) == []


def test_few_pieces_are_taken_up_before_their_turn(hands):
    taken = []

    def pieces():
        for piece in range(50):
            taken.append(piece)
            yield piece

    for count, _ in enumerate(side_by_side(slowest_first, pieces()), start=1):
        # Four hands at most, and two pieces for each.
        assert len(taken) <= count + 8


def test_an_error_comes_in_its_turn_and_ends_the_work(hands):
    done = []

    def work(piece):
        if piece == 3:
            raise ValueError("three")
        done.append(piece)
        return piece

    results = side_by_side(work, range(100))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)
    assert len(done) <= 3 + 8


def test_one_core_starts_no_thread(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 1)
    threads = set(side_by_side(lambda _: threading.get_ident(), range(4)))
    assert threads == {threading.get_ident()}


def test_there_is_a_core():
    assert cores() >= 1
