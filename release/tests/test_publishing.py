"""Signed releases: to a Maven repository of one's own, and to a server that answers as the Central Portal does."""
import base64
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from central_portal import CentralPortal
from fixture import House
from releasing import house, poms, publishing, request

KEY = "A test <test@example.com>"
FILES = (".jar", ".pom", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")


class PublishingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = Path(tempfile.mkdtemp(prefix="dowel-keys-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        cls.addClassCleanup(cls.gpg_agent_ends)
        cls.gpg("--passphrase", "", "--quick-generate-key", KEY, "rsa2048", "sign", "never")
        cls.key = cls.gpg("--armor", "--export-secret-keys", KEY)

    @classmethod
    def gpg(cls, *arguments: str) -> str:
        command = ["gpg", "--homedir", str(cls.keys), "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, text=True, capture_output=True, check=True).stdout

    @classmethod
    def gpg_agent_ends(cls):
        subprocess.run(["gpgconf", "--homedir", str(cls.keys), "--kill", "gpg-agent"], check=True)

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)
        self.house.entry("rate-limit")

    def test_files_and_tags_of_a_signed_release_bear_signatures_that_hold(self):
        self.house.git.run("config", "user.signingkey", KEY)
        variables = {"GNUPGHOME": str(self.keys), "MAVEN_GPG_KEY": self.key}
        process = self.house.start(
            "--repository", self.house.published.as_uri(), "--verified", "HEAD", "rate-limit", "0.1.0", "0.1.0", **variables
        )
        printed, _ = process.communicate()
        self.assertEqual(process.returncode, 0, printed)
        self.assertNotIn("BEGIN PGP PRIVATE KEY", printed)
        for module, ends in (("rate-limit", FILES), ("bom", (".pom",))):
            folder = house.folder(self.house.published, module, "0.1.0")
            for end in ends:
                file = folder / f"dowel-{module}-0.1.0{end}"
                self.gpg("--verify", f"{file}.asc", str(file))
        for tag in ("rate-limit-v0.1.0", "bom-v0.1.0"):
            self.house.git.run("fetch", "--quiet", "origin", "tag", tag)
            verified = subprocess.run(
                ["git", "-C", str(self.house.tree), "verify-tag", tag], env={**os.environ, **variables}, capture_output=True
            )
            self.assertEqual(verified.returncode, 0, verified.stderr)

    def test_the_central_portal_gets_one_bundle_with_the_signed_files_of_the_module_and_the_bom(self):
        portal = CentralPortal()
        self.addCleanup(portal.close)
        settings = self.house.tree.parent / "settings.xml"
        settings.write_text(
            "<settings><servers><server><id>central</id><username>name</username><password>token</password></server>"
            "</servers></settings>"
        )
        (self.house.tree / ".mvn" / "maven.config").write_text(f"-s\n{settings}\n-DcentralBaseUrl={portal.url}\n")
        for module in ("rate-limit", "bom"):
            poms.set_version(self.house.tree, module, "0.1.0")
        os.environ["MAVEN_GPG_KEY"] = self.key
        self.addCleanup(os.environ.pop, "MAVEN_GPG_KEY", None)
        wanted = request.parse(["rate-limit", "0.1.0", "0.1.0"])
        publishing._deploy(wanted, self.house.git, ["rate-limit", "bom"])
        self.assertEqual(len(portal.bundles), 1)
        self.assertIn("publishingType=AUTOMATIC", portal.uploads[0])
        self.assertEqual(portal.authorizations, {"UserToken " + base64.b64encode(b"name:token").decode()})
        files = [f"dev/dowel/dowel-rate-limit/0.1.0/dowel-rate-limit-0.1.0{end}" for end in FILES]
        files.append("dev/dowel/dowel-bom/0.1.0/dowel-bom-0.1.0.pom")
        self.assertEqual(
            portal.bundles[0],
            sorted(file + end for file in files for end in ("", ".asc", ".md5", ".sha1", ".sha256", ".sha512")),
        )


if __name__ == "__main__":
    unittest.main()
