#!/bin/sh
# Installs Chaos Toolkit into .build/chaostoolkit, unless it is there: for the experiments in
# Gamedays/chaostoolkit and their tests.
#
#     Scripts/chaostoolkit.sh
#     brownout lab run -- .build/chaostoolkit/bin/chaos run Gamedays/chaostoolkit/dynamodb-empty.yaml
set -eu
cd "$(dirname "$0")/.."
version=1.19.0
place=.build/chaostoolkit
# A folder that was moved has a `chaos` that does not start.
[ "$("$place/bin/chaos" --version 2>/dev/null || true)" != "chaos, version $version" ] || exit 0
python3 -m venv --clear "$place"
"$place/bin/pip" install --quiet --disable-pip-version-check "chaostoolkit==$version"
