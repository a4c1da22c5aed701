#!/usr/bin/env python3
"""Makes zips.json: the vectors of golang.org/x/mod/zip's own tests, as data. Needs the go on PATH and a proxy."""

import json
import os
import pathlib
import re
import subprocess

VERSION = "v0.43.0"
HERE = pathlib.Path(__file__).parent


def module_dir():
    told = subprocess.run(
        ["go", "mod", "download", "-json", f"golang.org/x/mod@{VERSION}"],
        check=True,
        capture_output=True,
        cwd="/",
        env={**os.environ, "GOFLAGS": ""},
    )
    return pathlib.Path(json.loads(told.stdout)["Dir"])


def read(kind, file):
    """One txtar file: `key=value` lines, then `-- name --` and what the file holds."""
    parts = re.split(rb"(?m)^-- (.+) --\n", file.read_bytes())
    case = {"kind": kind, "name": file.stem}
    for line in parts[0].splitlines():
        line = line.split(b"#")[0].strip()
        if line:
            key, value = line.split(b"=", 1)
            case[key.decode()] = value.decode()
    files = list(zip(parts[1::2], parts[2::2]))
    case["files"] = [[name.decode(), text.decode()] for name, text in files if name != b"want"]
    case.update({"want": text.decode() for name, text in files if name == b"want"})
    return case


def main():
    cases, data = [], module_dir() / "zip" / "testdata"
    for kind in ["check_zip", "unzip"]:
        for file in sorted((data / kind).glob("*.txt")):
            try:
                cases.append(read(kind, file))
            except UnicodeDecodeError:
                # a module path that is not UTF-8: gust's module paths are text, so it does not get that far
                print(f"left out: {kind}/{file.name}")
    source = f"Data of the Go distribution's module golang.org/x/mod {VERSION}: the vectors of zip's tests, by make.py."
    text = json.dumps({"source": source, "cases": cases}, indent=1, ensure_ascii=True)
    (HERE / "zips.json").write_text(text + "\n")


main()
