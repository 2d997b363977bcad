"""The Markdown pages are true: their samples are compiled, their commands run, their links lead somewhere."""
import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from releasing import house, poms

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for page in ROOT.rglob("*.md") if "target" not in page.parts)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMPILERS = [*ROOT.glob("*/src/test/java/**/*SamplesTest.java")]
# Java that no test compiles where it stands: it needs Spring or Hibernate, and tests of messaging hold the same code.
UNCOMPILED_AT_MOST = 2
# Commands that no script runs as they stand, and why that is no loss.
NOT_RUN = {
    "./demo --serve": "runs until it is stopped",
    "benchmarks/run": "takes an hour; ./verify runs the same program on small numbers",
    "release/release.sh": "publishes; release/tests run it on a throwaway house",
    "mvn -pl messaging -am verify": "is a part of ./verify",
    "mvn spotless:apply": "./verify runs spotless:check",
    "mvn -Pcontainers": "needs a Docker engine",
}


def blocks(page: Path) -> list:
    return BLOCK.findall(page.read_text())


class DocumentsTest(unittest.TestCase):
    def test_every_page_with_java_is_compiled(self):
        compiled = set()
        for test in COMPILERS:
            module = ROOT / test.relative_to(ROOT).parts[0]
            for name in re.findall(r'"([\w./-]+\.md)\b', test.read_text()):
                compiled |= {(folder / name).resolve() for folder in (module, ROOT)}
        for page in PAGES:
            if any(language == "java" for language, _ in blocks(page)):
                self.assertIn(page, compiled)

    def test_java_that_is_not_compiled_is_rare(self):
        plain = [text for page in PAGES for language, text in blocks(page) if not language]
        code = [text for text in plain if re.search(r"(;|\{|->.*\)|\? .*)$", text, re.MULTILINE) and "\n$ " not in text]
        code = [text for text in code if re.search(r"(@Override|new \w+\()|connection\(\)", text)]
        self.assertLessEqual(len(code), UNCOMPILED_AT_MOST, "\n---\n".join(code))

    def test_poms_in_pages_are_xml_and_name_what_we_publish(self):
        artifacts = {house.artifact(module) for module in [*house.modules(ROOT), house.BOM]}
        for page in PAGES:
            for language, text in blocks(page):
                if language == "xml":
                    named = {each.text for each in ElementTree.fromstring(f"<x>{text}</x>").iter("artifactId")}
                    self.assertLessEqual({name for name in named if name.startswith("dowel-")}, artifacts, page)

    def test_the_front_page_shows_the_versions_of_the_bom(self):
        text = (ROOT / "README.md").read_text()
        for module, version in poms.entries((ROOT / "bom" / "pom.xml").read_text()).items():
            self.assertIn(f"| `{house.artifact(module)}` | {version} |", text)

    def test_every_command_of_a_page_is_run_by_ci(self):
        scripts = "\n".join((ROOT / name).read_text() for name in (".ci/run", "verify", "release/dry-runs"))
        for page in PAGES:
            for language, text in blocks(page):
                for line in text.splitlines() if language in ("", "sh") else []:
                    command = re.split(r"\s+#|\s{2,}", line.removeprefix("$ "))[0].strip()
                    if re.match(r"(\./|mvn |(release|consumers|benchmarks|test-services|docs)/[a-z])", command):
                        self.assertTrue(
                            command in scripts or any(command.startswith(known) for known in NOT_RUN),
                            f"{page.name}: nothing runs '{command}'",
                        )

    def test_links_between_pages_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}")

    def test_the_page_of_a_module_names_each_of_its_dependencies(self):
        for module in house.modules(ROOT):
            page = (ROOT / module / "README.md").read_text()
            for line in (ROOT / "consumers" / "dependencies" / f"{module}.txt").read_text().split():
                _, artifact, scope = line.split(":")
                if scope == "provided":
                    continue
                self.assertTrue(re.search(rf"[`:]{re.escape(artifact)}`", page), f"{module} does not say why it needs {artifact}")
