"""What is staged goes to the consumers, and one that fails stops the release."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from releasing import consumption
from releasing.refusal import Refusal
from releasing.versions import Version

ROOT = Path(__file__).resolve().parents[2]


class ConsumptionTest(unittest.TestCase):
    def setUp(self):
        self.tree = Path(tempfile.mkdtemp(prefix="dowel-consumption-")).resolve()
        self.addCleanup(shutil.rmtree, self.tree)

    def consume(self, script: str) -> None:
        run = self.tree / "consumers" / "run"
        run.parent.mkdir()
        run.write_text(f"#!/bin/sh\n{script}\n")
        run.chmod(0o755)
        consumption.consume(self.tree, self.tree / "stage", Version(0, 2, 0), "file:///somewhere")

    def test_consumers_are_told_of_the_stage_the_bom_and_the_repository(self):
        self.consume(f'echo "$1 $2 $DOWEL_REPOSITORY" > {self.tree}/told')
        self.assertEqual((self.tree / "told").read_text(), f"{self.tree}/stage 0.2.0 file:///somewhere\n")

    def test_a_consumer_that_fails_stops_the_release(self):
        with self.assertRaisesRegex(Refusal, "a consumer does not work with what is staged"):
            self.consume("exit 1")


class StageTest(unittest.TestCase):
    def test_a_stage_deletes_nothing_that_was_not_staged(self):
        folder = Path(tempfile.mkdtemp(prefix="dowel-stage-")).resolve()
        self.addCleanup(shutil.rmtree, folder)
        mine = folder / "dev" / "dowel" / "dowel-bom" / "1.0.0" / "dowel-bom-1.0.0.pom"
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")
        done = subprocess.run([str(ROOT / "consumers" / "stage"), str(folder)], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (1, f"stage: {folder}/dev/dowel was not staged: name another folder\n"))
        self.assertEqual(mine.read_text(), "mine")
