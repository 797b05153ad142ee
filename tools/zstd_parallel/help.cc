#include "tools/zstd_parallel/help.h"

#include "cpu_fallback/zstd_cpu.h"

namespace gpu_zstd {

std::string help_text() {
  return R"(zstd_parallel: standard .zst files on all cores

Usage: zstd_parallel [flags] [files]      no file, or -: standard input

  -1 … -22              level (default 3); --fast[=#]: levels -1, -2, …
  -z  -d  -t            compress (default), decompress, test
  -o FILE  -c           write to FILE, to standard output
  -f  --rm  -k          overwrite; remove sources that went well; keep them (default)
  -T#  --threads=#      threads; 0 (default): what machine and container grant
  --memory=SIZE         most memory for buffers (default a quarter)
  --strategy=NAME       auto (default), single, stealing, pipeline
  --long[=#]            match over 2^# bytes (default 27); with -d: accept them
  -B#                   bytes of input in a frame, such as -B4M
  --seekable            append the index of zstd's seekable format
  --check  --no-check   checksum in each frame (default: yes)
  --sync  --no-sync     make the output durable before it gets its name
                        (default: yes)
  -q  -v                less (-qq: nothing), more
  -h  -V                this text, the version

  -b[#] FILE…           benchmark from level # (to level -e#) in memory, all
                        strategies, -i# seconds for each size
    --sizes=1M,10M,…    pieces of the files, repeated where too short
    --skip-single-above=SIZE   one thread takes long there
    --json=FILE --plot=FILE    results; a script for gnuplot
  --calibrate [FILE]    measure where the strategies meet, print the settings

Environment: GPU_ZSTD_CPU_WORKERS, GPU_ZSTD_CPU_SINGLE_MAX,
  GPU_ZSTD_CPU_STEALING_MAX, GPU_ZSTD_CPU_MEMORY; flags win.

Output appears under its name only when it is whole; an interrupt leaves
nothing behind. Exit code 0: all went well; 1: something did not.

Examples:
  zstd_parallel -9 dump.sql                 dump.sql.zst, source kept
  zstd_parallel -d dump.sql.zst -o copy.sql
  tar c dir | zstd_parallel -T8 > dir.tar.zst
  zstd_parallel -t *.zst                    check, write nothing
  zstd_parallel --seekable --rm log.1       log.1.zst, log.1 removed
  zstd_parallel -b1 -e9 --sizes=1M,100M file
)";
}

std::string version_text() {
  return std::string("zstd_parallel 0.1.0, libzstd ") + zstd_version() + "\n";
}

}  // namespace gpu_zstd
