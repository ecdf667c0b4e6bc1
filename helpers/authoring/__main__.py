"""Tools for those who write the notebooks."""

import argparse
import sys
import time
from pathlib import Path

from helpers.authoring.lint import lint
from helpers.authoring.publish import NoRepository, publish, repository_of_remote
from helpers.authoring.record import RECORDINGS, UnknownRecording, known, record
from helpers.authoring.refresh import NotANotebook, RefreshError, read, refresh, write
from helpers.authoring.site import NoHeader, export
from helpers.authoring.slide_marks import mark
from helpers.authoring.slides import export_slides
from helpers.authoring.template import ROOT


def refresh_notebooks(arguments: argparse.Namespace) -> int:
    """run notebooks and store their outputs"""
    for path in arguments.notebooks:
        read(path)  # a mistyped last argument is told at once, not after the others have run
    for path in arguments.notebooks:
        start = time.perf_counter()
        refresh(path)
        print(f"{path.name}: refreshed in {time.perf_counter() - start:.0f} s", flush=True)
    return 0


def lint_notebooks(arguments: argparse.Namespace) -> int:
    """check notebooks against the course's rules"""
    notebooks = [(path, read(path)) for path in arguments.notebooks]
    findings = [finding for path, nb in notebooks for finding in lint(nb, path)]
    for finding in findings:
        print(finding)
    print(f"{len(notebooks)} notebooks, {len(findings)} findings")
    return 1 if findings else 0


def record_runs(arguments: argparse.Namespace) -> int:
    """make the recorded training runs again (minutes each)"""
    for name in arguments.names:
        known(name)  # a mistyped last argument is told at once, not after the others have run
    for name in arguments.names:
        print(record(name), flush=True)
    return 0


def publish_course(arguments: argparse.Namespace) -> int:
    """set the address from which Colab fetches the course, in every notebook"""
    repository = arguments.repository or repository_of_remote()
    for path in publish(repository):
        print(path.relative_to(ROOT))
    print(f"the course's address is github.com/{repository}; commit and push what changed")
    return 0


def export_site(arguments: argparse.Namespace) -> int:
    """write the lessons as web pages, to be read without Jupyter or network"""
    print(f"{len(export(arguments.folder))} pages; the first is {arguments.folder / 'index.html'}")
    return 0


def export_lectures(arguments: argparse.Namespace) -> int:
    """write a lecture for each lesson: slides that open without Jupyter or network"""
    for path in export_slides(arguments.folder):
        print(path)
    return 0


def mark_slides(arguments: argparse.Namespace) -> int:
    """write into notebooks, without running them, which cell begins a slide"""
    for path in arguments.notebooks:
        nb = read(path)
        mark(nb)
        write(nb, path)
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a notebook is at fault, 2 an argument is."""
    parser = argparse.ArgumentParser(prog="python -m helpers.authoring", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    recorder = commands.add_parser("record", help=record_runs.__doc__, description=record_runs.__doc__)
    recorder.add_argument("names", nargs="*", metavar="NAME", default=sorted(RECORDINGS), help="default: all of them")
    recorder.set_defaults(run=record_runs)
    publisher = commands.add_parser("publish", help=publish_course.__doc__, description=publish_course.__doc__)
    publisher.add_argument("repository", nargs="?", metavar="OWNER/REPO", help="default: git's remote 'origin'")
    publisher.set_defaults(run=publish_course)
    for name, run in {"site": export_site, "slides": export_lectures}.items():
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.add_argument("folder", nargs="?", type=Path, default=ROOT / name, help=f"default: {name}")
        command.set_defaults(run=run)
    for name, run in {"refresh": refresh_notebooks, "lint": lint_notebooks, "mark": mark_slides}.items():
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.add_argument(
            "notebooks",
            nargs="*",
            type=Path,
            metavar="NOTEBOOK",
            default=sorted((ROOT / "notebooks").glob("*.ipynb")),
            help="default: every notebook of the course",
        )
        command.set_defaults(run=run)
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments)
    except (NoRepository, NotANotebook, UnknownRecording, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except (RefreshError, NoHeader) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
