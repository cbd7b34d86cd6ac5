#!/usr/bin/env bash
# clang-tidy, with the checks of .clang-tidy, over the sources as one build folder compiles them.
#
#   tests/checks/tidy.sh [BUILD [FILE...]]     build/release and all of src/ when not given
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${1:-build/release}
[ $# -eq 0 ] || shift
tool=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [ -z "$tool" ]; then
    echo "skipped tidy: no clang-tidy here"
    exit 77
fi
if ! [ -f "$build/compile_commands.json" ]; then
    echo "skipped tidy: $build has no compile_commands.json; run cmake first"
    exit 77
fi

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    # Only what that build knows: a file added since then has no compile command.
    while IFS= read -r file; do
        grep -qF "/$file\"" "$build/compile_commands.json" && files+=("$file")
    done < <(find src -name '*.c' | LC_ALL=C sort)
fi

out=$(mktemp)
trap 'rm -f "$out"' EXIT
# gcc's own warning options are unknown to clang; that is no finding.
if ! printf '%s\0' "${files[@]}" |
    xargs -0 -n 4 -P 2 "$tool" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option \
        >"$out" 2>/dev/null || grep -qE '(warning|error):' "$out"; then
    cat "$out"
    exit 1
fi
echo "ok tidy"
