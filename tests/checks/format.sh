#!/usr/bin/env bash
# The sources are as clang-format 14 writes them; other versions differ in details, so there the
# check is skipped (exit status 77).
set -euo pipefail
cd "$(dirname "$0")/../.."

tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ]; then
    echo "skipped format: no clang-format here"
    exit 77
fi
version=$("$tool" --version | sed -nE 's/.*version ([0-9]+)\..*/\1/p')
if [ "$version" != 14 ]; then
    echo "skipped format: clang-format $version here, the layout is that of 14"
    exit 77
fi

bad=$(find src tests -type f \( -name '*.c' -o -name '*.h' \) -not -path 'tests/corpus/*' -print0 |
    xargs -0 "$tool" --dry-run -Werror 2>&1 |
    sed -nE 's/^([^:]+):([0-9]+):.*error: .*/\1/p' | LC_ALL=C sort | uniq -c || true)
if [ -n "$bad" ]; then
    echo "format: places, file ($tool -i puts them right)"
    echo "$bad"
    exit 1
fi
echo "ok format"
