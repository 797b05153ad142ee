#!/usr/bin/env bash
# Configures without the packages that can be done without: that works with all
# switches off, and each switch that misses one is named.
# Usage: switches_test.sh SOURCE_FOLDER WORK_FOLDER
set -euo pipefail
source=$1 work=$2

# configure ARGUMENT…: with every switch off and every such package missing, but
# for the arguments.
configure() {
  local arguments=() name
  for name in CUDA ROCKSDB BULK TOOLS TESTS; do
    arguments+=("-DGPU_ZSTD_$name=OFF")
  done
  for name in TBB RocksDB gflags nlohmann_json GTest; do
    arguments+=("-DCMAKE_DISABLE_FIND_PACKAGE_$name=ON")
  done
  cmake -S "$source" -B "$work" -G Ninja "${arguments[@]}" "$@" 2>&1
}

# fails WORD… -- ARGUMENT…: configuring with the arguments ends with an error that
# has each word.
fails() {
  local words=() output word
  while [[ $1 != -- ]]; do words+=("$1") && shift; done
  shift
  if output=$(configure "$@"); then
    echo "configured with $*, but should not:" && echo "$output"
    return 1
  fi
  for word in "${words[@]}"; do
    if [[ ${output//$'\n'/ } != *"$word"* ]]; then
      echo "the error with $* does not name $word:" && echo "$output"
      return 1
    fi
  done
}

rm -rf "$work"
if ! output=$(configure); then
  echo "does not configure with all switches off:" && echo "$output"
  exit 1
fi
fails TBB GPU_ZSTD_BULK=OFF -- -DGPU_ZSTD_BULK=ON
fails TBB GPU_ZSTD_TOOLS=OFF -- -DGPU_ZSTD_TOOLS=ON
fails TBB GPU_ZSTD_ROCKSDB=OFF -- -DGPU_ZSTD_ROCKSDB=ON
with_tbb=-DCMAKE_DISABLE_FIND_PACKAGE_TBB=OFF
fails RocksDB GPU_ZSTD_ROCKSDB=OFF -- -DGPU_ZSTD_ROCKSDB=ON $with_tbb
fails gflags GPU_ZSTD_TOOLS=OFF -- -DGPU_ZSTD_TOOLS=ON $with_tbb
fails nlohmann_json GPU_ZSTD_TOOLS=OFF -- -DGPU_ZSTD_TOOLS=ON $with_tbb \
  -DCMAKE_DISABLE_FIND_PACKAGE_gflags=OFF
fails GTest GPU_ZSTD_TESTS=OFF -- -DGPU_ZSTD_TESTS=ON
rm -rf "$work"
