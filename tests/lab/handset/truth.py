"""What the phone did and decided, as it goes along: the truth that the capture is held against."""

import json
import os
import time


class Truth:
    """`candidates`: the registrars that it came to know in this sign-in, in the order it took them. `stopped`: (where, why) if it could not go on."""

    def __init__(self, path, settings):
        self.path = path
        self.document = {"settings": settings, "events": [], "candidates": [], "exchange": [], "outcome": None, "stopped": None}

    def event(self, step, result, **more):
        self.document["events"].append({"t": round(time.time(), 6), "step": step, "result": result, **more})

    def candidate(self, source, query, server, port, trusted, **more):
        entry = {"source": source, "query": query, "server": server, "port": port, "trusted": trusted, "dialled": False, "result": None, **more}
        self.document["candidates"].append(entry)
        return entry

    def exchange(self, server, trusted):
        entry = {"server": server, "trusted": trusted, "dialled": False, "result": None}
        self.document["exchange"].append(entry)
        return entry

    def ends(self, outcome, where=None, why=None):
        self.document["outcome"] = outcome
        self.document["stopped"] = {"where": where, "why": why} if where else None
        scratch = self.path + ".part"
        with open(scratch, "w", encoding="utf-8") as file:
            json.dump(self.document, file, indent=1)
            file.write("\n")
        os.rename(scratch, self.path)
