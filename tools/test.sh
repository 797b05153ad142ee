#!/usr/bin/env bash
# Sets up, builds and runs the tests; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/setup/common.sh
source tools/setup/common.sh
# shellcheck source=tools/setup/build.sh
source tools/setup/build.sh

usage() {
  cat <<USAGE
Usage: tools/test.sh [OPTION…]

Prepares the dependencies (see tools/setup.sh --help), builds everything into
build/release and runs the tests. The last line is 'N passed, N failed'; the exit
status is 0 only if something ran and nothing failed. The first run takes about 15
minutes on 2 cores before the tests start.

  --sanitize=address  in build/asan, our code under ASan and UBSan
  --sanitize=thread   in build/tsan, our code under TSan; runs the tests labelled
                      'tsan': those with threads of our own, without RocksDB, which
                      is not instrumented
  --werror            compiler warnings are errors
  --no-cuda           build without GPU kernels
  --filter=REGEX      only tests whose name matches
  --jobs=N            compile and test jobs at a time
USAGE
}

folder=build/release cmake_arguments=() ctest_arguments=()
while (($#)); do
  case $1 in
    --sanitize=address)
      folder=build/asan
      cmake_arguments+=(-DGPU_ZSTD_SANITIZE=address)
      ;;
    --sanitize=thread)
      folder=build/tsan
      cmake_arguments+=(-DGPU_ZSTD_SANITIZE=thread -DGPU_ZSTD_TOOLS=OFF)
      ctest_arguments+=(--label-regex '^tsan$')
      ;;
    --werror) cmake_arguments+=(-DGPU_ZSTD_WERROR=ON) ;;
    --no-cuda) export GPU_ZSTD_CUDA=OFF ;;
    --filter=*) ctest_arguments+=(--tests-regex "${1#*=}") ;;
    --jobs=*) export GPU_ZSTD_JOBS=${1#*=} JOBS=${1#*=} ;;
    -h | --help) usage && exit 0 ;;
    *) die "unknown argument '$1'; see --help" ;;
  esac
  shift
done

stop_on_signals
# shellcheck disable=SC2119
prepare
configure_and_build "$folder" "${cmake_arguments[@]}"
report=$PWD/$folder/tests.xml
rm -f "$report"
status=0
ctest --test-dir "$folder" --output-on-failure --parallel "$JOBS" \
  --no-tests=error --output-junit "$report" "${ctest_arguments[@]}" || status=$?
[[ -f $report ]] || die "ctest did not run (status $status)"
count() { sed -n "s/^[^<]*$1=\"\([0-9]*\)\".*/\1/p" "$report" | head -n 1; }
failed=$(count failures) skipped=$(count skipped) disabled=$(count disabled)
passed=$(($(count tests) - failed - skipped - disabled))
((passed + failed > 0)) || die "no test ran"
line="$passed passed, $failed failed"
((skipped + disabled == 0)) || line+=", $((skipped + disabled)) skipped"
printf '%s\n' "$line"
exit "$status"
