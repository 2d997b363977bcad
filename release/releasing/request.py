"""What is to be released, as the command line says it."""
import argparse
import os
from dataclasses import dataclass, field
from typing import Optional

from .versions import Version

KEYS = ("MAVEN_GPG_KEY", "MAVEN_GPG_PASSPHRASE")


@dataclass(frozen=True)
class Request:
    module: str
    version: Version
    bom_version: Version
    dry_run: bool = False
    verified: Optional[str] = None
    repository: Optional[str] = None
    signed: bool = True
    remote: str = "origin"
    stage: Optional[str] = None
    # Only who signs gets them, and nothing prints them.
    keys: dict = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.module} {self.version}, bom {self.bom_version}"


def parse(arguments: list) -> Request:
    parser = argparse.ArgumentParser(prog="release.sh", description="Releases one module and the BOM.")
    parser.add_argument("module")
    parser.add_argument("version", help="MAJOR.MINOR.PATCH")
    parser.add_argument("bom_version", help="MAJOR.MINOR.PATCH")
    parser.add_argument("--dry-run", action="store_true", help="ends before anything outside a temporary folder changes")
    parser.add_argument("--verified", metavar="COMMIT", help="./verify has passed on this commit: it is not run again")
    parser.add_argument("--repository", metavar="URL", help="your own Maven repository, in the place of Maven Central")
    parser.add_argument("--unsigned", action="store_true", help="signs neither files nor tags; only with --repository")
    parser.add_argument("--remote", default="origin", help="the git remote to release to (origin)")
    parser.add_argument("--stage", metavar="FOLDER", help="an empty folder for what would be published, to be kept")
    given = parser.parse_args(arguments)
    if given.unsigned and not given.repository:
        parser.error("--unsigned needs --repository: Maven Central takes signed files only")
    return Request(
        module=given.module,
        version=Version.parse(given.version),
        bom_version=Version.parse(given.bom_version),
        dry_run=given.dry_run,
        verified=given.verified,
        repository=given.repository,
        signed=not given.unsigned,
        remote=given.remote,
        stage=given.stage,
        keys={name: os.environ.pop(name) for name in KEYS if name in os.environ},
    )
