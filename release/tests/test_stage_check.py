"""What must not be published is found in the stage."""
import json
import shutil
import tempfile
import unittest
import zipfile
from pathlib import Path

from releasing import bill_of_materials, house, reproduction, stage_check
from releasing.refusal import Refusal

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.dowel</groupId>
  <artifactId>dowel-{module}</artifactId>
  <version>1.0.0</version>
  <name>A name</name>
  <description>What it is.</description>
  <url>https://example.com</url>
  <licenses><license><name>Apache-2.0</name></license></licenses>
  <developers><developer><name>Somebody</name></developer></developers>
  <scm><url>https://example.com</url></scm>
  {body}
</project>
"""
DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
JSPECIFY = DEPENDENCY.format("org.jspecify", "jspecify", "1.0.1")
ENTRY = DEPENDENCY.format("dev.dowel", "dowel-rate-limit", "1.0.0")
LICENCE = "Do with it what you like.\n"
BILL = {
    "specVersion": "1.6",
    "components": [
        {
            "group": "org.jspecify", "name": "jspecify", "version": "1.0.1",
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        }
    ]
}


class StageCheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dowel-check-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree, self.stage = self.folder / "tree", self.folder / "stage"
        (self.tree / "rate-limit" / "src" / "published").mkdir(parents=True)
        (self.tree / "LICENSE").write_text(LICENCE)
        (self.tree / "pom.xml").write_text("<modules><module>rate-limit</module><module>bom</module></modules>")
        lists = self.tree / "consumers" / "dependencies"
        lists.mkdir(parents=True)
        (lists / "rate-limit.txt").write_text("org.jspecify:jspecify:compile\n")
        (lists / "rate-limit.lock").write_text("org.jspecify:jspecify:1.0.1 Apache-2.0\n")
        self.bom = self.file("bom", ".pom")
        self.write_bom(ENTRY)
        self.pom = self.file("rate-limit", ".pom")
        self.write_pom(JSPECIFY)
        self.jar = self.file("rate-limit", ".jar")
        self.write_jar()
        for kind in ("-sources.jar", "-javadoc.jar"):
            self.write_jar_of(kind)
        self.bill = self.file("rate-limit", "-cyclonedx.json")
        self.bill.write_text(json.dumps(BILL))

    def file(self, module: str, end: str) -> Path:
        folder = house.folder(self.stage, module, "1.0.0")
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"dowel-{module}-1.0.0{end}"

    def write_pom(self, dependencies: str) -> None:
        self.pom.write_text(POM.format(module="rate-limit", body=f"<dependencies>{dependencies}</dependencies>"))

    def write_bom(self, entries: str, more: str = "") -> None:
        managed = f"<dependencyManagement><dependencies>{entries}</dependencies></dependencyManagement>{more}"
        self.bom.write_text(POM.format(module="bom", body=managed))

    def write_jar(self, name: str = "dev.dowel.ratelimit", class_file: int = 61) -> None:
        with zipfile.ZipFile(self.jar, "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\r\nAutomatic-Module-Name: {name}\r\n\r\n")
            jar.writestr("META-INF/LICENSE", LICENCE)
            jar.writestr("dev/dowel/ratelimit/Pin.class", b"\xca\xfe\xba\xbe\x00\x00\x00" + bytes([class_file]))

    def write_jar_of(self, end: str, licence: str = LICENCE) -> None:
        with zipfile.ZipFile(self.file("rate-limit", end), "w") as jar:
            jar.writestr("META-INF/LICENSE", licence)

    def check(self) -> None:
        stage_check.check(self.stage, {"rate-limit": "1.0.0", "bom": "1.0.0"}, self.tree)

    def refused(self, reason: str) -> None:
        with self.assertRaisesRegex(Refusal, reason):
            self.check()

    def test_a_good_stage_passes(self):
        self.check()

    def test_a_pom_that_needs_something_unpublished(self):
        for word in ("<parent></parent>", "<a>${version}</a>", "<a>1-SNAPSHOT</a>", "<a>dowel-test-services</a>", "<a>dowel-build</a>"):
            self.pom.write_text(POM.format(module="rate-limit", body=word))
            self.refused("the pom of rate-limit contains")

    def test_a_pom_with_a_test_dependency(self):
        self.write_pom(JSPECIFY.replace("</version>", "</version><scope>test</scope>"))
        self.refused("the pom of rate-limit contains <scope>test</scope>")

    def test_a_pom_without_what_central_demands(self):
        for part in ("description", "url", "licenses", "developers", "scm"):
            self.write_pom(JSPECIFY)
            text = self.pom.read_text()
            start, end = text.index(f"<{part}>"), text.index(f"</{part}>") + len(f"</{part}>")
            self.pom.write_text(text[:start] + text[end:])
            self.refused(f"the pom of rate-limit has no {part}")

    def test_another_licence(self):
        self.pom.write_text(self.pom.read_text().replace("Apache-2.0", "MIT"))
        self.refused("the licence of rate-limit is not Apache-2.0")

    def test_a_dependency_or_a_scope_that_is_not_in_the_list(self):
        self.write_pom(JSPECIFY + DEPENDENCY.format("com.google.guava", "guava", "33"))
        self.refused("not those in its list: com.google.guava:guava:compile")
        self.write_pom(JSPECIFY.replace("</version>", "</version><optional>true</optional>"))
        self.refused(r"org.jspecify:jspecify:compile, org.jspecify:jspecify:compile \(optional\)")
        self.write_pom(JSPECIFY.replace("</version>", "</version><scope>runtime</scope>"))
        self.refused("org.jspecify:jspecify:compile, org.jspecify:jspecify:runtime")

    def test_a_dependency_that_resolves_to_another_version(self):
        self.bill.write_text(json.dumps(BILL).replace("1.0.1", "1.0.2"))
        self.refused("the dependencies of rate-limit do not resolve to its lock")

    def test_a_dependency_with_an_unknown_licence(self):
        self.bill.write_text(json.dumps(BILL).replace("Apache-2.0", "AGPL-3.0"))
        self.refused("the licence of org.jspecify:jspecify:1.0.1, which rate-limit needs, is not one of those known")

    def test_a_bill_of_materials_of_another_specification(self):
        self.bill.write_text(json.dumps({**BILL, "specVersion": "1.5"}))
        self.refused("the bill of materials of rate-limit is not one of CycloneDX 1.6")

    def test_one_known_licence_of_several_is_enough(self):
        bill = json.loads(json.dumps(BILL))
        bill["components"][0]["licenses"] = [{"expression": "(AGPL-3.0 OR Apache-2.0)"}]
        self.bill.write_text(json.dumps(bill))
        (self.tree / "consumers" / "dependencies" / "rate-limit.lock").write_text(bill_of_materials.lock(self.bill))
        self.check()

    def test_a_missing_file(self):
        for end in (".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"):
            file = self.file("rate-limit", end)
            content = file.read_bytes()
            file.unlink()
            self.refused("rate-limit has no")
            file.write_bytes(content)
        self.bom.unlink()
        self.refused("bom 1.0.0 has no pom")

    def test_a_jar_without_the_licence(self):
        for end in (".jar", "-sources.jar", "-javadoc.jar"):
            file = self.file("rate-limit", end)
            content = file.read_bytes()
            with zipfile.ZipFile(file, "w"):
                pass
            self.refused(f"dowel-rate-limit-1.0.0{end} does not hold the licence as META-INF/LICENSE")
            file.write_bytes(content)

    def test_a_jar_with_another_licence(self):
        self.write_jar_of("-sources.jar", "Ask somebody else.")
        self.refused("dowel-rate-limit-1.0.0-sources.jar does not hold the licence as META-INF/LICENSE")

    def test_another_module_name(self):
        self.write_jar(name="rate.limit")
        self.refused("the jar of rate-limit is not the module dev.dowel.ratelimit")

    def test_a_class_file_for_a_newer_java(self):
        self.write_jar(class_file=65)
        self.refused("Pin.class in the jar of rate-limit needs a newer Java than 17")

    def test_a_bom_with_a_foreign_group(self):
        self.write_bom(ENTRY + JSPECIFY)
        self.refused("an entry of the BOM is not just an artifact of ours")

    def test_a_bom_with_a_scope(self):
        self.write_bom(ENTRY.replace("</version>", "</version><scope>compile</scope>"))
        self.refused("an entry of the BOM is not just an artifact of ours")

    def test_a_bom_with_a_version_that_is_not_three_numbers(self):
        self.write_bom(ENTRY.replace("1.0.0", "1.0.0-rc1"))
        self.refused("the BOM's version of dowel-rate-limit is not a number: 1.0.0-rc1")

    def test_a_bom_with_dependencies_or_properties(self):
        for more in ("<dependencies/>", "<properties/>"):
            self.write_bom(ENTRY, more)
            self.refused("the BOM has dependencies or properties of its own")

    def test_a_bom_that_names_too_much_or_too_little(self):
        self.write_bom("")
        self.refused("the BOM names ")
        self.write_bom(ENTRY + ENTRY.replace("rate-limit", "peg"))
        self.refused("the BOM names dowel-peg, dowel-rate-limit")

    def test_what_is_built_again_and_differs(self):
        again = self.folder / "again"
        shutil.copytree(self.stage, again)
        versions = {"rate-limit": "1.0.0", "bom": "1.0.0"}
        self.assertEqual(reproduction.compare(self.stage, again, versions), 6)
        sources = house.folder(again, "rate-limit", "1.0.0") / "dowel-rate-limit-1.0.0-sources.jar"
        sources.write_bytes(b"other")
        with self.assertRaisesRegex(Refusal, "gave another dowel-rate-limit-1.0.0-sources.jar"):
            reproduction.compare(self.stage, again, versions)
        sources.unlink()
        with self.assertRaisesRegex(Refusal, "gave other files"):
            reproduction.compare(self.stage, again, versions)
