"""The API gate, on small jars: what a patch, a minor and a major step may change."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from releasing import api_gate, house
from releasing.fresh import FreshRepository
from releasing.refusal import Refusal
from releasing.versions import Step, Version

PIN = "package dev.dowel.ratelimit; public class Pin { public int length() { return 40; } %s }"
WIDTH = "public int width() { return 8; }"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>dev.dowel</groupId><artifactId>dowel-rate-limit</artifactId><version>{version}</version>
<dependencies><dependency><groupId>org.jspecify</groupId><artifactId>jspecify</artifactId><version>{jspecify}</version>
</dependency></dependencies></project>
"""


class ApiGateTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dowel-gate-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)

    def publish(self, repository: str, version: str, jspecify: str = "1.0.1", **sources: str) -> None:
        folder = house.folder(self.folder / repository, "rate-limit", version)
        classes = folder / "classes"
        classes.mkdir(parents=True)
        files = []
        for name, source in (sources or {"Pin": PIN % ""}).items():
            files.append(folder / f"{name}.java")
            files[-1].write_text(source)
        subprocess.run(["javac", "-d", str(classes), *map(str, files)], check=True)
        jar = folder / f"dowel-rate-limit-{version}.jar"
        subprocess.run(["jar", "--create", "--file", str(jar), "-C", str(classes), "."], check=True)
        jar.with_suffix(".pom").write_text(POM.format(version=version, jspecify=jspecify))

    def check(self, old: str, new: str) -> Step:
        stage = self.folder / "stage"
        fresh = FreshRepository(self.folder / "fresh", stage.as_uri(), (self.folder / "published").as_uri())
        versions = Version.parse(old), Version.parse(new)
        return api_gate.check("rate-limit", *versions, stage, fresh, self.folder / "work")

    def refused(self, old: str, new: str, reason: str) -> None:
        with self.assertRaisesRegex(Refusal, reason):
            self.check(old, new)

    def test_a_patch_may_change_what_nobody_sees(self):
        self.publish("published", "1.0.0")
        internal = "package dev.dowel.ratelimit.internal; public class Spare {}"
        self.publish("stage", "1.0.1", Pin=PIN % "private int spare() { return 1; }", Spare=internal)
        self.assertEqual(self.check("1.0.0", "1.0.1"), Step.PATCH)

    def test_a_patch_may_not_break(self):
        self.publish("published", "1.0.0", Pin=PIN % WIDTH)
        self.publish("stage", "1.0.1")
        self.refused("1.0.0", "1.0.1", "dev.dowel.ratelimit.Pin is incompatible .*: that needs a major step")

    def test_a_minor_may_not_break(self):
        self.publish("published", "1.0.0", Pin=PIN % WIDTH)
        self.publish("stage", "1.1.0")
        self.refused("1.0.0", "1.1.0", "a minor step from 1.0.0, but .* is incompatible")

    def test_a_minor_before_1_0_0_may_break(self):
        self.publish("published", "0.1.0", Pin=PIN % WIDTH)
        self.publish("stage", "0.2.0")
        self.assertEqual(self.check("0.1.0", "0.2.0"), Step.MINOR)

    def test_a_patch_before_1_0_0_may_not_break_and_is_told_that_a_minor_may(self):
        self.publish("published", "0.1.0", Pin=PIN % WIDTH)
        self.publish("stage", "0.1.1")
        self.refused("0.1.0", "0.1.1", "is incompatible .*: that needs a minor step")

    def test_a_patch_may_not_have_a_new_method(self):
        self.publish("published", "0.1.0")
        self.publish("stage", "0.1.1", Pin=PIN % WIDTH)
        self.refused("0.1.0", "0.1.1", "Pin is or has something new: that needs a minor step")

    def test_a_patch_may_not_have_a_new_method_for_subclasses(self):
        self.publish("published", "1.0.0")
        self.publish("stage", "1.0.1", Pin=PIN % WIDTH.replace("public", "protected"))
        self.refused("1.0.0", "1.0.1", "Pin is or has something new: that needs a minor step")

    def test_a_patch_may_not_have_a_new_class(self):
        self.publish("published", "1.0.0")
        self.publish("stage", "1.0.1", Pin=PIN % "", Peg="package dev.dowel.ratelimit; public interface Peg {}")
        self.refused("1.0.0", "1.0.1", "Peg is or has something new: that needs a minor step")

    def test_a_patch_may_not_raise_a_dependency(self):
        self.publish("published", "1.0.0", jspecify="1.0.0")
        self.publish("stage", "1.0.1", jspecify="1.0.1")
        self.refused("1.0.0", "1.0.1", "org.jspecify:jspecify:compile changed from 1.0.0 to 1.0.1: that needs a minor")

    def change_staged_pom(self, pattern: str, by: str) -> None:
        pom = next(self.folder.glob("stage/**/*.pom"))
        pom.write_text(re.sub(pattern, by, pom.read_text(), flags=re.DOTALL))

    def test_a_patch_may_not_drop_a_dependency(self):
        self.publish("published", "1.0.0")
        self.publish("stage", "1.0.1")
        self.change_staged_pom("<dependencies>.*</dependencies>", "")
        self.refused("1.0.0", "1.0.1", "org.jspecify:jspecify:compile changed from 1.0.1 to none: that needs a minor")

    def test_a_patch_may_not_make_a_dependency_optional(self):
        self.publish("published", "1.0.0")
        self.publish("stage", "1.0.1")
        self.change_staged_pom("</dependency>", "<optional>true</optional></dependency>")
        self.refused("1.0.0", "1.0.1", r"changed from 1.0.1 to 1.0.1 \(optional\)")

    def test_a_baseline_that_does_not_resolve_is_refused(self):
        self.publish("stage", "1.0.1")
        self.refused("1.0.0", "1.0.1", "comparing rate-limit 1.0.1 with 1.0.0 failed")
