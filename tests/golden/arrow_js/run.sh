#!/usr/bin/env bash
# Arrow JS reads what culprit writes, and culprit reads what Arrow JS writes.
#
#   run.sh BUILD_FOLDER MAKE_SAMPLE
#
# Exit status 77 (skipped) where node, npm or the package cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1/arrow_js
make_sample=$2

skip() {
    echo "skipped: $1"
    exit 77
}
command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"

mkdir -p "$work"
cp "$here/package.json" "$here/check.mjs" "$work/"
cd "$work"
wanted=$(node -p 'require("./package.json").dependencies["apache-arrow"]')
found=$(node -p 'require("./node_modules/apache-arrow/package.json").version' 2>/dev/null || true)
if [ "$found" != "$wanted" ]; then
    npm install --no-audit --no-fund --no-package-lock --silent --fetch-retries=1 --fetch-timeout=20000 >npm.log 2>&1 ||
        skip "npm cannot install apache-arrow $wanted: $(tail -n 1 npm.log)"
fi

rm -rf data
mkdir data
"$make_sample" write data
node check.mjs data
# An empty table has no batch in Arrow JS's eyes, so it is compared as well.
for file in data/js-*.arrow; do
    "$make_sample" compare "data/${file#data/js-}" "$file"
done
