"""The command with which a pod's init container copies models out of S3, run for real against a stand-in for the storage."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import object_storage
import tools


class ModelCopy(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.models = self.folder / "models"
        self.models.mkdir()
        (self.folder / "bin").mkdir()
        (self.folder / "bin/rclone").symlink_to(tools.options.rclone.resolve())
        version = self.folder / "buckets/shelf/2026/digits/7"
        version.mkdir(parents=True)
        (version / "manifest.json").write_text("{}")
        (version / "model.pt").write_bytes(bytes(range(256)) * 4096)
        self.storage = object_storage.ObjectStorage(self.folder / "buckets")
        self.addCleanup(self.storage.close)

    def copy(self, bucket: str, prefix: str) -> subprocess.CompletedProcess:
        """Runs what the chart renders, with a folder of the test's for /models."""
        values = {"model": {"source": "s3", "s3": {"endpoint": self.storage.endpoint, "provider": "Minio", "bucket": bucket, "prefix": prefix}},
                  "networkPolicy": {"enabled": False}}
        (container,) = [spec["initContainers"][0] for document in tools.objects(tools.render(values))
                        for _, spec in tools.pod_specs(document) if "initContainers" in spec]
        command = [part.replace("/models", str(self.models)) for part in container["command"] + container["args"]]
        environment = {variable["name"]: variable["value"] for variable in container["env"]}
        # Errors of the storage are not worth waiting for here.
        environment |= {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "HOME": str(self.folder), "RCLONE_LOW_LEVEL_RETRIES": "1"}
        return subprocess.run(command, env=environment, text=True, capture_output=True, timeout=120)

    def assert_copied(self) -> None:
        source = self.folder / "buckets/shelf/2026"
        for path in (path for path in source.rglob("*") if path.is_file()):
            self.assertEqual((self.models / path.relative_to(source)).read_bytes(), path.read_bytes())

    def test_brings_the_repository(self):
        done = self.copy("shelf", "2026")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_copied()

    def test_succeeds_again_where_all_is_there_already(self):
        self.copy("shelf", "2026")
        done = self.copy("shelf", "/2026/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_copied()

    def test_brings_what_is_missing_after_an_interruption(self):
        self.copy("shelf", "2026")
        (self.models / "digits/7/model.pt").write_bytes(b"half")
        done = self.copy("shelf", "2026")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_copied()

    def test_fails_where_there_is_no_such_folder(self):
        done = self.copy("shelf", "2027")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("shelf/2027 has no <model>/<version>/ to copy", done.stderr.splitlines()[-1])

    def test_fails_where_the_folder_is_a_model_or_one_too_high(self):
        for prefix in ("2026/digits", ""):
            with self.subTest(prefix):
                done = self.copy("shelf", prefix)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("have to name the folder above the models", done.stderr.splitlines()[-1])

    def test_fails_with_what_the_storage_said_where_there_is_no_such_bucket(self):
        done = self.copy("shelves", "2026")
        self.assertNotIn(done.returncode, (0, 1), done.stderr)
        self.assertRegex(done.stderr, "directory not found|NoSuchBucket")


if __name__ == "__main__":
    tools.main("rclone")
