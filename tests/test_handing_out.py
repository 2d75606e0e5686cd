"""Work that workers do comes back in order, with the errors in the words of the work."""

import os
import subprocess
import sys
import textwrap
import time

import pytest

from cicatrix import handing_out as module
from cicatrix.handing_out import WorkerLostError, handed_out, wake_workers
from cicatrix.skin import CaptureError


@pytest.fixture(params=[1, 2, 3, 64], ids=lambda cores: f"{cores} cores")
def cores(request, monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: request.param)
    return request.param


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 2)


# The work is looked up by name in the worker, so it comes from the library of Python.


def test_results_come_in_the_order_of_the_pieces(cores):
    assert list(handed_out(str.upper, map(str, range(40)))) == [str(n) for n in range(40)]


def test_the_woken_workers_load_what_the_work_needs_first(two_cores, tmp_path):
    wake_workers(eval, f"open({str(tmp_path)!r} + '/woken', 'w').close()")
    # What was asked for first is begun first.
    assert list(handed_out(abs, [-1, -2, -3])) == [1, 2, 3]
    assert (tmp_path / "woken").exists()


def test_with_one_core_nobody_is_woken(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "cores", lambda: 1)
    wake_workers(eval, f"open({str(tmp_path)!r} + '/woken', 'w')")
    assert list(handed_out(abs, [-1])) == [1]
    assert not list(tmp_path.iterdir())


def test_no_pieces_give_no_results(cores):
    assert list(handed_out(str.upper, [])) == []


def test_an_error_of_the_work_is_raised(cores):
    with pytest.raises(ValueError, match="'x'"):
        list(handed_out(int, ["1", "2", "x", "4"]))


def test_an_error_while_the_pieces_are_made_is_raised(cores):
    def pieces():
        yield from range(5)
        raise CaptureError("no more")

    with pytest.raises(CaptureError, match="no more"):
        list(handed_out(abs, pieces()))


def test_after_an_error_the_workers_go_on(two_cores):
    def pieces():
        yield from ["__import__('os').getpid()"] * 5
        raise CaptureError("no more")

    # Often, because what happens while pieces still wait depends on who is first.
    for _ in range(20):
        with pytest.raises(CaptureError, match="no more"):
            list(handed_out(eval, pieces()))
        with pytest.raises(ValueError, match="'x'"):
            list(handed_out(int, ["1", "x", *map(str, range(8))]))
    assert len(set(handed_out(eval, ["__import__('os').getpid()"] * 8))) <= 2


def test_whoever_needs_no_more_results_may_go(two_cores):
    some = handed_out(str.upper, map(str, range(40)))
    assert next(some) == "0"
    some.close()
    assert list(handed_out(abs, [-1, -2, -3])) == [1, 2, 3]


def test_a_refusal_of_a_scan_keeps_its_words(two_cores):
    refuse = "(_ for _ in ()).throw(__import__('cicatrix.skin').skin.CaptureError('too small'))"
    with pytest.raises(CaptureError, match="too small"):
        list(handed_out(eval, [refuse] * 8))


def test_the_work_is_done_elsewhere(two_cores):
    pids = set(handed_out(eval, ["__import__('os').getpid()"] * 8))
    assert os.getpid() not in pids


def test_a_lost_worker_is_told_in_a_sentence(two_cores):
    with pytest.raises(WorkerLostError, match=r"memory ran out\. Close other programs"):
        list(handed_out(eval, ["__import__('os')._exit(1)"] * 4))
    # The next work finds new workers.
    assert list(handed_out(abs, [-1, -2, -3])) == [1, 2, 3]


def test_few_pieces_are_made_ahead_of_the_work(two_cores):
    made = []

    def pieces():
        for number in range(30):
            made.append(number)
            yield 0.1

    results = handed_out(time.sleep, pieces())
    next(results)
    # Two are at work, and two for each of them wait; while this was read some more were done.
    assert len(made) < 15
    assert len(list(results)) == 29


def test_a_script_without_a_main_guard_starts_no_copies_of_itself(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text(
        textwrap.dedent("""
        from cicatrix import handing_out
        handing_out.cores = lambda: 2
        print("began")
        print(list(handing_out.handed_out(abs, [-1, -2, -3])))
        """)
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert run.stdout == "began\n[1, 2, 3]\n"
    assert run.stderr == ""
