#!/usr/bin/env bash
# Prepares what the build needs; see --help. Steps are in tools/setup/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=third_party/pins.sh
source third_party/pins.sh
for step in common packages crate cuda zstd rocksdb; do
  # shellcheck source=/dev/null
  source "tools/setup/$step.sh"
done

usage() {
  cat <<USAGE
Usage: tools/setup.sh [--checks] [--print-cmake-args]

Prepares what the build needs, step by step, and says what it does:
  packages  Debian/Ubuntu packages: installs the missing ones when run by root,
            else prints the command to run. Never calls sudo.
  CUDA      an installed nvcc >= $CUDA_MINIMUM, else nvcc $CUDA_VERSION from Python wheels in the
            cache, else a build without GPU kernels; NVTX's headers likewise.
  RocksDB   an installed one >= $ROCKSDB_MINIMUM that CMake finds, else ROCKSDB_SOURCE_DIR, else
            RocksDB $ROCKSDB_VERSION, built in the cache with zstd $ZSTD_VERSION.
The first run takes about 15 minutes on 2 cores, the build that follows included,
later ones a few seconds. Nothing is written into the checkout. Remove the cache
folder to start again.

  --checks            also install what .ci/run needs (clang-format, shellcheck)
  --print-cmake-args  print the arguments for cmake on standard output, one a line

Environment:
  GPU_ZSTD_CACHE_DIR  the cache ($CACHE)
  GPU_ZSTD_CUDA=OFF   build without GPU kernels
  GPU_ZSTD_JOBS       compile jobs at a time ($JOBS)
  ROCKSDB_SOURCE_DIR  a RocksDB source tree to build instead of the pinned one
  CMAKE_PREFIX_PATH, RocksDB_DIR  where an installed RocksDB is
  CXX, CC, CUDACXX    compilers
USAGE
}

checks=0 print_arguments=0
for argument in "$@"; do
  case $argument in
    --checks) checks=1 ;;
    --print-cmake-args) print_arguments=1 ;;
    -h | --help) usage && exit 0 ;;
    *) die "unknown argument '$argument'; see --help" ;;
  esac
done

wanted_packages() {
  printf '%s\n' "${BUILD_PACKAGES[@]}"
  ((checks)) && printf '%s\n' "${CHECK_PACKAGES[@]}"
  if [[ ! ${GPU_ZSTD_CUDA:-} =~ $CUDA_OFF ]] && have python3 &&
    ! installed_nvcc >/dev/null 2>&1 && ! python_can_make_environments; then
    echo python3-venv
  fi
  return 0
}

print_cmake_arguments() {
  local prefix_path
  prefix_path=$(printf '%s\n' "$ROCKSDB_TOOLS_PREFIX" "$ROCKSDB_PREFIX" \
    "$ZSTD_PREFIX" "$NVTX_PREFIX" | sed '/^$/d' | paste -sd ';')
  [[ -z $prefix_path ]] || echo "-DCMAKE_PREFIX_PATH=$prefix_path"
  [[ -z $ROCKSDB_SOURCE ]] || echo "-DROCKSDB_SOURCE_DIR=$ROCKSDB_SOURCE"
  if [[ -n $NVCC ]]; then
    echo "-DGPU_ZSTD_CUDA=ON"
    echo "-DCMAKE_CUDA_COMPILER=$NVCC"
  else
    echo "-DGPU_ZSTD_CUDA=OFF"
  fi
}

stop_on_signals
mkdir -p "$CACHE" 2>/dev/null ||
  die "cannot write $CACHE; set GPU_ZSTD_CACHE_DIR to a folder that you may write"
CACHE=$(cd "$CACHE" && pwd)
compiler_id >/dev/null
mapfile -t packages < <(wanted_packages)
ensure_packages "${packages[@]}"
ensure_cuda
ensure_rocksdb
say "ready after $SECONDS s (cache: $CACHE)"
if ((print_arguments)); then
  print_cmake_arguments
fi
