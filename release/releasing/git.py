"""Git, as far as a release needs it."""
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from .refusal import Refusal


class Git:
    def __init__(self, folder: Path):
        self.folder = folder

    def run(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(self.folder), *arguments], text=True, capture_output=True)
        if done.returncode != 0:
            raise Refusal(f"git {' '.join(arguments[:2])} failed", done.stderr.strip())
        return done.stdout.strip()

    def find(self, *arguments: str) -> str:
        """Returns what git printed, or nothing if it failed."""
        try:
            return self.run(*arguments)
        except Refusal:
            return ""

    def head(self) -> str:
        return self.run("rev-parse", "HEAD")

    def committed_at(self) -> str:
        """Returns the time of the last commit as Maven wants it."""
        at = datetime.fromtimestamp(int(self.run("log", "-1", "--format=%ct")), timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def changed_files(self) -> list:
        return sorted(line.split(maxsplit=1)[1] for line in self.run("status", "--porcelain").splitlines())

    def tags(self) -> set:
        return set(self.run("tag").split())

    def remote_references(self, remote: str) -> dict:
        """Returns what the remote's branches and tags point to."""
        lines = self.run("ls-remote", "--heads", "--tags", "--refs", remote).splitlines()
        return {name: commit for commit, name in (line.split("\t") for line in lines)}

    def clone_to(self, folder: Path) -> "Git":
        """Makes a clone that pushes where this one would, with the same author and signing key."""
        self.run("clone", "--quiet", "--shared", "--no-checkout", ".", str(folder))
        clone = Git(folder)
        for line in self.find("config", "--get-regexp", r"^(user|gpg|commit|tag)\.").splitlines():
            name, _, value = line.partition(" ")
            clone.run("config", name, value)
        clone.run("checkout", "--quiet", "--detach", self.head())
        return clone
