"""The benchmarks: `python tests/benchmarks/run.py` prints one table. Nothing is asserted; read it."""

import argparse
import importlib
import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {
    "kernel": "kernel_frames",
    "browser": "browser_latency",
    "data": "data_loading",
    "sweep": "angle_sweep",
    "notebooks": "notebook_seconds",
}
PACKAGES = (
    "numpy", "matplotlib", "pillow", "scikit-learn", "tensorflow", "keras", "ipywidgets", "anywidget", "jupyterlab",
)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="measure one group instead of all")
    only = parser.parse_args().only
    sys.path[1:1] = [str(ROOT), str(ROOT / "tests" / "browser")]
    print(_machine(), "", "| name | median | p95 | unit |", "|---|---:|---:|---|", sep="\n")
    for group in [only] if only else GROUPS:
        for row in importlib.import_module(GROUPS[group]).rows():
            p95 = "" if row.p95 is None else f"{row.p95:.1f}"
            print(f"| {row.name} | {row.median:.1f} | {p95} | {row.unit} |", flush=True)


def _machine():
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES if _installed(name))
    return (
        f"{_processor()}, {os.cpu_count()} CPUs, {platform.system()}; load average at the start {busy}\n"
        f"Python {platform.python_version()}, {versions}{_chromium_version()}"
    )


def _installed(name):
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _chromium_version():
    path = shutil.which("chromium")
    return ", " + subprocess.run([path, "--version"], capture_output=True, text=True).stdout.strip() if path else ""


if __name__ == "__main__":
    main()
