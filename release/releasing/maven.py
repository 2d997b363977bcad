"""Runs Maven, and fails with what it said went wrong."""
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Optional

from .refusal import Refusal


def run(folder: Path, *arguments: str, doing: str, variables: Optional[dict] = None) -> None:
    """Runs Maven in a folder, with further variables; a failure is refused as what it was doing, with the errors that Maven printed."""
    with tempfile.TemporaryFile(mode="w+") as printed:
        done = subprocess.run(
            ["mvn", "-B", "-ntp", "-Dstyle.color=never", *arguments],
            cwd=folder, stdout=printed, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env={**os.environ, **(variables or {})},
        )
        if done.returncode != 0:
            printed.seek(0)
            raise Refusal(f"{doing} failed", _errors(_COLOUR.sub("", printed.read()).splitlines()))


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What Maven always says at the end.
_HINTS = ("To see the full stack", "Re-run Maven", "For more information", "After correcting", "  mvn <args>", "[Help")


def _errors(lines: list) -> str:
    errors = [line[8:].removesuffix(" -> [Help 1]") for line in lines if line.startswith("[ERROR] ")]
    errors = [line for line in errors if line.strip() and not line.startswith(_HINTS)]
    return "\n".join((errors or lines)[:12])
