# Configuring, building and testing a folder under build/. Sourced by
# tools/quickstart.sh and tools/test.sh.
# shellcheck shell=bash

# prepare [FLAG…]: runs tools/setup.sh; sets CMAKE_ARGUMENTS.
# shellcheck disable=SC2120
prepare() {
  local output
  output=$("$GPU_ZSTD_ROOT/tools/setup.sh" --print-cmake-args "$@")
  mapfile -t CMAKE_ARGUMENTS <<<"$output"
}

# configure_and_build FOLDER [CMAKE_ARGUMENT…]: the folder is made anew when its
# compilers or dependencies are other ones than last time.
configure_and_build() {
  local folder=$1 lock fresh=() arguments=("${CMAKE_ARGUMENTS[@]}" "${@:2}")
  local stamp=$folder/setup_arguments started=$SECONDS wanted
  wanted=$(printf '%s\n' "$(compiler_id)" "${arguments[@]}")
  mkdir -p "$folder"
  exec {lock}>"$folder/.lock"
  flock -n "$lock" || {
    say "another run is building $folder; waiting for that one"
    flock "$lock"
  }
  if [[ -f $folder/CMakeCache.txt ]] &&
    [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]]; then
    fresh=(--fresh)
  fi
  LOG=$folder/build.log
  : >"$LOG"
  say "building $folder (minutes the first time, seconds later)"
  logged cmake -S "$GPU_ZSTD_ROOT" -B "$folder" -G Ninja "${fresh[@]}" \
    -DCMAKE_BUILD_TYPE=Release "${arguments[@]}"
  printf '%s\n' "$wanted" >"$stamp"
  sed -n '/^-- gpu_zstd /,/^-- Configuring/{/Configuring/d;s/^-- /  /p}' \
    "$LOG" >&2
  logged cmake --build "$folder" --parallel "$JOBS"
  say "built in $((SECONDS - started)) s: $folder/bin"
  exec {lock}>&-
}

