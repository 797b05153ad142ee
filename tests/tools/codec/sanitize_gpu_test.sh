#!/usr/bin/env bash
# What tools/sanitize_gpu.sh makes of what compute-sanitizer says, with one that
# says what it is told.
set -euo pipefail
script=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/tools/sanitize_gpu.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/tests"

cat >"$work/compute-sanitizer" <<'FAKE'
#!/usr/bin/env bash
# Options up to the program, which runs and says how many reports there are.
while [[ $1 == --* ]]; do
  [[ $1 == --tool ]] && tool=$2
  [[ $1 == --kernel-name-exclude ]] && left_out=$2
  case $1 in --tool | --error-exitcode | --print-limit | --kernel-name-exclude) shift ;; esac
  shift
done
# The self-test of lanes races on purpose.
[[ $tool != racecheck || ${left_out-} == kernel_substring=probe_kernel ]] || exit 8
says=$("$@") || exit 7
[[ -z $says ]] && exit 1 # it printed no summary
[[ $tool == racecheck ]] && echo "===== RACECHECK SUMMARY: $says hazards displayed (0 errors)"
[[ $tool != racecheck ]] && echo "===== ERROR SUMMARY: $says errors"
((says == 0)) || exit 99
FAKE
program() { printf '#!/bin/sh\n%s\n' "$2" >"$work/$1" && chmod +x "$work/$1"; }
chmod +x "$work/compute-sanitizer"

# expect LAST_LINE STATUS ARGUMENT…
expect() {
  local last=$1 wanted=$2 status=0 out
  shift 2
  out=$("$script" --sanitizer="$work/compute-sanitizer" "$@" "$work" 2>&1) || status=$?
  if [[ $(tail -n 1 <<<"$out") != *"$last"* ]] || ((status != wanted)); then
    printf 'expected the end %s and status %s, got %s:\n%s\n' \
      "$last" "$wanted" "$status" "$out" >&2
    exit 1
  fi
}

expect 'nothing ran' 1
program tests/gpu_codec_fse_cuda_test 'echo 0'
expect '0 reports, 0 failed' 0
program tests/frame_cuda_test 'echo 3'
expect '12 reports, 0 failed' 1
expect '6 reports, 0 failed' 1 --tools=racecheck,memcheck
expect '0 reports, 0 failed' 0 --only=fse
program tests/gpu_codec_fse_cuda_test 'exit 5' # the program fails
expect '3 reports, 1 failed' 1 --tools=memcheck
program tests/gpu_codec_fse_cuda_test 'true'   # there is no summary
expect '3 reports, 1 failed' 1 --tools=memcheck
program tests/gpu_codec_fse_cuda_test 'sleep 9; echo 0'
expect '0 reports, 1 failed' 1 --tools=memcheck --only=fse --seconds=1
# Nor does racecheck see the encoder count on the order of lanes.
program bin/soak_codec 'case "$*" in *--nolane_order*) echo 0 ;; *) echo 1 ;; esac'
expect '0 reports, 0 failed' 0 --tools=racecheck --only=soak
expect '4 reports, 0 failed' 1 --tools=memcheck --only=soak
expect "'leakcheck' is none of" 1 --tools=leakcheck
expect "there is no '/none'" 1 --sanitizer=/none
expect "unknown argument '--tool=memcheck'" 1 --tool=memcheck
echo 'fine'
