#!/usr/bin/env bash
# Installs a build and links programs with the package that comes of it.
# Usage: package_test.sh BUILD_FOLDER WORK_FOLDER WITH_BULK WITH_CUDA
set -euo pipefail
build=$1 work=$2 with_bulk=$3 with_cuda=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

rm -rf "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
cmake -S "$here/package" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  "-DCMAKE_PREFIX_PATH=$work/prefix" "-DWITH_BULK=$with_bulk" \
  "-DWITH_CUDA=$with_cuda"
cmake --build "$work/build"
"$work/build/package_check" "$work/db"
"$work/build/parts_check"
"$work/build/offline_check" "$work/offline_db"
rm -rf "$work"
