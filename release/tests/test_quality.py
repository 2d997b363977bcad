"""The gates of quality name what is there, and fail below their floors."""
import configparser
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from releasing import house

ROOT = Path(__file__).resolve().parents[2]
REPORT = "LINE_MISSED,LINE_COVERED,BRANCH_MISSED,BRANCH_COVERED\n{},{},{},{}\n{},{},{},{}\n"


class FloorsTest(unittest.TestCase):
    def test_every_module_has_floors(self):
        floors = (ROOT / "quality" / "floors.txt").read_text()
        named = {line.split()[0] for line in floors.splitlines() if not line.startswith("#")}
        self.assertEqual(named, set(house.modules(ROOT)))
        self.assertEqual(set(mutation().sections()), set(house.modules(ROOT)))
        for module in mutation().sections():
            self.assertGreater(mutation()[module].getint("floor"), 0, module)

    def test_what_is_mutated_and_what_should_notice_is_there(self):
        for module in mutation().sections():
            for kind, folder in (("classes", "main"), ("tests", "test")):
                for name in mutation()[module][kind].split():
                    package = house.module_name(module).split(".")
                    source = ROOT.joinpath(module, "src", folder, "java", *package, *name.split(".")).with_suffix(".java")
                    self.assertTrue(source.exists(), f"{source} is not there")


class CoverageTest(unittest.TestCase):
    def setUp(self):
        self.tree = Path(tempfile.mkdtemp(prefix="dowel-quality-")).resolve()
        self.addCleanup(shutil.rmtree, self.tree)
        (self.tree / "quality").mkdir()
        shutil.copy(ROOT / "quality" / "coverage", self.tree / "quality" / "coverage")
        (self.tree / "peg" / "src" / "published").mkdir(parents=True)
        self.report = self.tree / "peg" / "target" / "site" / "jacoco" / "jacoco.csv"
        self.report.parent.mkdir(parents=True)
        self.floors = self.tree / "quality" / "floors.txt"
        self.floors.write_text("# Floors.\npeg 80 60\n")

    def coverage(self, *report: int, options: tuple = ()) -> tuple:
        if report:
            self.report.write_text(REPORT.format(*report))
        done = subprocess.run([str(self.tree / "quality" / "coverage"), *options], text=True, capture_output=True)
        return done.returncode, done.stdout.strip()

    def test_what_is_at_its_floors_is_good(self):
        self.assertEqual(
            self.coverage(10, 30, 10, 10, 10, 50, 10, 20),
            (0, "peg            lines 80.0 % (floor 80), branches 60.0 % (floor 60): good"),
        )

    def test_fewer_lines_or_branches_fail(self):
        for report in ((21, 79, 0, 10, 0, 0, 0, 0), (0, 10, 41, 59, 0, 0, 0, 0)):
            code, said = self.coverage(*report)
            self.assertEqual(code, 1)
            self.assertIn("BELOW THE FLOOR", said)

    def test_a_module_that_was_not_measured_fails(self):
        self.assertEqual(self.coverage(), (1, "peg            was not measured"))

    def test_floors_rise_and_never_fall(self):
        self.coverage(9, 91, 50, 50, 0, 0, 0, 0, options=("--raise",))
        self.assertEqual(self.floors.read_text(), "# Floors.\npeg 90 60\n")


def mutation() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser()
    parsed.read(ROOT / "quality" / "mutation.ini")
    return parsed
