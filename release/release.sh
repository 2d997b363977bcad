#!/usr/bin/env bash
# Releases one module and the BOM: release.sh [options] MODULE VERSION BOM_VERSION; see release/README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/jdk.sh"
command -v python3 >/dev/null || { echo "Python 3 was not found: install Python 3.9 or newer (Debian: apt-get install python3)."; exit 1; }
command -v mvn >/dev/null || { echo "Maven was not found: install Maven 3.8.6 or newer (Debian: apt-get install maven)."; exit 1; }
JAVA_HOME=$(jdk_home 17) || { echo "JDK 17 was not found: releases are built with it, for other JDKs make other bytes."; exit 1; }
export JAVA_HOME
export OTHER_JDK="${OTHER_JDK-$(jdk_home 25 || true)}"
PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 exec python3 -m releasing "$@"
