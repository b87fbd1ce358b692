#!/bin/sh
# sbom.sh ROOT: the Debian packages in ROOT and our programs, as SPDX 2.3 in JSON on standard output.
set -eu
root=${1%/}
version=$(sed -n 's/^VERSION_ID="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$root/etc/os-release")

digest() { sha256sum "$root/usr/bin/$1" | cut -d' ' -f1; }

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
dpkg-query --admindir="$root/var/lib/dpkg" -W -f='${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' | awk -v release="$version" '
  {
    id = $1; gsub(/[^A-Za-z0-9.-]/, "-", id)
    escaped = $2; gsub(/\+/, "%2B", escaped); gsub(/:/, "%3A", escaped)
    printf "%s{\"SPDXID\": \"SPDXRef-%s\", \"name\": \"%s\", \"versionInfo\": \"%s\", \"downloadLocation\": \"NOASSERTION\", ", (NR > 1 ? ",\n" : ""), id, $1, $2
    printf "\"sourceInfo\": \"built from %s %s\", ", $4, $5
    printf "\"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", "
    printf "\"referenceLocator\": \"pkg:deb/debian/%s@%s?arch=%s&distro=debian-%s\"}]}", $1, escaped, $3, release
  }'
printf '\n]}\n'
