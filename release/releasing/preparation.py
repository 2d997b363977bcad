"""Step 2: sets the versions and moves the entries of CHANGELOG.md, and nothing else."""
import re
from datetime import datetime, timezone
from pathlib import Path

from . import house, poms
from .changelog import Changelog
from .git import Git
from .refusal import Refusal
from .request import Request
from .versions import Step

# Ends what the front page says for as long as not every module has been released.
UNTIL_RELEASED = "<!-- until the first release -->"


def prepare(request: Request, git: Git) -> None:
    tree = git.folder
    poms.set_timestamp(tree, git.committed_at())
    poms.set_version(tree, request.module, str(request.version))
    poms.set_version(tree, house.BOM, str(request.bom_version))
    poms.set_entry(tree, request.module, request.version)
    changelog = tree / "CHANGELOG.md"
    today = datetime.now(timezone.utc).date().isoformat()
    released = Changelog(changelog.read_text()).release(request.module, request.version, request.bom_version, today)
    changelog.write_text(released)
    _write_readme(request, tree / "README.md")
    if set(house.modules(tree)) <= Changelog(released).all_released():
        _drop_lines(tree / "README.md", UNTIL_RELEASED)
    _check_only(request, git)


def prepare_next(request: Request, git: Git) -> None:
    """Step 10: the module and the BOM stand at the next patch, as a snapshot."""
    poms.set_version(git.folder, request.module, f"{request.version.after(Step.PATCH)}-SNAPSHOT")
    poms.set_version(git.folder, house.BOM, f"{request.bom_version.after(Step.PATCH)}-SNAPSHOT")
    _check_only(request, git)


def _drop_lines(page: Path, mark: str) -> None:
    """Takes the lines that end with the mark out of a page, each with the blank line behind it."""
    page.write_text(re.sub(rf"^.*{re.escape(mark)}\n\n?", "", page.read_text(), flags=re.MULTILINE))


def _write_readme(request: Request, readme: Path) -> None:
    """Sets the versions that the front page shows: the BOM's in the snippet, the module's in the table."""
    text, snippets = re.subn(
        r"(<artifactId>dowel-bom</artifactId>\s*<version>)[^<]+",
        lambda found: found[1] + str(request.bom_version),
        readme.read_text(),
    )
    text, rows = re.subn(
        rf"(\| `{house.artifact(request.module)}` \| )[0-9.]+( \|)",
        lambda found: found[1] + str(request.version) + found[2],
        text,
    )
    if (snippets, rows) != (1, 1):
        raise Refusal(f"README.md should name the BOM's version once and that of {request.module} once")
    readme.write_text(text)


def _check_only(request: Request, git: Git) -> None:
    expected = {f"{request.module}/pom.xml", "bom/pom.xml", "pom.xml", "CHANGELOG.md", "README.md"}
    others = set(git.changed_files()) - expected
    if others:
        raise Refusal(f"setting the versions changed other files too: {', '.join(sorted(others))}")
