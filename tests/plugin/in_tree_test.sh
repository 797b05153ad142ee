#!/usr/bin/env bash
# The way of RocksDB's packagers: this repository as plugin/gpu_zstd of a RocksDB
# tree, ROCKSDB_PLUGINS=gpu_zstd. RocksDB's own CMake compiles the plugin and its
# table of plugins; to be quick, the rest is taken from the RocksDB built before.
# Usage: in_tree_test.sh ROCKSDB_SOURCE WORK_FOLDER ROCKSDB_LIBRARY
set -euo pipefail
rocksdb=$1 work=$2 library=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

rm -rf "$work"
mkdir -p "$work"
cp -as "$rocksdb" "$work/rocksdb"
ln -s "$root" "$work/rocksdb/plugin/gpu_zstd"

# Files are joined as they were in the library, so that the one with the table of
# plugins takes the place of the library's.
unity=OFF
ar t "$library" | grep -q unity && unity=ON

cmake -S "$work/rocksdb" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DPORTABLE=1 -DROCKSDB_BUILD_SHARED=OFF -DWITH_ZSTD=ON -DWITH_LIBURING=OFF \
  -DFAIL_ON_WARNINGS=ON -DWITH_TESTS=OFF -DWITH_TOOLS=OFF -DWITH_CORE_TOOLS=OFF \
  -DWITH_BENCHMARK_TOOLS=OFF -DWITH_TRACE_TOOLS=OFF \
  -DCMAKE_UNITY_BUILD=$unity -DCMAKE_UNITY_BUILD_BATCH_SIZE=10 \
  -DROCKSDB_PLUGINS=gpu_zstd

table=build_version.cc
if [[ $unity == ON ]]; then
  table=$(grep -l '/build_version.cc"' "$work"/build/CMakeFiles/rocksdb.dir/Unity/*)
fi
mapfile -t objects < <(ninja -C "$work/build" -t targets all |
  sed -nE "s,^(.*/(plugin/gpu_zstd/.*|${table##*/})\.o): .*,\1,p")
mapfile -t sources < <(sed -n 's/^gpu_zstd_SOURCES = //p' "$root/gpu_zstd.mk" |
  tr ' ' '\n')
if ((${#objects[@]} != ${#sources[@]} + 1)); then
  echo "RocksDB compiles ${#objects[@]} of our files, gpu_zstd.mk names" \
    "${#sources[@]}" >&2
  exit 1
fi
ninja -C "$work/build" "${objects[@]}"

cmake -S "$root/tests/plugin/in_tree" -B "$work/check" -G Ninja \
  -DCMAKE_BUILD_TYPE=Release \
  "-DIN_TREE_OBJECTS=$work/build/CMakeFiles/rocksdb.dir"
cmake --build "$work/check"
"$work/check/in_tree_check"
rm -rf "$work"
