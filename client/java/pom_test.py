#!/usr/bin/env python3
"""The pom builds the package and its tests pass: with the Thrift compiler, and with stubs made elsewhere. Needs a Maven repository.

    pom_test.py SOURCE_ROOT SCRATCH_FOLDER
"""

import pathlib
import shutil
import subprocess
import sys
import zipfile

WANTED = ("cellar/client/Cellar.class", "cellar/thriftgen/CellarService.class", "org/hypertable/thrift/ThriftClient.class",
          "org/hypertable/thriftgen/HqlService.class")


def build(package, *options):
    shutil.rmtree(package / "target", ignore_errors=True)
    subprocess.run(["mvn", "-B", "-q", "-f", str(package / "pom.xml"), "package", *options], check=True, timeout=1800)
    jar = package / "target" / "cellar-client-0.1.0.jar"
    names = set(zipfile.ZipFile(jar).namelist())
    for wanted in WANTED:
        assert wanted in names, f"{jar} has no {wanted}"
    return jar


def main():
    root, scratch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    shutil.rmtree(scratch, ignore_errors=True)
    package = scratch / "client" / "java"
    shutil.copytree(root / "client" / "java", package, ignore=shutil.ignore_patterns("target"))
    shutil.copytree(root / "thrift" / "idl", scratch / "thrift" / "idl")
    build(package)
    stubs = scratch / "stubs"
    shutil.move(str(package / "target" / "generated-sources" / "thrift"), stubs)
    build(package, "-Dstubs.skip=true", f"-Dstubs={stubs}", "-Dthrift=/nonexistent/thrift")
    tree = subprocess.run(["mvn", "-B", "-f", str(package / "pom.xml"), "dependency:list", "-DincludeScope=runtime"], check=True,
                          capture_output=True, text=True, timeout=600).stdout
    found = {line.split()[1].split(":")[1] for line in tree.splitlines() if ":jar:" in line and line.startswith("[INFO]    ")}
    assert found == {"libthrift", "slf4j-api"}, f"run-time dependencies: {found}"
    print("the pom builds, with and without a Thrift compiler")


if __name__ == "__main__":
    main()
