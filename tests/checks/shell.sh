#!/usr/bin/env bash
# The shell scripts pass shellcheck.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v shellcheck >/dev/null; then
    echo "skipped shell: no shellcheck here"
    exit 77
fi

scripts=()
while IFS= read -r -d '' file; do
    if head -n 1 "$file" 2>/dev/null | grep -qE '^#!.*\b(ba|da)?sh$'; then
        scripts+=("$file")
    fi
done < <(find . -path ./build -prune -o -path ./.git -prune -o -path ./node_modules -prune \
    -o -path ./tests/corpus -prune -o -type f \( -name '*.sh' -o -perm -u+x \) -print0)

shellcheck "${scripts[@]}" || exit 1
echo "ok shell"
