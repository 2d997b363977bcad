"""What is staged goes to the consumers, and one that fails stops the release."""
import shutil
import tempfile
import unittest
from pathlib import Path

from releasing import consumption
from releasing.refusal import Refusal
from releasing.versions import Version


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
