# Sources that come as crates: one file each, fetched by cargo, checked by us.
# shellcheck shell=bash

check_sha256() {
  local found
  found=$(sha256sum "$1" | cut -d ' ' -f 1)
  [[ $found == "$2" ]] || die "checksum mismatch: $1" \
    $'\n  expected '"$2"$'\n  found    '"$found"$'\n  Delete the file and run again.'
}

find_crate() {
  local file
  for file in "$CACHE/crates/$1" \
    "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$1"; do
    if [[ -f $file ]]; then
      printf '%s' "$file"
      return
    fi
  done
  return 1
}

# `cargo info` fetches just the named crate. Before cargo 1.82 it is missing, and
# `cargo install` is used: it fetches the crate, then finds no program in it.
fetch_crate() {
  have cargo || die "cargo is needed to fetch $1 $2. Install it (Debian and" \
    "Ubuntu: apt-get install cargo), or put the file $1-$2.crate into" \
    "$CACHE/crates, or install RocksDB >= $ROCKSDB_MINIMUM yourself."
  local scratch=$CACHE/work/cargo
  mkdir -p "$scratch"
  say "fetching $1 $2 with cargo (a few seconds)"
  (
    cd "$scratch"
    cargo info "$1@$2" || cargo install --root "$scratch" --version "$2" "$1"
  ) >"$scratch/log" 2>&1 </dev/null || true
}

# unpack_crate NAME VERSION SHA256 SUBFOLDER DESTINATION
unpack_crate() {
  local name=$1 version=$2 sha256=$3 subfolder=$4 destination=$5 file
  [[ -d $destination ]] && return
  if ! file=$(find_crate "$name-$version.crate"); then
    fetch_crate "$name" "$version"
    file=$(find_crate "$name-$version.crate") || {
      sed 's/^/  | /' "$CACHE/work/cargo/log" >&2
      die "cargo could not fetch $name $version. Is the network there? Without" \
        "it, put the file $name-$version.crate into $CACHE/crates."
    }
  fi
  check_sha256 "$file" "$sha256"
  rm -rf "$destination.part"
  mkdir -p "$destination.part"
  tar -xzf "$file" -C "$destination.part" --strip-components=2 \
    "$name-$version/$subfolder" || die "could not unpack $file"
  mv "$destination.part" "$destination"
}
