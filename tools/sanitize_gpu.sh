#!/usr/bin/env bash
# Runs GPU programs of a build under compute-sanitizer; see --help.
set -euo pipefail

usage() {
  cat <<USAGE
Usage: tools/sanitize_gpu.sh [OPTION…] BUILD_FOLDER

Runs soak_codec, in every preset and layout, and the GPU tests of BUILD_FOLDER (its
bin/ and tests/; what is not there is left out and named) under tools of
compute-sanitizer, with inputs so small that a run takes seconds to minutes. Prints a
line for each run: how it ended, its reports, its seconds. The last line is
'N reports, N failed'; the exit status is 0 only if both are 0 and something ran.

  --sanitizer=PROGRAM  compute-sanitizer, else the one in PATH. NVIDIA's Python package
                       nvidia-cuda-sanitizer-api has it
  --tools=LIST         memcheck,initcheck,synccheck,racecheck (the default), or some
  --only=REGEX         only programs whose command matches
  --seconds=N          a run that takes longer has failed (120)
  --logs=FOLDER        what each run printed (BUILD_FOLDER/sanitizer)
USAGE
}

die() {
  printf 'sanitize_gpu: %s\n' "$*" >&2
  exit 1
}

sanitizer=compute-sanitizer tools=memcheck,initcheck,synccheck,racecheck
only=. seconds=120 logs='' folder=''
while (($#)); do
  case $1 in
    --sanitizer=*) sanitizer=${1#*=} ;;
    --tools=*) tools=${1#*=} ;;
    --only=*) only=${1#*=} ;;
    --seconds=*) seconds=${1#*=} ;;
    --logs=*) logs=${1#*=} ;;
    -h | --help) usage && exit 0 ;;
    -*) die "unknown argument '$1'; see --help" ;;
    *)
      [[ -z $folder ]] || die "expected one BUILD_FOLDER; see --help"
      folder=$1
      ;;
  esac
  shift
done
[[ -n $folder ]] || die "expected a BUILD_FOLDER; see --help"
[[ -d $folder ]] || die "$folder is no folder"
command -v "$sanitizer" >/dev/null ||
  die "there is no '$sanitizer'; name compute-sanitizer with --sanitizer"
for tool in ${tools//,/ }; do
  case $tool in
    memcheck | initcheck | synccheck | racecheck) ;;
    *) die "--tools: '$tool' is none of memcheck, initcheck, synccheck, racecheck" ;;
  esac
done
logs=${logs:-$folder/sanitizer}
mkdir -p "$logs"

# What runs: a program, then its arguments. Levels 1, 3, 9, 12, 19 and 22 meet all six
# presets; blocks of up to 400, 16384 and 100000 bytes their three layouts, of up to
# 60000 a fourth of levels 1 and 3.
soak='bin/soak_codec --engine=gpu --pool_bytes=2000000 --model_every=1'
jobs=(
  "$soak --blocks=300 --longest_block=400"
  "$soak --blocks=24 --longest_block=16384"
  "$soak --blocks=24 --longest_block=16384 --nolane_order"
  "$soak --blocks=12 --longest_block=60000 --levels=1,3 --batch_bytes=600000"
  "$soak --blocks=6 --longest_block=100000 --batch_bytes=600000"
  'tests/gpu_codec_fse_cuda_test'
  'tests/gpu_codec_entropy_cuda_test'
  'tests/frame_cuda_test --gtest_filter=FrameOnGpu.*'
)

reports=0 failed=0 ran=0

# run TOOL COMMAND…
run() {
  local tool=$1 log summary found status=0 started=$SECONDS
  ran=$((ran + 1))
  log=$logs/$tool-$ran-${2##*/}.log
  shift
  timeout "$seconds" "$sanitizer" --tool "$tool" --error-exitcode 99 "${without[@]}" \
    --print-limit 20 "$folder/$1" "${@:2}" >"$log" 2>&1 || status=$?
  # 'ERROR SUMMARY: 3 errors', 'RACECHECK SUMMARY: 3 hazards displayed (…)'.
  summary=$(grep -E '(ERROR|RACECHECK) SUMMARY' "$log" | tail -n 1) || true
  found=$(sed -E 's/.*SUMMARY: ([0-9]+).*/\1/' <<<"$summary")
  if ((status == 124)); then
    summary="not finished after $seconds s"
    failed=$((failed + 1))
  elif [[ -z $found ]] || ((status != 0 && found == 0)); then
    summary="failed with status $status; see $log"
    failed=$((failed + 1))
  elif grep -q '\[  SKIPPED \]' "$log"; then
    summary="skipped: no CUDA device"
    failed=$((failed + 1))
  else
    summary="$found reports"
    reports=$((reports + found))
  fi
  printf '%-10s %4d s  %-24s %s\n' "$tool" $((SECONDS - started)) "$summary" "$*"
}

# Stores of one warp's lanes to one address are races to racecheck, whose order the
# start-up self-test is there to look at, and which the encoder makes only where that
# found it: racecheck leaves the self-test out and looks at the encoder without.
for tool in ${tools//,/ }; do
  without=()
  [[ $tool != racecheck ]] || without=(--kernel-name-exclude kernel_substring=probe_kernel)
  for job in "${jobs[@]}"; do
    if [[ $tool == racecheck && $job == bin/soak_codec* ]]; then
      [[ $job != *--nolane_order* ]] || continue
      job+=' --nolane_order'
    fi
    read -ra words <<<"$job"
    [[ $job =~ $only ]] || continue
    if [[ -x $folder/${words[0]} ]]; then
      run "$tool" "${words[@]}"
    else
      printf '%-10s           not built: %s\n' "$tool" "${words[0]}"
    fi
  done
done
((ran > 0)) || die "nothing ran: $folder has none of the programs"
printf '%d reports, %d failed\n' "$reports" "$failed"
((reports == 0 && failed == 0))
