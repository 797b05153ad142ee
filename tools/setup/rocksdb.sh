# RocksDB: an installed one, else one built from ROCKSDB_SOURCE_DIR, else one built
# from the pinned crate; and its benchmark tools as libraries.
# shellcheck shell=bash disable=SC2034

ROCKSDB_FLAGS=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_LIBDIR=lib
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DPORTABLE=1 -DROCKSDB_BUILD_SHARED=OFF
  -DWITH_ZSTD=ON -DWITH_LZ4=ON -DWITH_SNAPPY=ON -DWITH_ZLIB=ON -DWITH_BZ2=ON
  -DWITH_GFLAGS=ON -DWITH_LIBURING=OFF -DFAIL_ON_WARNINGS=OFF
  -DWITH_TESTS=OFF -DWITH_TOOLS=OFF -DWITH_CORE_TOOLS=OFF
  -DWITH_BENCHMARK_TOOLS=OFF -DWITH_TRACE_TOOLS=OFF
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10)

# Sets ROCKSDB_INSTALLED_DIR to the package folder that CMake would use, if it is
# new enough. CMAKE_PREFIX_PATH and RocksDB_DIR in the environment count.
find_installed_rocksdb() {
  local probe=$CACHE/work/probe-$$ output
  mkdir -p "$probe"
  output=$(cmake -S "$GPU_ZSTD_ROOT/tools/setup/find_rocksdb" -B "$probe" \
    -G Ninja "-DMINIMUM=$ROCKSDB_MINIMUM" 2>&1) || true
  rm -rf "$probe"
  ROCKSDB_INSTALLED_DIR=$(sed -n 's/^-- installed RocksDB: //p' <<<"$output")
  [[ -n $ROCKSDB_INSTALLED_DIR ]]
}

rocksdb_source_version() {
  awk '/#define ROCKSDB_(MAJOR|MINOR|PATCH) / {v = v s $3; s = "."} END {print v}' \
    "$1/include/rocksdb/version.h"
}

build_rocksdb() {
  local work=$1 prefix=$2 source=${ROCKSDB_SOURCE_DIR:-}
  if [[ -z $source ]]; then
    source=$work/src
    unpack_crate "$ROCKSDB_CRATE" "$ROCKSDB_CRATE_VERSION" \
      "$ROCKSDB_CRATE_SHA256" rocksdb "$source"
  fi
  logged cmake -S "$source" -B "$work/build" -G Ninja "${ROCKSDB_FLAGS[@]}" \
    "-DCMAKE_PREFIX_PATH=$ZSTD_PREFIX" "-DCMAKE_INSTALL_PREFIX=$prefix"
  logged cmake --build "$work/build" --parallel "$JOBS"
  rm -rf "$work/stage"
  DESTDIR=$work/stage logged cmake --install "$work/build"
  [[ $source == "$work/src" ]] && mv "$source" "$work/stage$prefix/src"
  return 0
}

# Sets ROCKSDB_PREFIX and ROCKSDB_SOURCE.
rocksdb_from_source() {
  local version=$ROCKSDB_VERSION origin=$ROCKSDB_CRATE_SHA256
  if [[ -n ${ROCKSDB_SOURCE_DIR:-} ]]; then
    [[ -f $ROCKSDB_SOURCE_DIR/include/rocksdb/version.h ]] ||
      die "ROCKSDB_SOURCE_DIR=$ROCKSDB_SOURCE_DIR is no RocksDB source tree"
    ROCKSDB_SOURCE_DIR=$(cd "$ROCKSDB_SOURCE_DIR" && pwd)
    version=$(rocksdb_source_version "$ROCKSDB_SOURCE_DIR")
    version_at_least "$version" "$ROCKSDB_MINIMUM" ||
      die "ROCKSDB_SOURCE_DIR is RocksDB $version, older than $ROCKSDB_MINIMUM"
    origin=$ROCKSDB_SOURCE_DIR
    origin+=$(git -C "$origin" rev-parse HEAD 2>/dev/null) || true
  fi
  ROCKSDB_KEY="$origin ${ROCKSDB_FLAGS[*]} $ZSTD_KEY"
  artifact "rocksdb-$version" "$ROCKSDB_KEY" 400 \
    "about 10 minutes of one core, divided by $JOBS" build_rocksdb
  ROCKSDB_PREFIX=$ARTIFACT
  ROCKSDB_SOURCE=${ROCKSDB_SOURCE_DIR:-$ROCKSDB_PREFIX/src}
}

build_rocksdb_tools() {
  local work=$1 prefix=$2
  logged cmake -S "$GPU_ZSTD_ROOT/third_party/rocksdb_tools" -B "$work/build" \
    -G Ninja -DCMAKE_BUILD_TYPE=Release "-DROCKSDB_SOURCE_DIR=$ROCKSDB_SOURCE" \
    "-DCMAKE_PREFIX_PATH=$ROCKSDB_PREFIX;$ZSTD_PREFIX" \
    "-DCMAKE_INSTALL_PREFIX=$prefix"
  logged cmake --build "$work/build" --parallel "$JOBS"
  rm -rf "$work/stage"
  DESTDIR=$work/stage logged cmake --install "$work/build"
}

# Sets ROCKSDB_PREFIX (empty: installed), ROCKSDB_SOURCE (empty: none),
# ROCKSDB_TOOLS_PREFIX (empty: none), ZSTD_PREFIX (empty: the system's).
ensure_rocksdb() {
  ROCKSDB_PREFIX='' ROCKSDB_TOOLS_PREFIX='' ZSTD_PREFIX=''
  ROCKSDB_SOURCE=${ROCKSDB_SOURCE_DIR:-}
  if find_installed_rocksdb; then
    say "RocksDB: installed, $ROCKSDB_INSTALLED_DIR"
    [[ -n $ROCKSDB_SOURCE ]] || say "RocksDB: set ROCKSDB_SOURCE_DIR to its" \
      "source tree to have db_bench and db_stress with the plugin"
    return
  fi
  ensure_zstd
  rocksdb_from_source
  local recipe
  recipe=$(cat "$GPU_ZSTD_ROOT"/third_party/rocksdb_tools/* | sha256sum)
  artifact "rocksdb_tools-${ROCKSDB_PREFIX##*/rocksdb-}" "$recipe $ROCKSDB_KEY" \
    200 "about 4 minutes of one core, divided by $JOBS" build_rocksdb_tools
  ROCKSDB_TOOLS_PREFIX=$ARTIFACT
}
