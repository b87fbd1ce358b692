#!/bin/sh
# prune.sh KEEP...: removes the Debian packages that nothing in this root is linked with, directly or not. What stays: packages that Debian
# calls essential, those that own a library that our programs or the essential ones load, and those named KEEP. Dependencies know more
# than that: LibTorch's of Debian 12 lead to a desktop's drivers. dpkg's list tells the truth afterwards, so that scanners see what is there.
set -eu
[ "$(dirname "$0")" = /image ] || { echo "$0: only for finish.sh" >&2; exit 2; }
lists=/var/lib/dpkg/info
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

dpkg-query -W -f='${Essential} ${Package}\n' | sed -n 's/^yes //p' >"$scratch/keep"
printf '%s\n' "$@" >>"$scratch/keep"

# What programs there are, ours and those of the packages so far; then the files that they load.
{
  printf '/usr/bin/%s\n' provnet-server provnet provnet-train
  while read -r package; do cat "$lists/$package.list" "$lists/$package":*.list 2>/dev/null || true; done <"$scratch/keep"
} | grep -E '/s?bin/|/lib.*\.so' | sort -u >"$scratch/programs"
while read -r file; do [ ! -f "$file" ] || [ -L "$file" ] || ldd "$file" 2>/dev/null || true; done <"$scratch/programs" |
  sed -n 's#^.* => \(/[^ ]*\) (0x.*#\1#p; s#^[[:space:]]*\(/[^ ]*\) (0x.*#\1#p' | sort -u |
  while read -r file; do readlink -f "$file"; done | sort -u >"$scratch/loaded"
# dpkg knows some libraries under /lib that lie under /usr/lib.
sed -n 's#^/usr/lib#/lib#p' "$scratch/loaded" >"$scratch/elsewhere"
cat "$scratch/elsewhere" >>"$scratch/loaded"
grep -lxFf "$scratch/loaded" "$lists"/*.list | sed 's#.*/##; s#\.list$##; s#:.*##' >>"$scratch/keep"

dpkg-query -W -f='${Package}\n' | sort -u >"$scratch/installed"
sort -u "$scratch/keep" -o "$scratch/keep"
comm -23 "$scratch/installed" "$scratch/keep" >"$scratch/remove"
[ -s "$scratch/remove" ] || exit 0
# Their scripts would ask for each other.
while read -r package; do rm -f "$lists/$package.prerm" "$lists/$package.postrm" "$lists/$package":*.prerm "$lists/$package":*.postrm; done <"$scratch/remove"
# Debian 13 protects login, for which a container has no use.
# shellcheck disable=SC2046
dpkg --purge --force-depends --force-remove-protected --no-triggers $(cat "$scratch/remove") >"$scratch/log" 2>&1 || { tail -n 20 "$scratch/log" >&2; exit 1; }
