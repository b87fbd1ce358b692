#!/bin/sh
# sbom.sh: the Debian packages in this root and our programs, as SPDX 2.3 in JSON on standard output. Runs after prune.sh: with programs of
# packages that Debian calls essential, which awk is not.
set -eu
version=$(sed -n 's/^VERSION_ID="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release)

digest() { sha256sum "/usr/bin/$1" | cut -d' ' -f1; }

cat <<HEAD
{"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "provnet on Debian $version",
"documentNamespace": "https://provnet.invalid/spdx/$(digest provnet-server)",
"creationInfo": {"created": "$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ)", "creators": ["Tool: provnet-deploy-image"]},
"documentDescribes": ["SPDXRef-program-provnet-server", "SPDXRef-program-provnet", "SPDXRef-program-provnet-train"],
"packages": [
HEAD
for program in provnet-server provnet provnet-train; do
  printf '{"SPDXID": "SPDXRef-program-%s", "name": "%s", "downloadLocation": "NOASSERTION", "checksums": [{"algorithm": "SHA256", "checksumValue": "%s"}]},\n' \
    "$program" "$program" "$(digest "$program")"
done
# Of each line, the first word becomes an SPDX identifier, and the second a version as package URLs spell it.
dpkg-query -W -f='${Package} ${Version} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' | sed '
  :identifier
  s/^\([^ ]*\)[^A-Za-z0-9. -]/\1-/
  t identifier
  :plus
  s/^\([^ ]* [^ ]*\)+/\1%2B/
  t plus
  :colon
  s/^\([^ ]* [^ ]*\):/\1%3A/
  t colon
  s#^\([^ ]*\) \([^ ]*\) \([^ ]*\) \([^ ]*\) \([^ ]*\) \([^ ]*\) \([^ ]*\)$#{"SPDXID": "SPDXRef-\1", "name": "\3", "versionInfo": "\4",\
  "downloadLocation": "NOASSERTION", "sourceInfo": "built from \6 \7",\
  "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",\
  "referenceLocator": "pkg:deb/debian/\3@\2?arch=\5\&distro=debian-'"$version"'"}]},#
  $s/,$//'
printf ']}\n'
