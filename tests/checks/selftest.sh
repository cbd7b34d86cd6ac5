#!/usr/bin/env bash
# The checks find what they are for: each wrong tree below must be refused with the text beside it,
# and the good one must pass.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0

put() { # path, text with \n
    mkdir -p "$root/$(dirname "$1")"
    printf '%b' "$2" >"$root/$1"
}

good_tree() {
    rm -rf "${root:?}/src"
    put src/base/sv.h '#ifndef CULPRIT_BASE_SV_H\n#define CULPRIT_BASE_SV_H\n#endif\n'
    put src/base/sv.c '#include "base/sv.h"\n\n#include <string.h>\n'
    put src/base/sv_int.h '#ifndef CULPRIT_BASE_SV_INT_H\n#define CULPRIT_BASE_SV_INT_H\n#endif\n'
    put src/arrow/arrow_read.h '#ifndef CULPRIT_ARROW_READ_H\n#define CULPRIT_ARROW_READ_H\n\n#include "base/sv.h"\n\n#endif\n'
    put src/app/app.h '#ifndef CULPRIT_APP_H\n#define CULPRIT_APP_H\n#endif\n'
    put src/main.c '#include "app/app.h"\n'
}

expect() { # wanted text, command...
    local want=$1 out status=0
    shift
    out=$("$@" 2>&1) || status=$?
    if [ "$want" = ok ]; then
        [ $status -eq 0 ] && return
        echo "refused without reason:" "$@"
    else
        [ $status -eq 1 ] && [[ $out == *"$want"* ]] && return
        echo "not found: $want"
    fi
    printf '%s\n' "$out"
    failed=1
}

wrong() { # wanted text, path, text
    good_tree
    put "$2" "$3"
    expect "$1" tests/checks/layers.sh "$root"
}

good_tree
expect ok tests/checks/layers.sh "$root"
wrong 'src/base/num.c:1: "arrow/arrow_read.h": base may not include from arrow' src/base/num.c \
    '#include "arrow/arrow_read.h"\n'
wrong 'main.c may not include from base' src/main.c '#include "base/sv.h"\n'
wrong 'no folder of the design: util' src/util/x.c 'int x;\n'
wrong 'a folder inside a folder' src/base/deep/x.c 'int x;\n'
wrong 'no folder of the design: other.c' src/other.c 'int x;\n'
wrong '"sv.h": write the folder' src/base/num.c '#include "sv.h"\n'
wrong '"base/none.h" does not exist' src/base/num.c '#include "base/none.h"\n'
wrong '<base/sv.h>: own headers' src/base/num.c '#include <base/sv.h>\n'
wrong '"base/sv_int.h" is private to base' src/arrow/x.c '#include "base/sv_int.h"\n'
wrong '<jansson.h> belongs in src/base/json*' src/base/num.c '#include <jansson.h>\n'
wrong '<curses.h> belongs in src/term/' src/app/x.c '  #  include <curses.h>\n'
wrong '<git2/diff.h> belongs in src/vcs/' src/app/x.c '#include <git2/diff.h>\n'
wrong '<curl/curl.h> belongs in src/fetch/http.c' src/fetch/x.c '#include <curl/curl.h>\n'
wrong '<pcre2.h> belongs in src/base/regex.c' src/base/x.c '#include <pcre2.h>\n'
wrong '<csv.h> belongs in src/base/csv*' src/base/x.c '#include <csv.h>\n'
wrong '"base/sv.h" expected' src/base/sv.c '#include <string.h>\n#include "base/sv.h"\n'
wrong 'guard CULPRIT_BASE_NUM_H expected, found none' src/base/num.h '\n'
wrong 'guard CULPRIT_BASE_NUM_H expected, found NUM_H' src/base/num.h \
    '#ifndef NUM_H\n#define NUM_H\n#endif\n'
wrong 'something follows the #endif' src/base/num.h \
    '#ifndef CULPRIT_BASE_NUM_H\n#define CULPRIT_BASE_NUM_H\n#endif\nint x;\n'

long_function() { # n lines of body
    printf 'static int long_one(void) {\n'
    for ((i = 0; i < $1 - 2; i++)); do
        printf '    x(%d);\n' "$i"
    done
    printf '}\n'
}
long_function 100 >"$root/f.c"
expect ok tests/checks/sizes.sh "$root"
long_function 101 >"$root/f.c"
expect 'long_one(): 101 lines, 100 at most' tests/checks/sizes.sh "$root"
for ((n = 0; n < 1001; n++)); do echo "int x$n;"; done >"$root/f.c"
expect 'file: 1001 lines, 1000 at most' tests/checks/sizes.sh "$root"
{
    echo 'static const int table[] = {'
    for ((n = 0; n < 2000; n++)); do echo "    $n,"; done
    echo '};'
} >"$root/f.c"
expect ok tests/checks/sizes.sh "$root"

[ $failed -eq 0 ] || exit 1
echo "ok selftest"
