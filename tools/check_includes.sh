#!/usr/bin/env bash
# Checks that includes run one way only: the table below, and inside gpu_codec/
# from the API down to the format. Prints file:line for each breach; exit status 1
# if there is one. Takes files, or looks at all that git knows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if (($# > 0)); then
  files=("$@")
else
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- \
    '*.h' '*.cc' '*.cu' '*.cuh')
fi
existing=()
for file in "${files[@]}"; do
  [[ -f $file ]] && existing+=("$file")
done

awk '
# What each folder may include besides the standard library and the system.
BEGIN {
  may["gpu_codec"] = "^(gpu_codec/|CUDA)"
  may["cpu_fallback"] = "^(cpu_fallback/|ZSTD|TBB)"
  may["scheduler"] = "^(scheduler/|cpu_fallback/[^/]*$|gpu_codec/(gpu_codec|status|host_model/frame_model)[.]h$|CUDA)"
  may["rocksdb_glue"] = "^(rocksdb_glue/|scheduler/[^/]*$|rocksdb/|TBB)"
  may["plugin"] = "^(plugin/|rocksdb_glue/(compression_manager|event_listener)[.]h$" \
    "|rocksdb/utilities/object_registry[.]h$)"
  # The one file that may include what RocksDB does not install.
  INTERNALS = "rocksdb_glue/offline/rocksdb_internal_manifest.cc"
  says["gpu_codec"] = "its own files, CUDA and the standard library"
  says["cpu_fallback"] = "its own files, zstd, oneTBB and the standard library"
  says["scheduler"] = "its own files, cpu_fallback/*.h, public headers of gpu_codec/, CUDA"
  says["rocksdb_glue"] = "its own files, scheduler/*.h, rocksdb/ public headers, oneTBB"
  says["plugin"] = "its own files, the glue manager and listener, object_registry.h"
}

# A header of another project by its name, or the path itself.
function kind(path) {
  if (path ~ /^(zstd|zstd_errors|zdict)[.]h$/) return "ZSTD"
  if (path ~ /^(tbb|oneapi)\//) return "TBB"
  if (path ~ /^(cuda|cub\/|thrust\/|nvtx|nvml|nvrtc|cooperative_groups|device_|vector_types|math_constants)/)
    return "CUDA"
  if (path ~ /^(sys|linux|bits)\//) return "SYSTEM"
  if (path !~ /\//) return "SYSTEM"
  return path
}

# Height inside gpu_codec/: a file includes only what is as high or lower. The
# execution context is at the bottom, for it says what runs where.
function height(path) {
  if (path ~ /^gpu_codec\/pipeline\//) return 5
  if (path ~ /^gpu_codec\/gpu_codec[.]/) return 4
  if (path ~ /^gpu_codec\/[^\/]*$|\/device\/exec[.]h/) return 0
  if (path ~ /^gpu_codec\/device\//) return 1
  if (path ~ /^gpu_codec\/(kernels|host_model)\//) return 2
  return 3
}

function breach(text) {
  printf "%s:%d: %s\n", FILENAME, FNR, text
  breaches++
}

FNR == 1 {
  folder = FILENAME
  sub(/\/.*/, "", folder)
  files++
}

/<<<.*>>>|launch_kernel[(]/ && folder == "gpu_codec" &&
  FILENAME !~ /^gpu_codec\/stages\/(.*[.]cuh?|launch_check[.]h)$/ &&
  $0 !~ /^[ ]*(\/\/|[*])/ {
  breach("kernels are launched in gpu_codec/stages/ only")
}

match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*/) {
  path = substr($0, RSTART, RLENGTH)
  sub(/.*["<]/, "", path)
  what = kind(path)
  if (what == "SYSTEM" && path ~ /[.]cuh?$/ || path ~ /^[.][.]?\//) {
    breach("\"" path "\": write the path from the root of the project")
  } else if (what == "SYSTEM") {
    next
  } else if (!(folder in may)) {
    if (folder == "third_party" && path ~ /^(tests|tools)\//)
      breach("nothing includes tests/ or tools/: \"" path "\"")
    if (folder == "tools" && path ~ /^tests\//)
      breach("tools/ does not include tests/: \"" path "\"")
  } else if (FILENAME == INTERNALS && what ~ "^(db|file|table)/") {
    next
  } else if (what !~ may[folder]) {
    breach(folder "/ may include " says[folder] "; not \"" path "\"")
  } else if (folder == "gpu_codec" && path ~ /^gpu_codec\//) {
    if (height(path) > height(FILENAME))
      breach("includes run downwards (pipeline, gpu_codec.h, stages, kernels, device, " \
        "format): not \"" path "\"")
    else if (FILENAME !~ /[.]cuh?$|\/device\// && path ~ /[.]cuh$/)
      breach("a host file includes no .cuh: \"" path "\"")
  }
}

END {
  printf "includes: %d files, %d breaches\n", files, breaches
  exit breaches > 0
}' "${existing[@]}" </dev/null
