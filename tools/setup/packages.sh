# Debian and Ubuntu packages. Only missing ones are asked for, and only root
# installs them.
# shellcheck shell=bash disable=SC2034

# Needed to build, run and test.
BUILD_PACKAGES=(libgflags-dev libgtest-dev libbenchmark-dev libtbb-dev
  liblz4-dev libsnappy-dev libbz2-dev zlib1g-dev libxxhash-dev nlohmann-json3-dev
  gnuplot-nox zstd)
# Needed by .ci/run besides.
CHECK_PACKAGES=("clang-format-$CLANG_FORMAT_VERSION" shellcheck)

package_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Tools count by what they can do, wherever they come from.
missing_packages() {
  local package
  if ! have cmake ||
    ! version_at_least "$(cmake --version | awk 'NR == 1 {print $3}')" \
      "$CMAKE_MINIMUM"; then
    echo cmake
  fi
  have ninja || echo ninja-build
  for package in "$@"; do
    package_installed "$package" || echo "$package"
  done
}

# ensure_packages PACKAGE…
ensure_packages() {
  if ! have dpkg-query; then
    if ! have cmake || ! have ninja; then
      die "cmake >= $CMAKE_MINIMUM and ninja are needed"
    fi
    say "packages: not Debian or Ubuntu; CMake will name what is missing." \
      "Needed are the counterparts of: $*"
    return
  fi
  local missing lock
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    say "packages: all installed"
    return
  fi
  if ((EUID != 0)); then
    say "these packages are missing; install them and run again:"
    printf '\n  sudo apt-get install %s\n\n' "${missing[*]}" >&2
    exit 1
  fi
  mkdir -p "$CACHE/locks"
  exec {lock}>"$CACHE/locks/packages"
  flock "$lock"
  LOG=$CACHE/packages.log
  : >"$LOG"
  say "packages: installing ${missing[*]} (about a minute; log: $LOG)"
  logged apt-get update
  logged env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
  exec {lock}>&-
}
