"""Work that workers do comes back in order, and gets done when a worker does not."""

import os
import subprocess
import sys
import time

import pytest

from cicatrix import handing_out as module
from cicatrix.handing_out import handed_out
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


def test_no_pieces_give_no_results(cores):
    assert list(handed_out(str.upper, [])) == []


def test_an_error_comes_in_its_turn(cores):
    results = handed_out(int, ["1", "2", "x", "4"])
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="'x'"):
        next(results)


def slow_pieces(count, *, seconds):
    for piece in range(count):
        time.sleep(seconds)
        yield piece


def test_a_worker_takes_part(two_cores):
    """Two seconds are several times what an empty Python needs to start."""
    asked = ("__import__('os').getpid()" for _ in slow_pieces(40, seconds=0.05))
    pids = set(handed_out(eval, asked))
    assert len(pids) == 2
    assert os.getpid() in pids


def test_what_a_dying_worker_leaves_is_done_here(two_cores):
    """The work ends the process that does it, unless that is this one."""
    dies = f"__import__('os').getpid() == {os.getpid()} or __import__('os')._exit(1)"
    assert list(handed_out(eval, [dies] * 12)) == [True] * 12


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false", ""])
def test_without_a_worker_the_work_is_done_here(program, two_cores, monkeypatch):
    monkeypatch.setattr(sys, "executable", program)
    assert list(handed_out(abs, range(-9, 0))) == list(range(9, 0, -1))


def test_what_a_library_prints_in_a_worker_gets_lost(two_cores):
    said = ["print('nothing') or 5"] * 12
    assert list(handed_out(eval, said)) == [5] * 12


def test_no_worker_is_left_when_the_work_ends_early(two_cores, monkeypatch):
    started = []
    real = subprocess.Popen

    def noted(*words, **options):
        started.append(real(*words, **options))
        return started[-1]

    monkeypatch.setattr(module.subprocess, "Popen", noted)
    results = handed_out(abs, range(-50, 0))
    assert next(results) == 50
    results.close()
    assert [worker.returncode is not None for worker in started] == [True]


def test_a_refusal_of_a_scan_keeps_its_words(two_cores):
    refuse = "(_ for _ in ()).throw(__import__('cicatrix.skin').skin.CaptureError('too small'))"
    with pytest.raises(CaptureError, match="too small"):
        list(handed_out(eval, [refuse] * 8))
