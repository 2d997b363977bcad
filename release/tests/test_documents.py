"""The Markdown pages are true: their samples are compiled, their commands run, their links lead somewhere."""
import os
import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from releasing import house, poms
from releasing.changelog import Changelog
from releasing.dependencies import OPTIONAL, direct_dependencies

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for page in ROOT.rglob("*.md") if "target" not in page.parts)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# A row of a module's table of dependencies: name, how it is needed, licences, purpose.
DEPENDENCY = re.compile(r"^\| `([\w.-]+:[\w.-]+)` \| (\w*) ?\| ([^|]+?) \| ([^|]*)\|$", re.MULTILINE)
COMPILERS = [*ROOT.glob("*/src/test/java/**/*SamplesTest.java")]
# Classes that tests run and that pages show a part of, such as what needs Spring or Hibernate and is compiled nowhere else.
HELD = [
    ROOT / "consumers/boot/src/main/java/com/example/orders/SpringTransactions.java",
    ROOT / "messaging/src/test/java/dev/dowel/messaging/outbox/HibernatePublisherTest.java",
    ROOT / "auth-token/src/test/java/dev/dowel/authtoken/JaxRsScopeTest.java",
]
# Tests that run the commands of a page as they stand in it.
RUNS_PAGES = [ROOT / "consumers/plain/src/test/java/com/example/plain/TokenPageTest.java"]
COMMAND = re.compile(r"\./|(mvn|java|curl|export) |(release|consumers|benchmarks|test-services|docs|quality)/[a-z]")
# What an inline span begins with that is more than the name of a file; a program of ours is known by its permission.
PROGRAM = re.compile(r"(mvn|java|curl|export) ")
# Where a command takes what the reader puts in.
PLACE = re.compile(r" (\[|<|\.\.\.|--\w+ [A-Z]|[A-Z][A-Z_]).*")
# Commands that no script runs as they stand, and why that is no loss.
NOT_RUN = {
    "./demo --serve": "runs until it is stopped",
    "benchmarks/run": "takes an hour; ./verify runs the same program on small numbers",
    ".ci/run": "is what CI runs",
    "consumers/stage": "consumers/run does without arguments; a release stages by the same program",
    "java -jar dowel-auth-token.jar": "a test of the consumers runs it, on the page where it is in a session",
    "release/release.sh": "publishes; release/tests run it on a throwaway house",
    "mvn -pl messaging -am verify": "is a part of ./verify",
    "mvn spotless:apply": "./verify runs spotless:check",
    "mvn -Pcontainers": "needs a Docker engine",
    "quality/coverage --raise": "writes the floors; ./verify compares with them",
    "quality/mutation rate-limit": "./verify runs it for all modules",
}


def blocks(page: Path) -> list:
    return BLOCK.findall(page.read_text())


def commands(page: Path) -> list:
    """Returns what a page tells its reader to run, with whether it stands behind a prompt and a comment, as in a session."""
    found = []
    for language, text in blocks(page):
        for line in text.splitlines() if language in ("", "sh") else []:
            command = re.split(r"\s+#|\s{2,}", line.removeprefix("$ "))[0].strip()
            if COMMAND.match(command):
                found.append((command, bool(re.match(r"\$ .* +# ", line))))
    for span in re.findall(r"`([^`\n]+)`", BLOCK.sub("", page.read_text())):
        script = ROOT / span.split()[0]
        if PROGRAM.match(span) or (script.is_file() and os.access(script, os.X_OK)):
            found.append((PLACE.sub("", span), False))
    return found


def words(text: str) -> str:
    return " ".join(text.split())


class DocumentsTest(unittest.TestCase):
    maxDiff = None

    def test_every_page_with_java_is_compiled(self):
        compiled = set()
        for test in COMPILERS:
            module = ROOT / test.relative_to(ROOT).parts[0]
            for name in re.findall(r'"([\w./-]+\.md)\b', test.read_text()):
                compiled |= {(folder / name).resolve() for folder in (module, ROOT)}
        for page in PAGES:
            if any(language == "java" for language, _ in blocks(page)):
                self.assertIn(page, compiled)

    def test_java_that_is_not_compiled_stands_in_a_class_that_is(self):
        plain = [text for page in PAGES for language, text in blocks(page) if not language]
        code = [text for text in plain if re.search(r"(;|\{|->.*\)|\? .*)$", text, re.MULTILINE) and "\n$ " not in text]
        code = [text for text in code if re.search(r"(@Override|new \w+\()|connection\(\)", text)]
        held = [words(path.read_text()) for path in HELD]
        for text in code:
            self.assertTrue(any(words(text) in each for each in held), f"none of {[path.name for path in HELD]} has this:\n{text}")
        code += [text for page in PAGES for language, text in blocks(page) if language == "java"]
        for each, path in zip(held, HELD):
            self.assertTrue(any(words(text) in each for text in code), f"no page has anything of {path.name}")

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

    def test_poms_in_pages_import_the_bom_that_was_released_last_or_will_be_first(self):
        released = Changelog((ROOT / "CHANGELOG.md").read_text()).released(house.BOM)
        wanted = str(max(released) if released else poms.snapshot(ROOT, house.BOM))
        shown = [
            (page.relative_to(ROOT), dependency.findtext("version"))
            for page in PAGES
            for language, text in blocks(page)
            if language == "xml"
            for dependency in ElementTree.fromstring(f"<x>{text}</x>").iter("dependency")
            if dependency.findtext("artifactId") == house.artifact(house.BOM)
        ]
        self.assertTrue(shown)
        for page, version in shown:
            self.assertEqual(version, wanted, page)

    def test_the_front_page_clones_from_where_the_poms_say_that_the_source_is(self):
        url = re.search(r"<connection>scm:git:(.*)</connection>", (ROOT / "pom.xml").read_text())[1]
        clone = f"\ngit clone {url} && cd dowel && ./demo\n"
        self.assertTrue(clone in (ROOT / "README.md").read_text(), f"README.md has no line '{clone.strip()}'")

    def test_every_command_of_a_page_is_run_by_ci(self):
        scripts = "\n".join((ROOT / name).read_text() for name in (".ci/run", "verify", "release/dry-runs"))
        needless = set(NOT_RUN)
        for page in PAGES:
            run_as_they_stand = any(f'"../../{page.relative_to(ROOT)}"' in test.read_text() for test in RUNS_PAGES)
            for command, in_session in commands(page):
                if not (run_as_they_stand and in_session) and command not in scripts:
                    known = [each for each in NOT_RUN if command.startswith(each)]
                    self.assertTrue(known, f"{page.relative_to(ROOT)}: nothing runs '{command}'")
                    needless -= set(known)
        self.assertEqual(needless, set(), "no page has these, or something runs them")

    def test_links_between_pages_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}")

    def test_the_page_of_a_module_lists_its_dependencies_with_scope_licence_and_purpose(self):
        for module in house.modules(ROOT):
            listed = DEPENDENCY.findall((ROOT / module / "README.md").read_text())
            shown = {name: (note, licences.replace(", ", " ")) for name, note, licences, _ in listed}
            self.assertEqual(shown, dependencies_of(module), f"the table of {module} against its pom and lock")
            for name, _, _, why in listed:
                self.assertTrue(why.strip(), f"{module} does not say why it needs {name}")


def dependencies_of(module: str) -> dict:
    """Returns what a module's pom names, as its page should: how it is needed, and the licences of the lock."""
    lock = (ROOT / "consumers" / "dependencies" / f"{module}.lock").read_text()
    found = {}
    for named, version in direct_dependencies(ROOT / module / "pom.xml").items():
        name, _, scope = named.rpartition(":")
        if scope != "test":
            note = "optional" if version.endswith(OPTIONAL) else "" if scope == "compile" else scope
            locked = re.search(rf"^{re.escape(name)}:\S+ (.+)$", lock, re.MULTILINE)
            found[name] = (note, locked[1] if locked else "is not in the lock")
    return found
