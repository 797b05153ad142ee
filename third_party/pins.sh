# Versions and checksums of what tools/setup.sh fetches. Sourced, not run.
# shellcheck shell=bash disable=SC2034

# zstd, as packed in the crate zstd-sys.
ZSTD_VERSION=1.5.7
ZSTD_CRATE=zstd-sys
ZSTD_CRATE_VERSION=2.1.2+zstd.1.5.7
ZSTD_CRATE_SHA256=481ada9c543b2323cbb7bbdbb5249177fbf0188ed959ed2c15e4b22421c84ed3

# RocksDB, as packed in the crate librocksdb-sys.
ROCKSDB_VERSION=11.8.1
ROCKSDB_CRATE=librocksdb-sys
ROCKSDB_CRATE_VERSION=0.19.0+11.8.1
ROCKSDB_CRATE_SHA256=4f45e86edad8e88efe97dbf384b4e48e1ff0f111eabf154c7b09d7a1e5fb573c
ROCKSDB_MINIMUM=11.2

# The CUDA compiler, as packed in Python wheels.
CUDA_VERSION=13.0
CUDA_MINIMUM=12.4
CUDA_WHEELS=(nvidia-cuda-nvcc nvidia-cuda-runtime nvidia-cuda-crt
  nvidia-cuda-cccl nvidia-nvvm)

# NVTX's headers, as packed in a Python wheel.
NVTX_WHEEL=nvidia-nvtx
NVTX_VERSION=13.0.85

CMAKE_MINIMUM=3.25
CLANG_FORMAT_VERSION=14
