"""A throwaway house to release from: this one with a class in each module, a remote and a Maven repository of its own."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from releasing import house, poms
from releasing.git import Git
from releasing.preparation import UNTIL_RELEASED

HERE = Path(__file__).resolve().parents[2]
CLASS = """package {package};

/** Joins two pieces of wood. */
public final class Pin {{
    private Pin() {{}}

    /** {{@return the length in millimetres}} */
    public static int length() {{
        return 40;
    }}
}}
"""
PACKAGE = "/** A module for tests of the release. */\n@NullMarked\npackage {package};\n\nimport org.jspecify.annotations.NullMarked;\n"
# A release tells the consumers where the stage is; here they only note it.
CONSUMERS = '#!/bin/sh\necho "$@" >> "$CONSUMED"\n'
# What no release looks at.
_SUPERFLUOUS = shutil.ignore_patterns("target", ".git", "example", "benchmarks", "boot*", "plain")
FRONT_PAGE = """# A house

```xml
<artifactId>dowel-bom</artifactId>
<version>0.1.0</version>
```

{rows}
It is not on Maven Central yet. {mark}

The end.
"""
VERIFY = '#!/bin/sh\nexit "${VERIFY_FAILS:-0}"\n'


class House:
    """A clone with a bare remote, and a folder that is the Maven repository it publishes to."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="dowel-house-")).resolve()
        self.tree = self._folder / "tree"
        shutil.copytree(HERE, self.tree, ignore=_SUPERFLUOUS)
        self.remote = self._folder / "remote.git"
        self.published = self._folder / "published"
        self.consumed = self._folder / "consumed"
        self.git = Git(self.tree)
        self._cut_down()
        self.git.run("init", "--quiet", "--initial-branch=main")
        self.git.run("config", "user.name", "A test")
        self.git.run("config", "user.email", "test@example.com")
        self.commit("A house")
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote)], check=True)
        self.git.run("remote", "add", "origin", str(self.remote))
        self.git.run("push", "--quiet", "origin", "main")

    def _cut_down(self) -> None:
        for module in house.modules(self.tree) + ["test-services"]:
            package = house.module_name(module)
            sources = self.tree / module / "src" / "main"
            shutil.rmtree(sources)
            shutil.rmtree(self.tree / module / "src" / "test", ignore_errors=True)
            folder = sources.joinpath("java", *package.split("."))
            folder.mkdir(parents=True)
            (folder / "Pin.java").write_text(CLASS.format(package=package))
            (folder / "package-info.java").write_text(PACKAGE.format(package=package))
        pom = self.tree / "pom.xml"
        pom.write_text(re.sub(r"\s*<module>(example|benchmarks)</module>", "", pom.read_text()))
        self._as_before_the_first_release()
        for script, text in (("consumers/run", CONSUMERS), ("verify", VERIFY)):
            (self.tree / script).write_text(text)

    def _as_before_the_first_release(self) -> None:
        """Whatever this repository has released meanwhile."""
        modules = house.modules(self.tree)
        for module in [*modules, house.BOM]:
            poms.set_version(self.tree, module, "0.1.0-SNAPSHOT")
        for module in modules:
            poms.set_entry(self.tree, module, "0.1.0")
        changes = "".join(f"### {module}\n\n- Added: something.\n\n" for module in modules)
        (self.tree / "CHANGELOG.md").write_text(f"# Changelog\n\n## Unreleased\n\n{changes}")
        rows = "".join(f"| what | `{house.artifact(module)}` | 0.1.0 | it needs |\n" for module in modules)
        (self.tree / "README.md").write_text(FRONT_PAGE.format(rows=rows, mark=UNTIL_RELEASED))

    def source(self, module: str, name: str = "Pin") -> Path:
        return self.tree.joinpath(module, "src/main/java", *house.module_name(module).split("."), f"{name}.java")

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.tree / path
        text = file.read_text()
        assert old in text, f"{path} does not contain {old}"
        file.write_text(text.replace(old, new, 1))

    def commit(self, message: str, push: bool = False) -> None:
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--allow-empty", "-m", message)
        if push:
            self.git.run("push", "--quiet", "origin", "main")

    def entry(self, module: str) -> None:
        """Adds an entry to the changelog, as whoever changes a module does."""
        text = (self.tree / "CHANGELOG.md").read_text()
        if f"### {module}\n" in text.partition("\n## ")[2].partition("\n## ")[0]:
            return
        self.edit("CHANGELOG.md", "## Unreleased\n", f"## Unreleased\n\n### {module}\n\n- Fixed: something.\n")
        self.commit(f"Change {module}", push=True)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen:
        temporary = self._folder / "temporary"
        temporary.mkdir(exist_ok=True)
        # The cut-down house runs nothing on the other JDK.
        ours = {"OTHER_JDK": "any", "TMPDIR": str(temporary), "CONSUMED": str(self.consumed)}
        environment = {**os.environ, **ours, **variables}
        return subprocess.Popen(
            [str(self.tree / "release" / "release.sh"), *arguments], cwd=self.tree, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )

    def release(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        """Runs release.sh to its end, and returns its exit code and what it printed."""
        process = self.start("--repository", self.published.as_uri(), "--unsigned", *arguments, **variables)
        printed, _ = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, printed)

    def release_killed_at(self, line: str, *arguments: str) -> None:
        """Runs release.sh and kills it and all its children when it prints a line that contains the text."""
        process = self.start("--repository", self.published.as_uri(), "--unsigned", *arguments)
        printed = []
        for printed_line in process.stdout:
            printed.append(printed_line)
            if line in printed_line:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                process.stdout.close()
                return
        raise AssertionError(f"'{line}' was not printed:\n{''.join(printed)}")

    def references(self) -> dict:
        return self.git.remote_references("origin")

    def close(self) -> None:
        shutil.rmtree(self._folder)
