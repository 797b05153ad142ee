# The CUDA compiler: an installed one, else the one that comes as Python wheels,
# else none; and NVTX's headers beside it.
# shellcheck shell=bash disable=SC2034

CUDA_OFF='^(OFF|off|NO|no|0)$'

nvcc_version() {
  "$1" --version 2>/dev/null | sed -n 's/.*release \([0-9.]*\),.*/\1/p'
}

installed_nvcc() {
  local candidate version
  for candidate in "${CUDACXX:-}" "$(command -v nvcc || true)" \
    "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc" /usr/local/cuda/bin/nvcc; do
    [[ -n $candidate && -x $candidate ]] || continue
    version=$(nvcc_version "$candidate")
    if [[ -n $version ]] && version_at_least "$version" "$CUDA_MINIMUM"; then
      printf '%s' "$candidate"
      return
    fi
    say "CUDA: $candidate is ${version:-of unknown version}," \
      "older than $CUDA_MINIMUM; not used"
  done
  return 1
}

# unpack_wheels WORK STAGE REQUIREMENT…: into STAGE/site-packages.
unpack_wheels() {
  local work=$1 stage=$2
  [[ -x $work/venv/bin/pip ]] || logged python3 -m venv --clear "$work/venv"
  rm -rf "$stage"
  mkdir -p "$stage"
  logged "$work/venv/bin/pip" install --no-deps --no-compile \
    --target "$stage/site-packages" "${@:3}"
}

# The wheels hold a whole toolkit under nvidia/cu13. nvcc looks for lib64.
build_cuda() {
  local work=$1 stage=$1/stage$2 wheel
  local requirements=()
  for wheel in "${CUDA_WHEELS[@]}"; do
    requirements+=("$wheel==$CUDA_VERSION.*")
  done
  unpack_wheels "$work" "$stage" "${requirements[@]}"
  mv "$stage/site-packages/nvidia/cu13" "$stage/toolkit"
  [[ -e $stage/toolkit/lib64 ]] || ln -s lib "$stage/toolkit/lib64"
  [[ -n $(nvcc_version "$stage/toolkit/bin/nvcc") ]] ||
    die "the nvcc of the wheels does not run; GPU_ZSTD_CUDA=OFF does without it"
}

python_can_make_environments() {
  have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null
}

build_nvtx() {
  local work=$1 stage=$1/stage$2
  unpack_wheels "$work" "$stage" "$NVTX_WHEEL==$NVTX_VERSION"
  mv "$stage/site-packages/nvidia/cu13/include" "$stage/include"
  rm -rf "$stage/site-packages"
  [[ -f $stage/include/nvtx3/nvToolsExt.h ]] ||
    die "the wheel of NVTX has no nvtx3/nvToolsExt.h"
}

# optional_artifact ARGUMENT…: artifact, in a shell of its own, so that a failure
# is told and the build goes on without it: ARTIFACT is empty then. Not for a
# condition, where set -e has no effect.
optional_artifact() {
  local status
  set +e
  (set -e; artifact "$@")
  status=$?
  set -e
  ((status == 130 || status == 143)) && exit "$status"
  ARTIFACT=
  if ((status == 0)); then
    artifact "$@" 2>/dev/null  # sets ARTIFACT, which the shell above could not
  fi
}

cuda_from_wheels() {
  local key
  key="wheels $CUDA_VERSION ${CUDA_WHEELS[*]} $(uname -m)"
  if ! python_can_make_environments; then
    say "CUDA: no nvcc >= $CUDA_MINIMUM, and Python cannot make a virtual" \
      "environment to fetch one (Debian and Ubuntu: apt-get install python3-venv)"
    no_cuda_warning
    return
  fi
  optional_artifact "cuda-$CUDA_VERSION" "$key" 1500 \
    "about a minute, 250 MB to fetch" build_cuda
  if [[ -z $ARTIFACT ]]; then
    no_cuda_warning
    return
  fi
  NVCC=$ARTIFACT/toolkit/bin/nvcc
}

no_cuda_warning() {
  say "CUDA: *** no CUDA compiler: building WITHOUT GPU kernels ***"
  say "CUDA: install nvcc >= $CUDA_MINIMUM and run again to have them"
}

# Sets NVTX_PREFIX, empty if the toolkit has the headers or nobody has. A part of
# the cache of its own, so that a cached compiler stays as it is.
ensure_nvtx() {
  NVTX_PREFIX=
  [[ -f ${NVCC%/bin/nvcc}/include/nvtx3/nvToolsExt.h ]] && return
  optional_artifact "nvtx-$NVTX_VERSION" "wheel $NVTX_WHEEL" 20 \
    "some seconds" build_nvtx
  NVTX_PREFIX=$ARTIFACT
  if [[ -z $NVTX_PREFIX ]]; then
    say "NVTX: no headers: profilers will see no ranges; nothing else changes"
  fi
}

# Sets NVCC, empty for none, and NVTX_PREFIX.
ensure_cuda() {
  NVCC='' NVTX_PREFIX=''
  if [[ ${GPU_ZSTD_CUDA:-} =~ $CUDA_OFF ]]; then
    say "CUDA: off, as asked; the plugin is built without GPU kernels"
  elif NVCC=$(installed_nvcc); then
    say "CUDA: $NVCC ($(nvcc_version "$NVCC"))"
  else
    NVCC=
    cuda_from_wheels
  fi
  [[ -z $NVCC ]] || ensure_nvtx
}
