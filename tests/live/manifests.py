"""The manifest of a bundle, and its digest beside it."""

import hashlib
import json


def read_manifest(bundle) -> dict:
    return json.loads((bundle / "manifest.json").read_text())


def write_manifest(bundle, manifest):
    text = json.dumps(manifest, indent=1)
    (bundle / "manifest.json").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (bundle / "manifest.json.sha256").write_text(f"{digest}  manifest.json\n")
