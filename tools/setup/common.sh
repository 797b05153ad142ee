# Messages, checks and the cache of built dependencies. Sourced by the others.
# shellcheck shell=bash disable=SC2034

GPU_ZSTD_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${GPU_ZSTD_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/gpu-zstd}
JOBS=${GPU_ZSTD_JOBS:-$(nproc)}

# People read standard error; standard output is for the scripts that call us.
say() { printf 'setup: %s\n' "$*" >&2; }
die() {
  printf 'setup: error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANTED
version_at_least() { printf '%s\n%s\n' "$2" "$1" | sort -CV; }

# Ctrl-C ends the whole script with a plain word; what was built so far is kept.
stop_on_signals() {
  trap 'trap - INT; printf "\n%s: interrupted; the next run resumes\n" \
    "${0##*/}" >&2; exit 130' INT
  trap 'exit 143' TERM
}

require_disk_mb() {
  local free
  free=$(df -Pm "$CACHE" | awk 'NR == 2 {print $4}')
  if ((free < $1)); then
    die "$CACHE has $free MB free, $2 needs about $1 MB." \
      "Free some space or set GPU_ZSTD_CACHE_DIR to another disk."
  fi
}

# Shows ninja's "[n/m] …" lines: on one line of a terminal, else each fifth part.
show_progress() {
  local terminal=0
  [[ -t 2 ]] && terminal=1
  awk -v terminal=$terminal '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), n, "/")
      if (terminal) printf "\r\033[K  %s", substr($0, 1, 76)
      else if (int(5 * n[1] / n[2]) > part) {
        part = int(5 * n[1] / n[2]); print "  " n[1] " of " n[2] " steps"
      }
      fflush()
    }
    END { if (terminal) printf "\r\033[K" }' >&2
}

# logged COMMAND…: output goes to $LOG; a failure shows its end and exits.
logged() {
  printf '+ %s\n' "$*" >>"$LOG"
  if ! "$@" 2>&1 </dev/null | tee -a "$LOG" | show_progress; then
    tail -n 30 "$LOG" | sed 's/^/  | /' >&2
    if grep -q 'No space left on device' "$LOG"; then
      say "the disk is full: free some space or set GPU_ZSTD_CACHE_DIR"
    fi
    die "'$1 ${2:-}' failed; the whole output is in $LOG." \
      "The next run resumes here."
  fi
}

# What makes objects of one build unfit for another.
compiler_id() {
  local cxx=${CXX:-c++} cc=${CC:-cc}
  have "$cxx" || die "no C++ compiler ('$cxx'). Debian and Ubuntu:" \
    "apt-get install g++ — or set CXX."
  have "$cc" || die "no C compiler ('$cc'). Debian and Ubuntu:" \
    "apt-get install gcc — or set CC."
  printf '%s|%s|%s|%s|%s' "$("$cxx" --version | head -n 1)" \
    "$("$cc" --version | head -n 1)" "$("$cxx" -dumpmachine)" \
    "${CXXFLAGS:-}" "${CFLAGS:-}"
}

# artifact NAME KEY_TEXT MB HOW_LONG FUNCTION
# Sets ARTIFACT to the cache folder that FUNCTION fills, made at most once for a
# KEY_TEXT. FUNCTION runs as `FUNCTION WORK PREFIX`: it may leave anything in WORK,
# which an interrupted run finds again, and installs for PREFIX into
# WORK/stage/PREFIX. A finished stage is moved to PREFIX in one step.
artifact() {
  local name=$1 key_text=$2 megabytes=$3 how_long=$4 build=$5
  local key lock work started=$SECONDS
  key=$(printf '%s' "$key_text" | sha256sum | cut -c 1-12)
  ARTIFACT=$CACHE/$name-$key
  if [[ -f $ARTIFACT/.complete ]]; then
    say "$name: in the cache"
    return
  fi
  mkdir -p "$CACHE/locks" "$CACHE/work"
  exec {lock}>"$CACHE/locks/$name-$key"
  if ! flock -n "$lock"; then
    say "$name: another run is building it; waiting for that one"
    flock "$lock"
  fi
  if [[ ! -f $ARTIFACT/.complete ]]; then
    work=$CACHE/work/$name-$key
    [[ -d $work ]] && say "$name: resuming an interrupted build"
    mkdir -p "$work"
    require_disk_mb "$megabytes" "$name"
    LOG=$work/log
    say "$name: building, $how_long (log: $LOG)"
    "$build" "$work" "$ARTIFACT"
    printf '%s\n' "$key_text" >"$work/stage$ARTIFACT/.complete"
    rm -rf "$ARTIFACT"
    mv "$work/stage$ARTIFACT" "$ARTIFACT"
    rm -rf "$work"
    say "$name: done in $((SECONDS - started)) s"
  fi
  exec {lock}>&-
}
