#!/usr/bin/env python3
"""Compares zstd_parallel with the zstd command, both on all cores.

Each round runs both commands once on the same file, in turns, so that what
disturbs the machine disturbs both. Prints one line a case with the medians of
the wall-clock times, their noise (half the quartile distance over the median),
sizes and peak memory. Files and outputs should lie in a RAM file system.

  compare_with_zstd.py --ours build/bin/zstd_parallel --zstd zstd \\
      --work /dev/shm --levels 1,3,9 --sizes 10,100,1000 corpus/text.zst …
"""
import argparse
import os
import statistics
import subprocess
import time


def run_once(command):
    """Wall-clock seconds and peak memory in MiB of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = status
    if status != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def noise(values):
    if len(values) < 3:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / statistics.median(values)


def write_sized(raw, path, size):
    with open(path, "wb") as out:
        left = size
        while left > 0:
            left -= out.write(raw[:left])


def compare(ours, zstd, path, level, rounds, threads):
    out = path + ".out"
    commands = {
        "ours": ours.split() + ["-qf", "--no-sync", f"-T{threads}",
                                f"-{level}", path, "-o", out],
        "zstd": [zstd, "-qf", f"-T{threads}", f"-{level}", path, "-o", out],
    }
    results = {name: {"s": [], "mib": []} for name in commands}
    for turn in range(rounds + 1):  # the first round warms up
        names = list(commands) if turn % 2 else list(commands)[::-1]
        for name in names:
            if os.path.exists(out):
                os.unlink(out)
            seconds, mib = run_once(commands[name])
            results[name]["bytes"] = os.path.getsize(out)
            if turn > 0:
                results[name]["s"].append(seconds)
                results[name]["mib"].append(mib)
    os.unlink(out)
    return results


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--zstd", default="zstd")
    parser.add_argument("--work", default="/dev/shm")
    parser.add_argument("--levels", default="1,3,9")
    parser.add_argument("--sizes", default="10,100,1000", help="MB")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--bytes", type=float, default=4e9,
                        help="input of one command over all rounds of a case")
    parser.add_argument("inputs", nargs="+", help=".zst files")
    args = parser.parse_args()
    print("input\tlevel\tMB\trounds\tours MB/s\tnoise\tzstd MB/s\tnoise\t"
          "speed ours/zstd\tratio ours\tratio zstd\tratio ours/zstd\t"
          "MiB ours\tMiB zstd", flush=True)
    for source in args.inputs:
        raw = subprocess.run([args.zstd, "-dcq", source], check=True,
                             stdout=subprocess.PIPE).stdout
        name = os.path.basename(source).removesuffix(".zst")
        for megabytes in map(int, args.sizes.split(",")):
            size = megabytes * 1000 * 1000
            path = os.path.join(args.work, f"compare_{os.getpid()}_{name}")
            write_sized(raw, path, size)
            for level in map(int, args.levels.split(",")):
                rounds = int(min(21, max(3, args.bytes / size / level)))
                r = compare(args.ours, args.zstd, path, level, rounds,
                            args.threads)
                speed = {k: size / 1e6 / statistics.median(v["s"])
                         for k, v in r.items()}
                ratio = {k: size / v["bytes"] for k, v in r.items()}
                print(f"{name}\t{level}\t{megabytes}\t{rounds}\t"
                      f"{speed['ours']:.1f}\t{noise(r['ours']['s']):.3f}\t"
                      f"{speed['zstd']:.1f}\t{noise(r['zstd']['s']):.3f}\t"
                      f"{speed['ours'] / speed['zstd']:.3f}\t"
                      f"{ratio['ours']:.4f}\t{ratio['zstd']:.4f}\t"
                      f"{ratio['ours'] / ratio['zstd']:.4f}\t"
                      f"{max(r['ours']['mib']):.0f}\t"
                      f"{max(r['zstd']['mib']):.0f}", flush=True)
            os.unlink(path)


if __name__ == "__main__":
    main()
