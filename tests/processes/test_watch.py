"""What dies is started again, ever more slowly."""

import pytest

from lago.supervisor import watch
from lago.supervisor.watch import Watch


class Mortal:
    """Something that is dead whenever the test says so."""

    name = "mortal"
    ended_well = False

    def __init__(self):
        self.launches = 0
        self.alive = False

    def is_alive(self):
        return self.alive

    def launch(self):
        self.launches += 1


class Clock:
    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(watch, "time", clock)
    return clock


def delays(clock, watched, count):
    """The seconds between death and launch, of `count` deaths that follow each other at once."""
    one, found = Watch(watched), []
    for _ in range(count):
        died = clock.now
        launched = watched.launches
        while watched.launches == launched:
            one.tend()
            clock.now += 0.125
        found.append(clock.now - 0.125 - died)
    return found


def test_delays_double_up_to_half_a_minute(clock):
    assert [round(delay) for delay in delays(clock, Mortal(), 9)] == [0, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_steady_life_resets_the_delay(clock):
    mortal = Mortal()
    one = Watch(mortal)
    for _ in range(100):
        one.tend()
        clock.now += 1
    mortal.alive = True
    one.tend()
    clock.now += 60
    mortal.alive, before = False, mortal.launches
    one.tend()
    clock.now += 0.6
    one.tend()
    assert mortal.launches == before + 1


def test_a_process_that_had_done_its_share_is_replaced_at_once(clock):
    mortal = Mortal()
    mortal.ended_well, one = True, Watch(mortal)
    clock.now += 60
    one.tend()
    one.tend()
    assert mortal.launches == 1


def test_a_launch_that_fails_is_tried_again(clock):
    mortal = Mortal()
    mortal.launch = lambda: (_ for _ in ()).throw(OSError("no more processes"))
    one = Watch(mortal)
    one.tend()
    clock.now += 1
    one.tend()
    mortal.launch = Mortal.launch.__get__(mortal)
    one.tend()
    clock.now += 60
    one.tend()
    assert mortal.launches == 1
