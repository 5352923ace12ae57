"""Fetching a collection: chosen, transferred, checked, kept with its licence, and gone on with."""

import json
import shutil
from pathlib import Path

import pytest

from tests.data.stand_in import Bucket, StandInClient
from u3edu.data import fetch as fetch_module
from u3edu.data import transfer as transfer_module
from u3edu.data.catalogue import CollectionError, IdcCatalogue, PublicSeries, open_catalogue
from u3edu.data.fetch import Fetched, choose, fetch
from u3edu.data.store import Store, safe
from u3edu.data.transfer import FolderTransfer, IdcTransfer
from u3edu.imaging.series import read_series


@pytest.fixture
def series(client: StandInClient) -> list[PublicSeries]:
    return IdcCatalogue(client).series("test_lungs")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", "test_lungs")


class Reachable(IdcTransfer):
    """The network's stand-in needs no network."""

    def check(self) -> None:
        pass


def fetched(series: list[PublicSeries], store: Store, client: StandInClient) -> Fetched:
    return fetch(series, store, IdcCatalogue(client), Reachable(client))


def test_the_index_gives_ct_and_mr_with_licence_and_size(client: StandInClient) -> None:
    first, second = IdcCatalogue(client).series("Test-Lungs")
    assert (first.patient, first.modality, first.pictures) == ("TEST-1", "CT", 3)
    assert (first.description, second.description) == ("Thin lung", "")
    assert (first.licence, first.doi) == ("CC BY 4.0", "10.1000/lungs")
    assert first.size == sum(path.stat().st_size for path in (client.bucket.folder / "1.2.3.1").iterdir())


def test_an_unknown_collection_names_those_like_it(client: StandInClient) -> None:
    with pytest.raises(CollectionError, match=r"no collection 'lungs'.*test_lungs"):
        IdcCatalogue(client).series("lungs")


def test_choosing_by_patient_series_and_text(series: list[PublicSeries]) -> None:
    assert [one.patient for one in choose(series, patients=["TEST-2"])] == ["TEST-2"]
    assert [one.series_uid for one in choose(series, uids=["1.2.3.1"])] == ["1.2.3.1"]
    assert [one.patient for one in choose(series, text="THIN")] == ["TEST-1"]
    for asked in ({"patients": ["TEST-7"]}, {"uids": ["9"]}, {"text": "brain"}):
        with pytest.raises(CollectionError, match=r"no (patient|series|CT)"):
            choose(series, **asked)


def test_what_is_fetched_opens_and_has_licence_and_checksums_beside_it(
    series: list[PublicSeries], store: Store, client: StandInClient
) -> None:
    done = fetched(series, store, client)
    assert done.arrived == tuple(series)
    assert done.problems == ()
    assert len(read_series(store.pictures(series[0]))) == 3
    text = store.attribution.read_text()
    assert "test_lungs: CC BY 4.0 (doi 10.1000/lungs)" in text
    assert "Cite: Doe J (2020). Lungs. doi 10.1000/lungs" in text
    manifest = json.loads(store.manifest(series[0]).read_text())
    assert manifest["licence"] == "CC BY 4.0"
    assert manifest["index"] == "IDC v0"
    assert len(manifest["sha256"]) == 3


def test_nothing_is_fetched_twice(series: list[PublicSeries], store: Store, client: StandInClient) -> None:
    fetched(series, store, client)
    client.bucket.transfers.clear()
    again = fetched(series, store, client)
    assert (again.arrived, again.present) == ((), tuple(series))
    assert client.bucket.transfers == []
    assert store.attribution.read_text().count("Cite:") == 1


def test_a_broken_transfer_goes_on_where_it_stopped(
    series: list[PublicSeries], store: Store, client: StandInClient
) -> None:
    client.bucket.broken = {"1.2.3.1": 2}
    done = fetched(series, store, client)
    assert [one.series_uid for one in done.arrived] == ["1.2.3.2"]
    assert "1.2.3.1: Download process failed: ERROR connection reset; run again" in done.problems[0]
    assert not store.pictures(series[0]).exists()
    client.bucket.broken, client.bucket.transfers = {}, []
    assert [one.series_uid for one in fetched(series, store, client).arrived] == ["1.2.3.1"]
    assert client.bucket.transfers == ["1.2.3.1/2.dcm"]  # the two that had come were kept


def test_pictures_that_are_cut_short_are_not_kept(
    series: list[PublicSeries], store: Store, client: StandInClient
) -> None:
    client.bucket.cut_short = True
    done = fetched(series[:1], store, client)
    assert done.arrived == ()
    assert "bytes have arrived; run again" in done.problems[0]
    client.bucket.cut_short = False
    assert fetched(series[:1], store, client).arrived == tuple(series[:1])


@pytest.mark.parametrize("damage", ["changed", "missing", "extra", "no manifest", "manifest damaged"])
def test_what_was_damaged_since_is_fetched_again(
    series: list[PublicSeries], store: Store, client: StandInClient, damage: str
) -> None:
    fetched(series[:1], store, client)
    picture = sorted(store.pictures(series[0]).iterdir())[0]
    if damage == "changed":
        picture.write_bytes(picture.read_bytes()[:-1] + b"x")
    elif damage == "missing":
        picture.unlink()
    elif damage == "extra":
        picture.with_name("extra.dcm").write_bytes(b"x")
    elif damage == "no manifest":
        store.manifest(series[0]).unlink()
    else:
        store.manifest(series[0]).write_text("[]")
    assert fetched(series[:1], store, client).arrived == tuple(series[:1])
    assert store.is_complete(series[0])


def test_progress_counts_bytes_up_to_all(
    series: list[PublicSeries], store: Store, client: StandInClient
) -> None:
    told: list[tuple[int, int]] = []
    fetch(
        series, store, IdcCatalogue(client), Reachable(client), lambda here, total: told.append((here, total))
    )
    total = sum(one.size for one in series)
    assert told[-1] == (total, total)
    assert [here for here, _ in told] == sorted(here for here, _ in told)


def test_without_network_the_message_says_what_to_do(
    series: list[PublicSeries], store: Store, client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in transfer_module.PROXIES:
        monkeypatch.delenv(name, raising=False)

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(transfer_module.socket, "create_connection", unreachable)
    with pytest.raises(CollectionError, match=r"no network.*--from FOLDER"):
        fetch(series, store, IdcCatalogue(client), IdcTransfer(client))
    assert client.bucket.transfers == []


def test_a_folder_of_downloaded_files_serves_without_network(
    series: list[PublicSeries], store: Store, client: StandInClient, bucket: Bucket
) -> None:
    (bucket.folder / "readme.txt").write_text("not a picture")
    done = fetch(series, store, IdcCatalogue(client), FolderTransfer(bucket.folder))
    assert done.arrived == tuple(series)
    assert done.problems == ()
    assert len(read_series(store.pictures(series[1]))) == 3
    assert json.loads(store.manifest(series[0]).read_text())["origin"] == "a local folder"
    assert len(list(bucket.folder.rglob("*.dcm"))) == 7  # the folder stays as it was


def test_a_folder_with_a_part_of_a_series_says_so(
    series: list[PublicSeries], store: Store, client: StandInClient, bucket: Bucket
) -> None:
    (bucket.folder / "1.2.3.1" / "2.dcm").unlink()
    shutil.rmtree(bucket.folder / "1.2.3.2")
    done = fetch(series, store, IdcCatalogue(client), FolderTransfer(bucket.folder))
    assert [one.series_uid for one in done.arrived] == ["1.2.3.1"]
    assert "2 of 3 pictures are in the folder" in done.problems[0]
    assert "1.2.3.2: not in" in done.problems[1]


def test_a_folder_without_dicom_or_none_at_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder, words in (("empty", "no DICOM files"), ("nothing", "no such folder")):
        with pytest.raises(CollectionError, match=words):
            FolderTransfer(tmp_path / folder).check()


def test_a_full_disk_is_said_before_anything_is_fetched(
    series: list[PublicSeries], store: Store, client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil._ntuple_diskusage(100, 90, 10)
    monkeypatch.setattr(fetch_module.shutil, "disk_usage", lambda _: full)
    with pytest.raises(CollectionError, match="are needed"):
        fetched(series, store, client)


def test_citations_fall_back_to_the_doi_without_network(
    series: list[PublicSeries], client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: object) -> None:
        raise OSError

    monkeypatch.setattr(client, "citations_from_selection", unreachable)
    assert IdcCatalogue(client).citations(series) == ["https://doi.org/10.1000/lungs"]


@pytest.mark.parametrize("name", ["../../etc", "/etc/passwd", "..", "a/b", ".hidden"])
def test_names_from_an_index_lead_to_no_other_folder(name: str, tmp_path: Path) -> None:
    assert (tmp_path / safe(name)).resolve().parent == tmp_path.resolve()
    assert not safe(name).startswith(".")


def test_without_idc_index_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "idc_index", None)
    with pytest.raises(CollectionError, match=r"u3edu\[collections\]"):
        open_catalogue()


def test_the_stand_in_has_the_columns_and_calls_of_the_real_index(client: StandInClient) -> None:
    """Read from the package's schema and code alone: its index itself takes seconds and gigabytes."""
    import inspect

    import idc_index_data
    from idc_index import IDCClient

    schema = Path(idc_index_data.__file__).with_name("idc_index_schema.json").read_text()
    assert all(f'"{column}"' in schema for column in client.index.columns)
    for call in ("download_dicom_series", "citations_from_selection"):
        real = inspect.signature(getattr(IDCClient, call)).parameters
        assert set(inspect.signature(getattr(StandInClient, call)).parameters) <= set(real)
