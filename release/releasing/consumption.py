"""Step 8: the consumers, which import only the BOM, build and run with what is staged."""
import os
import subprocess
from pathlib import Path
from typing import Optional

from .refusal import Refusal
from .versions import Version


def consume(tree: Path, stage: Path, bom_version: Version, repository: Optional[str]) -> None:
    environment = {**os.environ, "DOWEL_REPOSITORY": repository or ""}
    done = subprocess.run(
        [str(tree / "consumers" / "run"), str(stage), str(bom_version)], env=environment, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise Refusal("a consumer does not work with what is staged")
