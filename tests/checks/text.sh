#!/usr/bin/env bash
# No path of one machine in any file, no open end in the sources, no misspelling. Recorded inputs
# are left alone: they are what they are.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck disable=SC2054 # commas inside pathspecs
ours=(':!tests/corpus' ':!tests/fuzz/seeds' ':!data/sample' ':!LICENSE')
status=0

if ! git rev-parse --git-dir >/dev/null 2>&1; then
    echo "skipped text: not a git clone"
    exit 77
fi

if git grep -nIE '(^|[^A-Za-z0-9_.~$}-])/(work|root|home)/' -- "${ours[@]}"; then
    echo "text: paths of one machine"
    status=1
fi

if git grep -nIwE 'TODO|FIXME|XXX' -- src; then
    echo "text: open ends in the sources"
    status=1
fi

if git grep -nI -e '[[:blank:]]$' -- "${ours[@]}" ':!tests/screen' ':!tests/golden' ':!*.md'; then
    echo "text: blanks at the ends of lines"
    status=1
fi

if command -v codespell >/dev/null; then
    words=tests/checks/words
    if ! git ls-files -z -- "${ours[@]}" ':!tests/screen' ':!tests/golden' |
        xargs -0 codespell --ignore-words "$words"; then
        echo "text: misspelled (words that are right go into $words)"
        status=1
    fi
else
    echo "note: no codespell here"
fi

[ $status -eq 0 ] || exit 1
echo "ok text"
