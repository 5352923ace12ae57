"""A service that goes away and comes back, and a slow network: painters get their picture and a note."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.engine.edits import random_edits
from tests.engine.networks import random_label_map
from tests.engine.serve.conftest import settings_for
from tests.engine.serve.fake_hub import FakeHub
from tests.engine.serve.running import Service
from tests.engine.serve.tcp_proxy import TcpProxy, tcp_proxy
from u3edu.editing import BrushStroke
from u3edu.engine.local import LocalEngine
from u3edu.engine.remote import RemoteEngine
from u3edu.widgets.session import EditSession, PictureChange

PATIENT = 60.0


@pytest.fixture
def proxy(service: Service) -> Iterator[TcpProxy]:
    with tcp_proxy(service.port) as proxy:
        yield proxy


class Painting:
    """Edits in a row, each drawn by a remote engine and compared with the local one."""

    def __init__(self, remote: RemoteEngine, local: LocalEngine) -> None:
        self.remote, self.local = remote, local
        label_map = random_label_map(local, (120, 136))
        self._edits = random_edits(label_map, 1000, seed=4)
        self.picture, self.expected = remote.synthesize(label_map), local.synthesize(label_map)

    def paint(self) -> str:
        """One more edit; the note that came with its picture, which is the right one in any case."""
        edited, box = next(self._edits)
        self.picture = self.remote.resynthesize(self.picture, edited, box)
        self.expected = self.local.resynthesize(self.expected, edited, box)
        assert np.abs(self.picture.pixels - self.expected.pixels).max() <= 1e-6
        return self.remote.note

    def paint_until_back(self) -> str:
        """Paint until the service draws again; its note."""
        for _ in range(600):
            note = self.paint()
            if "away" not in note:
                return note
            for thread in threading.enumerate():
                if thread.name == "u3edu-presence":
                    thread.join(PATIENT)
        raise AssertionError(f"the service was not found again: {note}")


def test_a_cut_wire_costs_no_picture_and_a_mended_one_is_used_again(
    proxy: TcpProxy, weights: Path, local: LocalEngine
) -> None:
    remote = RemoteEngine(weights, proxy.url, "hub-cut", limit=PATIENT, presence_pause=0.01)
    painting = Painting(remote, local)
    assert painting.paint() == ""
    proxy.cut()
    note = painting.paint()
    assert "The shared engine is away" in note and "this kernel drew the picture" in note
    assert "away" in repr(remote)
    proxy.mend()
    assert painting.paint_until_back() == "The shared engine is back."
    assert painting.paint() == ""
    assert "away" not in repr(remote)


def test_a_slow_network_gives_the_kernels_picture_and_a_note(
    proxy: TcpProxy, weights: Path, local: LocalEngine
) -> None:
    remote = RemoteEngine(weights, proxy.url, "hub-slow", limit=PATIENT, presence_pause=0.01)
    painting = Painting(remote, local)
    proxy.delay, remote.limit = 1000.0, 0.5  # nothing arrives before this test is long over
    assert "no answer within 0.5 s" in painting.paint()
    assert "no answer within 0.5 s" in painting.paint()
    proxy.cut()
    proxy.delay, remote.limit = 0.1, PATIENT
    proxy.mend()
    assert painting.paint_until_back() == "The shared engine is back."


def test_a_service_that_was_never_there_costs_no_picture(weights: Path, local: LocalEngine) -> None:
    remote = RemoteEngine(weights, "http://127.0.0.1:9", "token")
    assert remote.halo == local.halo
    painting = Painting(remote, local)
    assert "refused" in painting.paint()


def test_a_user_over_the_limit_paints_on_with_the_kernels_own_engine(
    service: Service, weights: Path, local: LocalEngine
) -> None:
    painting = Painting(RemoteEngine(weights, service.url, "hub-quick", limit=PATIENT), local)
    notes = [painting.paint() for _ in range(60)]
    assert notes[0] == ""
    assert any("more requests than one user may make" in note for note in notes)


def test_a_picture_that_is_too_large_is_drawn_by_the_kernel_and_others_are_not(
    service: Service, weights: Path, local: LocalEngine
) -> None:
    remote = RemoteEngine(weights, service.url, "hub-wide", limit=PATIENT)
    wide = random_label_map(local, (8, 400))
    assert np.array_equal(remote.synthesize(wide).pixels, local.synthesize(wide).pixels)
    assert "at most 320 rows and columns" in remote.note
    remote.synthesize(random_label_map(local, (8, 300)))
    assert "this kernel" not in remote.note


def test_a_wrong_token_is_said(service: Service, weights: Path, local: LocalEngine) -> None:
    assert "token" in Painting(RemoteEngine(weights, service.url, "old", limit=PATIENT), local).paint()


def test_a_session_tells_where_its_pictures_came_from(
    proxy: TcpProxy, weights: Path, local: LocalEngine
) -> None:
    remote = RemoteEngine(weights, proxy.url, "hub-session", limit=PATIENT, presence_pause=1000)
    session = EditSession(remote, random_label_map(local, (64, 64)))
    changes: list[PictureChange] = []
    session.on_picture(changes.append)
    session.do(BrushStroke(element=1, points=[(20, 20)], diameter=9))
    session.wait()
    proxy.cut()
    session.do(BrushStroke(element=2, points=[(40, 40)], diameter=9))
    session.wait()
    session.undo()  # a picture that is kept needs no engine
    session.wait()
    first, second, third = (change.note for change in changes)
    assert (first, third) == ("", "") and "this kernel drew the picture" in second


def test_a_killed_service_is_used_again_after_it_was_started_again(
    tmp_path: Path, weights: Path, local: LocalEngine, hub: FakeHub
) -> None:
    pytest.importorskip("ray", reason="the shared engine needs ray: pip install 'u3edu[serve]'")
    service = Service(tmp_path, settings_for(weights, hub))
    service.start()
    try:
        remote = RemoteEngine(weights, service.url, service.token, limit=PATIENT, presence_pause=0.01)
        painting = Painting(remote, local)
        assert painting.paint() == ""
        service.kill()
        assert "this kernel drew the picture" in painting.paint()
        service.start()
        assert painting.paint_until_back() == "The shared engine is back."
    finally:
        assert service.stop() == 0
