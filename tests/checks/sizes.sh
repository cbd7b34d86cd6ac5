#!/usr/bin/env bash
# Functions above 60 lines and files above 600 are named; above 100 and 1000 the check fails.
# Tables (initialisers that open with "= {" at the end of a line) do not count.
#
#   tests/checks/sizes.sh [FOLDER...]
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ $# -eq 0 ]; then
    set -- src tests
fi

# The layout is clang-format's: what begins at the first column and ends in "{" opens a function,
# what begins with "}" there closes it.
# shellcheck disable=SC2016 # awk's own dollars
find "$@" -type f \( -name '*.c' -o -name '*.h' \) -not -path 'tests/corpus/*' | LC_ALL=C sort |
    xargs awk -v ask_function=60 -v max_function=100 -v ask_file=600 -v max_file=1000 '
function judge(what, n, ask, max) {
    if (n > max) {
        printf "%s: %s: %d lines, %d at most\n", file, what, n, max
        n_findings++
    } else if (n > ask) {
        printf "note: %s: %s: %d lines, above %d\n", file, what, n, ask
    }
}

function end_file() {
    if (file != "") {
        judge("file", n_file, ask_file, max_file)
    }
}

function indent_of(line) {
    match(line, /^ */)
    return RLENGTH
}

FNR == 1 {
    end_file()
    file = FILENAME
    n_file = 0
    in_function = in_table = 0
    head = ""
}

in_table {
    in_table = !(/^ *}/ && indent_of($0) == table_indent)
    next
}

/= \{$/ {
    in_table = 1
    table_indent = indent_of($0)
    n_file++
    n_function++
    next
}

{
    n_file++
    n_function++
}

!in_function && /^[A-Za-z_]/ { head = $0; n_function = 1 }

!in_function && /\) \{$/ && head ~ /\(/ && head !~ /^(struct|enum|union) [A-Za-z_0-9]+ \{/ {
    in_function = 1
    name = head
    sub(/ *\(.*/, "", name)
    sub(/.*[ *]/, "", name)
}

in_function && /^}/ {
    judge(name "()", n_function, ask_function, max_function)
    in_function = 0
    head = ""
}

END {
    end_file()
    exit n_findings ? 1 : 0
}' || exit 1

echo "ok sizes"
