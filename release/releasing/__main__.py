"""The release, step by step; release/README.md says what each step does."""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import api_gate, bom_entries, consumption, house, preconditions, preparation, publishing, reproduction
from . import request as requests
from . import stage_check, staging
from .fresh import FreshRepository
from .git import Git
from .refusal import Refusal
from .request import Request

STEPS = 10


class Release:
    """Works in a clone of its own, so that nothing is half done wherever it ends."""

    def __init__(self, request: Request, home: Git, work: Path):
        self._request = request
        self._home = home
        self._work = work
        self._stage = Path(request.stage).resolve() if request.stage else work / "stage"
        self._began = time.monotonic()

    def run(self) -> None:
        request = self._request
        self._say(1, f"may {request} be released?")
        record = preconditions.check(request, self._home)
        self._say(2, "versions and changelog")
        git = self._home.clone_to(self._work / "clone")
        preparation.prepare(request, git)
        self._say(3, "the BOM's entries")
        entries = bom_entries.check(request, git, record)
        self._verify(git)
        versions = {request.module: request.version, house.BOM: request.bom_version}
        self._say(5, "stage: build, and look at the result")
        self._build_stage(git, record, entries, versions)
        self._check_api(git, record)
        self._say(7, "build again, elsewhere, and compare")
        self._reproduce(git, versions)
        self._say(8, "consumers")
        consumption.consume(git.folder, self._stage, request.bom_version, request.repository)
        if request.dry_run:
            print(f"a dry run ends here: {request} could be released ({self._seconds()} s)", flush=True)
            return
        self._publish(git)

    def _verify(self, git: Git) -> None:
        if self._request.verified:
            if self._home.run("rev-parse", f"{self._request.verified}^{{commit}}") != git.head():
                raise Refusal(f"what was verified is {self._request.verified}, which is not what is released")
            self._say(4, "verify: passed before on this commit")
            return
        self._say(4, "verify")
        if subprocess.run([str(git.folder / "verify")], cwd=git.folder, stdin=subprocess.DEVNULL).returncode != 0:
            raise Refusal("./verify fails")

    def _build_stage(self, git: Git, record, entries: dict, versions: dict) -> None:
        if self._stage.exists() and any(self._stage.iterdir()):
            raise Refusal(f"the stage {self._stage} is not empty")
        self._stage.mkdir(parents=True, exist_ok=True)
        staging.build(git.folder, list(versions), self._stage)
        staging.build_unpublished(self._request, git, record, entries, self._stage, self._work)
        stage_check.check(self._stage, versions, git.folder)

    def _check_api(self, git: Git, record) -> None:
        module, last = self._request.module, record.last(self._request.module)
        if last is None:
            self._say(6, f"API gate: there is no release of {module} to compare with")
            return
        self._say(6, f"API gate: against {module} {last}")
        fresh = FreshRepository(self._work / "gate-repository", self._stage.as_uri(), self._request.repository)
        needed = api_gate.check(module, last, self._request.version, self._stage, fresh, self._work / "gate")
        print(f"      what changed needs a {needed} step")

    def _reproduce(self, git: Git, versions: dict) -> None:
        elsewhere = staging.copy(git.folder, self._work / "elsewhere" / "tree")
        again = self._work / "again"
        staging.build(elsewhere, list(versions), again)
        print(f"      {reproduction.compare(self._stage, again, versions)} files are the same")

    def _publish(self, git: Git) -> None:
        request = self._request
        self._say(9, "publish")
        tags = publishing.commit_and_tag(request, git)
        publishing.publish(request, git, self._stage, self._work)
        self._say(10, "the next versions; push commits and tags")
        preparation.prepare_next(request, git)
        publishing.commit(request, git, f"Go on after {request}")
        publishing.push(request, git, self._home, preconditions.MAIN, tags)
        print(f"released: {request} ({self._seconds()} s); pull {preconditions.MAIN} to go on", flush=True)

    def _say(self, step: int, what: str) -> None:
        print(f"[{step}/{STEPS}] {what} ({self._seconds()} s)", flush=True)

    def _seconds(self) -> int:
        return int(time.monotonic() - self._began)


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    try:
        request = requests.parse(sys.argv[1:])
        home = Git(Path(Git(Path.cwd()).run("rev-parse", "--show-toplevel")))
        with tempfile.TemporaryDirectory(prefix="dowel-release-") as work:
            Release(request, home, Path(work).resolve()).run()
        return 0
    except KeyboardInterrupt:
        print("stopped: run it again to go on", file=sys.stderr)
        return 130
    except Refusal as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        if refusal.details:
            print("\n".join("    " + line for line in refusal.details.splitlines()), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
