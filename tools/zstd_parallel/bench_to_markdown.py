#!/usr/bin/env python3
"""Turns results of zstd_parallel -b --json=FILE, and tables of
compare_with_zstd.py, into Markdown for docs/benchmarks/cpu_library.md.

  bench_to_markdown.py bench_L3.json bench_L9.json compare.tsv > section.md
"""
import json
import sys

STRATEGIES = ("single", "stealing", "pipeline", "auto")


def cell_row(cell):
    strategies = cell["strategies"]
    columns = [f"{cell['raw_bytes'] / 1e6:g}"]
    for name in STRATEGIES:
        if name in strategies:
            one = strategies[name]
            columns.append(f"{one['encode_mb_s']:.0f} ±"
                           f"{100 * one['spread']:.0f} %")
        else:
            columns.append("–")
    auto = strategies["auto"]
    columns.append(f"{auto['efficiency']:.2f}" if auto["efficiency"] else "–")
    columns.append(f"{cell['automatic_over_best']:.3f}")
    columns.append(f"{auto['decode_mb_s']:.0f}")
    return "| " + " | ".join(columns) + " |"


def benchmark_section(run):
    lines = [f"`{run['command']}`, libzstd {run['zstd']}, {run['workers']} "
             f"threads, last-level cache {run['llc_bytes'] >> 20} MiB.", ""]
    panels = {}
    for cell in run["cells"]:
        panels.setdefault((cell["input"], cell["level"]), []).append(cell)
    for (name, level), cells in panels.items():
        ratio = cells[-1]["raw_bytes"] / cells[-1]["coded_bytes"]
        close = sum(c["automatic_over_best"] <= 1.03 for c in cells)
        lines += [f"**{name}, level {level}**, ratio {ratio:.3f}; automatic "
                  f"within 3 % of the best in {close} of {len(cells)} sizes",
                  "", "| MB | single MB/s | stealing | pipeline | automatic | "
                  "efficiency | auto/best time | decoding |",
                  "|---|---|---|---|---|---|---|---|"]
        lines += [cell_row(cell) for cell in cells] + [""]
    return lines


def comparison_section(rows):
    header, *body = [row.rstrip("\n").split("\t") for row in rows
                     if row.count("\t") > 10]
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in body]
    speed, ratio = header.index("speed ours/zstd"), header.index(
        "ratio ours/zstd")
    fast = sum(float(row[speed]) >= 0.97 for row in body)
    small = sum(float(row[ratio]) >= 0.99 for row in body)
    return lines + ["", f"Throughput ≥ 0.97 of zstd's in {fast} of {len(body)} "
                    f"cases, ratio ≥ zstd's − 1 % in {small}.", ""]


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            section = (benchmark_section(json.load(file))
                       if path.endswith(".json")
                       else comparison_section(file.readlines()))
        print("\n".join(section))


if __name__ == "__main__":
    main()
