#!/usr/bin/env bash
# Checks the folders of src/ against the include table of the design, and the rules that hold for
# headers: one place for each outside library, private headers stay in their folder, guards named
# after the file, every source file includes its own header first.
#
#   tests/checks/layers.sh [ROOT]      another tree, for the test of this check
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$root"

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find src -type f \( -name '*.c' -o -name '*.h' \) -print | LC_ALL=C sort >"$list"
if ! [ -s "$list" ]; then
    echo "layers: no source files under $root/src"
    exit 1
fi

# shellcheck disable=SC2016 # awk's own dollars
xargs awk '
BEGIN {
    allow["base"] = ""
    allow["arrow"] = "base"
    allow["store"] = "base arrow"
    allow["schema"] = "base arrow store"
    allow["vcs"] = "base"
    allow["fetch"] = "base"
    allow["ingest"] = "base arrow store schema vcs"
    allow["derive"] = "base arrow store schema"
    allow["catalog"] = "base arrow store schema vcs ingest derive"
    allow["query"] = "base arrow store schema"
    allow["view"] = "base arrow store schema catalog query"
    allow["term"] = "base"
    allow["ui"] = "base view term"
    allow["app"] = "base arrow store schema vcs fetch ingest derive catalog query view term ui"
    allow["main.c"] = "app"
    for (folder in allow) {
        n = split(allow[folder], names, " ")
        for (i = 1; i <= n; i++) {
            may[folder, names[i]] = 1
        }
        may[folder, folder] = folder != "main.c"
    }

    # header (a pattern) -> the files that may include it (a pattern), and their names for people
    door("^(n?cursesw?|ncursesw?/.*|term|panel|menu|form|unctrl)([.]h)?$", "^src/term/", "src/term/")
    door("^git2([.]h|/)", "^src/vcs/", "src/vcs/")
    door("^jansson[.]h$", "^src/base/json", "src/base/json*")
    door("^csv[.]h$", "^src/base/csv", "src/base/csv*")
    door("^pcre2", "^src/base/regex[.]c$", "src/base/regex.c")
    door("^curl/", "^src/fetch/http[.]c$", "src/fetch/http.c")
    door("^cairo", "^src/app/", "one file of src/app/")
}

function door(header, file, text) {
    n_doors++
    door_header[n_doors] = header
    door_file[n_doors] = file
    door_text[n_doors] = text
}

function finding(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    n_findings++
}

function begin_file(    parts, n, name) {
    finish_header()
    n = split(FILENAME, parts, "/")
    folder = parts[2]
    base = parts[n]
    is_header = base ~ /[.]h$/
    guard = guard_seen = last_line = ""
    n_includes = 0
    own = ""
    known = folder in allow && (n == 3 || FILENAME == "src/main.c")
    if (!known) {
        finding(n > 3 ? "a folder inside a folder of src/" : "no folder of the design: " folder)
    }
    if (is_header) {
        guard_name(folder, base)
    } else if (known && folder != "main.c") {
        own = folder "/" substr(base, 1, length(base) - 2) ".h"
        own = (getline name < ("src/" own)) < 0 ? "" : own
        if (own != "") {
            close("src/" own)
        }
    }
    header_file = FILENAME
}

# CULPRIT_ARROW_READ_H and CULPRIT_ARROW_ARROW_READ_H are both good for arrow/arrow_read.h.
function guard_name(folder, base,    f, b) {
    f = toupper(folder)
    b = toupper(base)
    gsub(/[^A-Z0-9]/, "_", b)
    guard = "CULPRIT_" f "_" b
    guard_short = index(b, f "_") == 1 ? "CULPRIT_" b : guard
}

function finish_header() {
    if (header_file ~ /[.]h$/) {
        if (guard_seen != guard && guard_seen != guard_short) {
            printf "%s:1: guard %s expected, found %s\n", header_file, guard_short,
                   guard_seen == "" ? "none" : guard_seen
            n_findings++
        } else if (last_line !~ /^#endif/) {
            printf "%s: something follows the #endif of the guard\n", header_file
            n_findings++
        }
    }
}

function check_door(name,    i) {
    for (i = 1; i <= n_doors; i++) {
        if (name ~ door_header[i]) {
            if (FILENAME !~ door_file[i]) {
                finding("<" name "> belongs in " door_text[i])
            } else if (name ~ /^cairo/) {
                if (cairo_file != "" && cairo_file != FILENAME) {
                    finding("<" name "> is already included by " cairo_file)
                }
                cairo_file = FILENAME
            }
        }
    }
}

function check_own_include(name,    parts, n, target, line) {
    n = split(name, parts, "/")
    if (n != 2) {
        finding("\"" name "\": write the folder and the file, as in \"base/str.h\"")
        return
    }
    target = parts[1]
    if (!(target in allow)) {
        finding("\"" name "\": no folder of the design: " target)
    } else if (known && !may[folder, target]) {
        finding("\"" name "\": " folder " may not include from " target)
    }
    if (parts[2] ~ /_(int|impl)[.]h$/ && target != folder) {
        finding("\"" name "\" is private to " target)
    }
    if ((getline line < ("src/" name)) < 0) {
        finding("\"" name "\" does not exist")
    } else {
        close("src/" name)
    }
}

FNR == 1 { begin_file() }

/^[ \t]*#[ \t]*ifndef[ \t]/ && is_header && guard_seen == "" { split($0, word, /[ \t]+/); candidate = $NF }
/^[ \t]*#[ \t]*define[ \t]/ && is_header && guard_seen == "" { if ($2 == candidate) guard_seen = $2 }

/^[ \t]*#[ \t]*include/ {
    n_includes++
    if (match($0, /"[^"]*"/)) {
        name = substr($0, RSTART + 1, RLENGTH - 2)
        check_own_include(name)
    } else if (match($0, /<[^>]*>/)) {
        name = substr($0, RSTART + 1, RLENGTH - 2)
        split(name, part, "/")
        if (part[1] in allow && part[2] != "") {
            finding("<" name ">: own headers are written in quotes")
        }
    }
    check_door(name)
    if (n_includes == 1 && own != "" && name != own) {
        finding("the first include is \"" name "\", \"" own "\" expected")
    }
}

NF { last_line = $0 }

END {
    finish_header()
    exit n_findings ? 1 : 0
}' <"$list" || exit 1

echo "ok layers"
