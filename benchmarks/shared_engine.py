"""The shared engine under many painters, and what painters feel when it is away.

    python -m benchmarks.shared_engine [--json] [--rounds 3] [--seconds 6] [--replicas 2] [--batch 8]

A service of its own on loopback, the default configuration with grain and random weights (which
don't matter for time), pictures of 512 x 512, strokes of 24 pixels; painters are threads of this
process, on the same processor, and paint again as soon as they have their picture. Throughput is
compared within each round with that of one painter at a time, so that other work on the machine
meets both. Then the service loses a replica, all of itself, and its network: what is counted are
pictures from the service, pictures from the kernel with a note, and the longest wait.
"""

import argparse
import json
import os
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from benchmarks.synthesis import network_and_card
from tests.engine.networks import random_label_map
from tests.engine.serve.running import Service
from tests.engine.serve.tcp_proxy import tcp_proxy
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.connection import Connections
from u3edu.engine.cutouts import Cutout, CutoutDecoder
from u3edu.engine.local import load_engine
from u3edu.engine.remote import LIMIT, RemoteEngine
from u3edu.engine.wire import BoxReply, ModelInfo, request_for
from u3edu.imaging.slice import Slice
from u3edu.model.weights import load_weights, save_weights

SIDE, STROKE = 512, 24
CROWDS = (1, 4, 16, 64)
DELAYS = (0.0, 0.05, 0.25, 1.0, 5.0)
# Long enough for any picture, so that throughput is not that of the kernels.
PATIENT = 120.0


@dataclass
class Tally:
    """What painters got.

    Parameters
    ----------
    waits : list of float
        Seconds, a picture each.
    notes : list of str
        Of the pictures that the kernel drew.
    """

    waits: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Pictures a second."""
        return len(self.waits) / self.seconds

    def figures(self) -> dict[str, object]:
        """For the report."""
        ordered = sorted(self.waits)
        return {
            "pictures": len(self.waits),
            "from_the_kernel": len(self.notes),
            "median_wait_s": statistics.median(ordered),
            "p95_wait_s": ordered[int(0.95 * (len(ordered) - 1))],
            "longest_wait_s": ordered[-1],
            "notes": sorted(set(self.notes)),
        }


class Crowd:
    """Painters on one picture, each with an engine of its own."""

    def __init__(self, weights: Path, token: str, label_map: LabelMap, picture: Slice) -> None:
        self.weights, self._token = weights, token
        self.label_map, self._picture = label_map, picture

    def engines(self, count: int, url: str, limit: float) -> list[RemoteEngine]:
        """Engines that know the service already, as after a notebook's first picture."""
        engines = [RemoteEngine(self.weights, url, self._token, limit) for _ in range(count)]
        for engine in engines:
            engine.resynthesize(self._picture, *self.stroke(np.random.default_rng(0)))
        return engines

    def paint(
        self, engines: Iterable[RemoteEngine], seconds: float, meanwhile: Callable[[], object] = lambda: None
    ) -> Tally:
        """Let all paint for a while, and do something when a third of the time is over."""
        tally, start = Tally(), time.perf_counter()
        threads = [
            threading.Thread(target=self._paint, args=(engine, start + seconds, tally, number))
            for number, engine in enumerate(engines)
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 3)
        meanwhile()
        for thread in threads:
            thread.join()
        tally.seconds = time.perf_counter() - start
        return tally

    def _paint(self, engine: RemoteEngine, until: float, tally: Tally, seed: int) -> None:
        numbers = np.random.default_rng(seed)
        while (start := time.perf_counter()) < until:
            engine.resynthesize(self._picture, *self.stroke(numbers))
            tally.waits.append(time.perf_counter() - start)
            if "this kernel" in engine.note:
                tally.notes.append(engine.note)

    def stroke(self, numbers: np.random.Generator) -> tuple[LabelMap, Box]:
        """The label map with a square of one element painted, and where."""
        top, left = (int(number) for number in numbers.integers(0, SIDE - STROKE, 2))
        box = Box(top, left, top + STROKE, left + STROKE)
        labels = self.label_map.labels.copy()
        labels[box.slices] = numbers.integers(len(self.label_map.elements))
        return self.label_map.with_labels(labels), box


def replica_processes(service: Service) -> list[int]:
    """Process numbers of the replicas that draw."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except (OSError, ValueError):
            continue
        is_replica = command.startswith(b"ray::ServeReplica") and b"front" not in command
        if entry.name.isdigit() and is_replica and service.token.encode() in environment:
            found.append(int(entry.name))
    return found


def throughput(crowd: Crowd, service: Service, options: argparse.Namespace) -> dict[str, object]:
    """Pictures a second of each crowd, against one painter at a time in the same round."""
    engines = crowd.engines(max(CROWDS), service.url, PATIENT)
    ratios: dict[int, list[float]] = {count: [] for count in CROWDS}
    tallies: dict[int, Tally] = {count: Tally() for count in CROWDS}
    alone_rates = []
    for _ in range(options.rounds):
        alone = crowd.paint(engines[:1], options.seconds)
        alone_rates.append(alone.rate)
        for count in CROWDS:
            tally = crowd.paint(engines[:count], options.seconds)
            ratios[count].append(tally.rate / alone.rate)
            tallies[count].waits += tally.waits
            tallies[count].notes += tally.notes
            tallies[count].seconds += tally.seconds
    return {
        "one_at_a_time_per_s": statistics.median(alone_rates),
        "crowds": {
            count: {
                "ratio": statistics.median(ratios[count]),
                "ratios": ratios[count],
                "per_s": tallies[count].rate,
                **tallies[count].figures(),
            }
            for count in CROWDS
        },
    }


def parts(crowd: Crowd, service: Service, options: argparse.Namespace) -> dict[str, object]:
    """What one picture costs: the drawing alone, in processor time, and a call that draws nothing."""
    network, card = load_weights(crowd.weights)
    unet = network.decoder.unet
    info = ModelInfo(
        name=card.name,
        weights=card.weights_sha256,
        elements=len(card.elements),
        stride=unet.stride,
        reach=unet.reach(),
        largest_side=1024,
    )
    decoder = CutoutDecoder(network.requires_grad_(False).decoder, network.encoder.quantizer)
    numbers = np.random.default_rng(2)
    times, sent, received = [], [], []
    for _ in range(30):
        label_map, box = crowd.stroke(numbers)
        request = request_for(label_map.labels, box, info)
        corner = request.cutout.top, request.cutout.left
        start = time.process_time()
        [pixels] = decoder.decode([Cutout(request.labels, corner, request.box)])
        times.append(time.process_time() - start)
        sent.append(len(request.to_bytes()))
        received.append(len(BoxReply(request.box, pixels).to_bytes()))
    connections = Connections(service.url, 10**7)
    path = f"/v1/models/{card.weights_sha256}"
    until = time.perf_counter() + options.seconds
    calls: list[int] = []

    def call() -> None:
        while time.perf_counter() < until:
            answer = connections.ask("GET", path, token=service.token, within=PATIENT)
            calls.append(answer.status)

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "drawing_processor_s": statistics.median(times),
        "bytes_sent": statistics.median(sent),
        "bytes_received": statistics.median(received),
        "calls_that_draw_nothing_per_s": len(calls) / options.seconds,
        "of_them_answered": sum(status == 200 for status in calls),
    }


def outages(crowd: Crowd, service: Service, options: argparse.Namespace) -> dict[str, object]:
    """What four painters get while things break."""
    results: dict[str, object] = {"limit_s": LIMIT}
    engines = crowd.engines(4, service.url, LIMIT)
    for engine in engines:
        engine.local.synthesize(crowd.label_map)  # loaded, as after segmenting
    results["undisturbed"] = crowd.paint(engines, 2 * options.seconds).figures()

    def kill_replica() -> None:
        os.kill(replica_processes(service)[0], signal.SIGKILL)

    results["killed_replica"] = crowd.paint(engines, 4 * options.seconds, kill_replica).figures()
    with tcp_proxy(service.port) as proxy:
        slow = {}
        for delay in DELAYS:
            proxy.delay = 0.0
            others = crowd.engines(2, proxy.url, LIMIT)
            for engine in others:
                engine.local.synthesize(crowd.label_map)
            proxy.delay = delay
            slow[f"{1000 * delay:g} ms"] = crowd.paint(others, 2 * options.seconds + 2 * LIMIT).figures()
        results["slow_network"] = slow

    results["killed_head"] = crowd.paint(engines, 3 * options.seconds, service.kill).figures()
    start = time.perf_counter()
    service.start()
    results["started_again_s"] = time.perf_counter() - start
    start = time.perf_counter()
    while time.perf_counter() - start < 120:
        again = crowd.paint(engines[:1], 0.3)
        if not again.notes:
            break
    results["used_again_after_s"] = time.perf_counter() - start
    return results


def measure(options: argparse.Namespace) -> dict[str, object]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = folder / "random.safetensors"
        save_weights(weights, *network_and_card("random"))
        local = load_engine(str(weights), device="cpu")
        label_map = random_label_map(local, (SIDE, SIDE))
        picture = local.synthesize(label_map)
        model = {
            "weights": str(weights),
            "batch": options.batch,
            "deployment": {
                "num_replicas": options.replicas,
                "max_ongoing_requests": 64,
                "ray_actor_options": {"num_cpus": 0.9},
            },
        }
        settings = {
            "models": [model],
            "front": {"max_ongoing_requests": 256, "ray_actor_options": {"num_cpus": 0.1}},
            "requests_per_second": 10**6,
            "burst": 10**6,
        }
        service = Service(folder, settings)
        service.start()
        try:
            crowd = Crowd(weights, service.token, label_map, picture)
            remote = RemoteEngine(weights, service.url, service.token, PATIENT)
            edited, box = crowd.stroke(np.random.default_rng(1))
            drawn = remote.resynthesize(picture, edited, box)
            difference = np.abs(drawn.pixels - local.synthesize(edited).pixels).max()
            figures: dict[str, object] = {
                "difference_from_local": float(difference),
                "replicas": options.replicas,
                "batch": options.batch,
                "load": os.getloadavg(),
            }
            if not options.only_outages:
                figures["parts"] = parts(crowd, service, options)
                figures["throughput"] = throughput(crowd, service, options)
            if not options.only_throughput:
                figures["outages"] = outages(crowd, service, options)
            return figures
        finally:
            service.stop()


def main() -> None:
    """Measure and print, as words or as one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6, help="of each crowd in each round")
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--only-throughput", action="store_true")
    parser.add_argument("--only-outages", action="store_true")
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    options = parser.parse_args()
    torch.set_num_threads(1)
    figures = measure(options)
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
