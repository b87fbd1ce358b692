#!/usr/bin/env bash
# check.sh [--debian=13|12] [--programs=DIR | --build] [--preset=release|dev] [--tests]
#
# Makes the image's root file system as root and without Docker, in a base that mmdebstrap makes: what the Dockerfile's stage "runtime" says
# is read there and runs, chrooted. Proves it: every program starts with the libraries that are inside, in the environment and as the user
# that the Dockerfile says, without capabilities, on a root that can't be written; the trainer publishes a model, the image's entry point
# becomes ready with it, is of the version on the image's label, answers the client, and ends cleanly on the signal that stops containers.
# Measures the size: at most 600 MB. On Debian 13 then the same for Dockerfile.cuda, with Debian's LibTorch in the place of PyTorch's.
#   --programs=DIR  programs that were built on that Debian (build/PRESET/bin)
#   --build         builds them first, in a build root of that Debian; --tests runs all tests there, too
# Keeps what it builds and downloads under build/image/DEBIAN, so that a second run is quicker.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

# LibTorch of Debian 12 needs OpenCV and what that needs.
declare -A most_megabytes=([12]=700 [13]=600)
debian=13 preset=release programs="" build_first=false tests=false
for argument in "$@"; do
  case $argument in
    --debian=*) debian=${argument#*=} ;;
    --preset=*) preset=${argument#*=} ;;
    --programs=*) programs=$(absolute "${argument#*=}") ;;
    --build) build_first=true ;;
    --tests) tests=true ;;
    -h | --help) sed -n '2,/^source/{/^source/d;s/^# \?//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown argument $argument; see --help" ;;
  esac
done
declare -A suites=([12]=bookworm [13]=trixie)
suite=${suites[$debian]:-}
[[ -n $suite ]] || die "--debian=$debian: expected 12 or 13"
((EUID == 0)) || die "making roots and entering them needs root"
! $tests || $build_first || die "--tests needs --build: tests run where they were built"
scripts/setup.sh mmdebstrap curl

work=$root/build/image/$debian
mkdir -p "$work"
source "$root/deploy/image/dockerfile.sh"
source "$root/deploy/image/roots.sh"

if $build_first; then
  if $tests; then make_build_root "${test_packages[@]}"; else make_build_root; fi
  in_build_root "cmake --preset $preset && nice -n 5 cmake --build --preset $preset -j $(jobs) $($tests || echo "--target provnet-server provnet provnet-train")"
  in_build_root "deploy/image/stage.sh build/$preset/bin /stage"
  rm -rf "$work/stage" && cp -a "$work/build-root/stage" "$work/stage"
else
  : "${programs:=$root/build/$preset/bin}"
  [[ -x $programs/provnet-server ]] || die "$programs/provnet-server is not there: build it, or give --build"
  . /etc/os-release
  [[ $VERSION_ID == "$debian" ]] || die "programs of this machine are Debian $VERSION_ID's; give --debian=$VERSION_ID, or --build"
  rm -rf "$work/stage" && deploy/image/stage.sh "$programs" "$work/stage"
fi

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT

# prove DOCKERFILE: sets $megabytes, of the root that it says.
prove() {
  local bill=$work/root/usr/share/provnet.spdx.json
  make_image_root "$1"
  megabytes=$(($(du -s --block-size=1 --apparent-size "$work/root" | cut -f1) / 1000000))
  say "the root has $megabytes MB, $(jq '.packages | length' "$bill") packages in its SBOM"
  diff <(chroot "$work/root" dpkg-query -W -f='${Package}\n' | sort -u) <(jq -r '.packages[] | select(.versionInfo) | .name' "$bill" | sort -u) ||
    die "the SBOM does not list the packages that are inside"
  ((megabytes <= ${most_megabytes[$debian]})) || die "the root has $megabytes MB, more than ${most_megabytes[$debian]}"
  rm -rf "${state:?}"/*
  mkdir "$state/tmp" "$state/models"
  chown -R 10001:10001 "$state"
  unshare --mount --pid --fork --kill-child "$root/deploy/image/prove.sh" "$work/root" "$state" "$1"
}

make_base_root
prove deploy/image/Dockerfile
image_megabytes=$megabytes
if [[ $debian == 13 ]]; then
  # As if a program were linked with CUDA's runtime itself.
  echo libcudart12 >>"$work/stage/packages"
  prove deploy/image/Dockerfile.cuda
fi

if $tests; then
  say "running all tests on Debian $debian"
  in_build_root "ctest --preset $preset -j 2"
fi
say "Debian $debian: root of $image_megabytes MB; trainer, server and client work in it without rights, on a root that can't be written"
