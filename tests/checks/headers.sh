#!/usr/bin/env bash
# Every header of src/ compiles alone, without warnings: whoever includes it need not know what it
# builds upon. CC chooses the compiler.
set -euo pipefail
cd "$(dirname "$0")/../.."

flags=(-fsyntax-only -std=gnu17 -D_GNU_SOURCE -Isrc -Wall -Wextra -Wpedantic -Werror)
for package in jansson ncursesw libpcre2-8; do
    read -ra more < <(pkg-config --cflags "$package" 2>/dev/null || true)
    flags+=("${more[@]}")
done

# Included from an empty file, not compiled as one, so that "static function not used" is not said.
compile_one() {
    local header=$1
    shift
    printf '#include "%s"\nextern int not_empty;\n' "${header#src/}" | "${CC:-cc}" "$@" -x c - 2>&1 || {
        echo "$header: does not compile alone"
        return 1
    }
}
export -f compile_one

if ! find src -name '*.h' -print0 | LC_ALL=C sort -z |
    xargs -0 -P "$(nproc)" -I{} bash -c 'compile_one "$@"' _ {} "${flags[@]}"; then
    exit 1
fi
echo "ok headers"
