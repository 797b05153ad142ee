#!/usr/bin/env bash
# Sets up, builds and runs the comparison; see --help.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/setup/common.sh
source tools/setup/common.sh
# shellcheck source=tools/setup/build.sh
source tools/setup/build.sh

usage() {
  cat <<USAGE
Usage: tools/quickstart.sh [--no-cuda] [--jobs=N] [--build-only] [-- FLAG…]

Prepares the dependencies (see tools/setup.sh --help), builds everything into
build/release/bin, and runs compare_compression there: RocksDB's built-in zstd
against GpuZstd on the same input. Without FLAGs it takes input that this machine
has and leaves one file, the picture compare_compression.svg, in the current
directory.

  --no-cuda     build without GPU kernels
  --jobs=N      compile jobs at a time
  --build-only  stop after the build
  -- FLAG…      passed on to compare_compression (-- --help lists them)

The first run takes about 15 minutes on 2 cores before the comparison starts.
USAGE
}

build_only=0
while (($#)); do
  case $1 in
    --no-cuda) export GPU_ZSTD_CUDA=OFF ;;
    --jobs=*) export GPU_ZSTD_JOBS=${1#*=} JOBS=${1#*=} ;;
    --build-only) build_only=1 ;;
    -h | --help) usage && exit 0 ;;
    --)
      shift
      break
      ;;
    *)
      die "unknown argument '$1'; see --help. Flags of compare_compression" \
        "come after '--'."
      ;;
  esac
  shift
done

stop_on_signals
# shellcheck disable=SC2119
prepare
configure_and_build build/release
((build_only)) && exit 0
program=$PWD/build/release/bin/compare_compression
# Relative paths among the flags are meant from where the caller stands. The
# program takes its own Ctrl-C, to clean up.
cd "$called_from"
exec "$program" "$@"
