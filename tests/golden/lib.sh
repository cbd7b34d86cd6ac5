# What the tests of the command line share. Each one is run as `bash NAME.test BINARY SOURCE_DIR`,
# sources this file first and ends with `finish`.
#
# Every test has a folder of its own ($work, the current one), an empty home and an empty store
# ($store). The clock stands still. A failed expectation is told and counted; the test goes on.
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables of the tests
set -uo pipefail

binary=$1
source_dir=$2
golden=$source_dir/tests/golden
corpus=$source_dir/tests/corpus
sample=$source_dir/data/sample
now=2025-10-02T12:00:00

work=$(mktemp -d)
trap 'status=$?; cd /; umount_all; rm -rf "$work"; exit $status' EXIT
cd "$work" || exit 1
mkdir home
export HOME=$work/home XDG_CONFIG_HOME=$work/home/config XDG_DATA_HOME=$work/home/data
export XDG_STATE_HOME=$work/home/state XDG_CACHE_HOME=$work/home/cache
export LC_ALL=C.UTF-8 TZ=UTC TERM=xterm
unset CULPRIT_STORE CULPRIT_NOW NO_COLOR
store=$work/store
n_failed=0
n_checked=0
mounts=()

skip() { # reason
    echo "skipped: $*"
    exit 77
}

# Told with the line of the test that it belongs to.
fail() { # message
    local i=0
    while [ "${BASH_SOURCE[$i]}" = "${BASH_SOURCE[0]}" ] && [ $((i + 1)) -lt ${#BASH_SOURCE[@]} ]; do
        i=$((i + 1))
    done
    echo "FAILED ${BASH_SOURCE[$i]##*/}:${BASH_LINENO[$((i - 1))]}: $*"
    n_failed=$((n_failed + 1))
}

finish() {
    if [ $n_checked -eq 0 ]; then
        echo "FAILED: nothing was checked"
        exit 1
    fi
    echo "$n_checked checked, $n_failed failed"
    [ $n_failed -eq 0 ]
    exit
}

# --- running --------------------------------------------------------------------------------------

culprit() { "$binary" --store "$store" --now "$now" "$@"; }

# Runs the program: its output is in the files out and err, its exit status in $status.
run() { # argument...
    culprit "$@" >out 2>err </dev/null
    status=$?
}

# Runs it and checks the exit status.
expect_status() { # status argument...
    local wanted=$1
    shift
    run "$@"
    n_checked=$((n_checked + 1))
    if [ $status -ne "$wanted" ]; then
        fail "culprit $*: exit status $status, expected $wanted"
        sed 's/^/    out: /' out | head -n 5
        sed 's/^/    err: /' err | head -n 5
        return 1
    fi
}

# --- what it said ---------------------------------------------------------------------------------

# The file holds this text (no pattern).
expect_in() { # file text
    n_checked=$((n_checked + 1))
    grep -qF -e "$2" -- "$1" && return
    fail "$1 does not say \"$2\":"
    head -n 5 "$1" | sed 's/^/    /'
    return 1
}
expect_out() { expect_in out "$1"; }
expect_err() { expect_in err "$1"; }

expect_not_in() { # file text
    n_checked=$((n_checked + 1))
    ! grep -qF -e "$2" -- "$1" || fail "$1 says \"$2\": $(grep -F -m 1 -e "$2" -- "$1")"
}

expect_empty() { # file
    n_checked=$((n_checked + 1))
    [ ! -s "$1" ] || fail "$1 is not empty: $(head -n 3 "$1")"
}

expect_lines() { # file number
    n_checked=$((n_checked + 1))
    local n
    n=$(wc -l <"$1")
    [ "$n" -eq "$2" ] || fail "$1 has $n lines, expected $2"
}

expect_same() { # expected actual
    n_checked=$((n_checked + 1))
    cmp -s "$1" "$2" && return
    fail "$2 differs from $1:"
    diff -a "$1" "$2" | cut -c 1-200 | head -n 10
    return 1
}

# Compares with the text on standard input.
expect_text() { # actual
    cat >expected
    expect_same expected "$1"
}

expect_equal() { # expected actual what
    n_checked=$((n_checked + 1))
    [ "$1" = "$2" ] || fail "$3: \"$2\", expected \"$1\""
}

expect_exists() { # file
    n_checked=$((n_checked + 1))
    [ -e "$1" ] || fail "$1 is missing"
}

expect_missing() { # file
    n_checked=$((n_checked + 1))
    [ ! -e "$1" ] || fail "$1 exists"
}

# --- the store ------------------------------------------------------------------------------------

# Every byte of what is published: the lock and the manifest's past do not count.
fingerprint() {
    (cd "$store" 2>/dev/null && cat manifest.json && find data -type f -print0 | LC_ALL=C sort -z |
        xargs -0 -r cksum)
}

remember_store() { fingerprint >before; }

# Nothing of it changed since remember_store.
expect_store_unchanged() {
    fingerprint >after
    expect_same before after
}

generation() { culprit status | sed -n 's/^generation *//p'; }

# The sample in $store.
import_sample() {
    expect_status 0 import "$sample"
}

# --- helpers --------------------------------------------------------------------------------------

have_python() { python3 -c 'import csv, json, sys' 2>/dev/null; }

# A mount that goes with the test.
mount_here() { # mount's arguments..., the last one the folder
    local folder=${!#}
    mkdir -p "$folder"
    mount "$@" 2>/dev/null || return 1
    mounts+=("$folder")
}

umount_all() {
    local folder
    for folder in ${mounts[@]+"${mounts[@]}"}; do
        umount "$folder" 2>/dev/null || umount -l "$folder"
    done
}
