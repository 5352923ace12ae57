"""Stands in for idc-index: the same calls, an index of seven columns, files copied instead of downloaded."""

import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pandas


@dataclass
class Bucket:
    """Where the files are; what is in `broken` arrives only up to so many files, and is cut short."""

    folder: Path
    broken: dict[str, int] = field(default_factory=dict)
    cut_short: bool = False
    transfers: list[str] = field(default_factory=list)


class StandInClient:
    """As `idc_index.IDCClient`, as far as u3edu uses it."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        rows = []
        for folder in sorted(bucket.folder.iterdir()):
            files = sorted(folder.iterdir())
            number = folder.name[-1]
            rows.append(
                {
                    "collection_id": "test_lungs",
                    "PatientID": f"TEST-{number}",
                    "SeriesInstanceUID": folder.name,
                    "Modality": "SEG" if number == "9" else "CT",
                    "SeriesDescription": None if number == "2" else "Thin lung",
                    "license_short_name": "CC BY 4.0",
                    "source_DOI": "10.1000/lungs",
                    "instanceCount": len(files),
                    "series_size_MB": sum(path.stat().st_size for path in files) / 1e6,
                }
            )
        self.index = pandas.DataFrame(rows)

    @staticmethod
    def get_idc_version() -> str:
        return "v0"

    def citations_from_selection(self, seriesInstanceUID: list[str]) -> list[str]:  # noqa: N803
        assert seriesInstanceUID
        return ["Doe J (2020).\n  Lungs.   doi 10.1000/lungs"]

    def download_dicom_series(
        self,
        seriesInstanceUID: str,  # noqa: N803
        downloadDir: str,  # noqa: N803
        quiet: bool,
        show_progress_bar: bool,
        use_s5cmd_sync: bool,
        dirTemplate: None,  # noqa: N803
    ) -> None:
        """Copy what isn't there; as the real one, log errors and return."""
        assert use_s5cmd_sync
        most = self.bucket.broken.get(seriesInstanceUID, 99)
        for number, path in enumerate(sorted((self.bucket.folder / seriesInstanceUID).iterdir())):
            if number >= most:
                logging.getLogger("idc_index.index").error("Download process failed:\nERROR connection reset")
                return
            target = Path(downloadDir, path.name)
            if not target.exists():
                self.bucket.transfers.append(f"{seriesInstanceUID}/{path.name}")
                shutil.copyfile(path, target)
                if self.bucket.cut_short:
                    target.write_bytes(path.read_bytes()[:-20])
