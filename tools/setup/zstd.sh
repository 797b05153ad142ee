# libzstd of a known version, static, for RocksDB and for us.
# shellcheck shell=bash disable=SC2034

ZSTD_FLAGS=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_LIBDIR=lib)

build_zstd() {
  local work=$1 prefix=$2
  unpack_crate "$ZSTD_CRATE" "$ZSTD_CRATE_VERSION" "$ZSTD_CRATE_SHA256" \
    zstd "$work/src"
  logged cmake -S "$GPU_ZSTD_ROOT/third_party/zstd" -B "$work/build" -G Ninja \
    "${ZSTD_FLAGS[@]}" "-DZSTD_SOURCE_DIR=$work/src" \
    "-DCMAKE_INSTALL_PREFIX=$prefix"
  logged cmake --build "$work/build" --parallel "$JOBS"
  rm -rf "$work/stage"
  DESTDIR=$work/stage logged cmake --install "$work/build"
}

# Sets ZSTD_PREFIX.
ensure_zstd() {
  local recipe
  recipe=$(sha256sum <"$GPU_ZSTD_ROOT/third_party/zstd/CMakeLists.txt")
  ZSTD_KEY="$ZSTD_CRATE_VERSION $ZSTD_CRATE_SHA256 ${ZSTD_FLAGS[*]} $recipe
    $(compiler_id)"
  artifact "zstd-$ZSTD_VERSION" "$ZSTD_KEY" 100 "about 40 s on 2 cores" build_zstd
  ZSTD_PREFIX=$ARTIFACT
}
