#!/usr/bin/env bash
# Formats our C++ in place; with --check only says what is not formatted, and fails then.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mapfile -t files < <(git ls-files '*.cc' '*.h')
if [[ ${1:-} == --check ]]; then
  clang-format --dry-run --Werror "${files[@]}"
else
  clang-format -i "${files[@]}"
fi
