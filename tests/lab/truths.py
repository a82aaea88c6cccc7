"""The truth files of a scenario that has been played."""

import glob
import json
import os


def truths_in(folder):
    """{MAC address: truth}, in the phones' order: truth.json, truth-2.json."""
    out = {}
    for path in sorted(glob.glob(os.path.join(folder, "truth*.json")), key=lambda path: (len(path), path)):
        with open(path, encoding="utf-8") as file:
            truth = json.load(file)
        out[truth["settings"]["mac"]] = truth
    return out
