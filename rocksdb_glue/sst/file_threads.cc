#include "rocksdb_glue/sst/file_threads.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace gpu_zstd {

FileThreads FileThreads::choose(int threads, size_t files_at_once,
                                size_t files) {
  const int most = oneapi::tbb::info::default_concurrency();
  FileThreads limits;
  limits.threads = threads > 0 ? std::min(threads, most) : most;
  const auto all = static_cast<size_t>(limits.threads);
  limits.files_at_once = files_at_once > 0
                             ? files_at_once
                             : std::min(all, std::clamp<size_t>(all / 4, 2, 8));
  limits.files_at_once =
      std::clamp<size_t>(limits.files_at_once, 1, std::max<size_t>(files, 1));
  return limits;
}

void for_each_file(const FileThreads& limits, size_t files,
                   const std::function<void(size_t)>& work) {
  // Each file has a thread of its own, which works in its pipeline. oneTBB's
  // own, at least one and all that are left of the number, go where there is
  // something to do; this counts them and one caller.
  const size_t left =
      static_cast<size_t>(limits.threads) -
      std::min(static_cast<size_t>(limits.threads), limits.files_at_once);
  const oneapi::tbb::global_control control(
      oneapi::tbb::global_control::max_allowed_parallelism,
      std::max<size_t>(left, 1) + 1);
  std::atomic<size_t> next{0};
  const auto take = [&] {
    for (size_t i = next++; i < files; i = next++) {
      work(i);
    }
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; i < limits.files_at_once; ++i) {
    others.emplace_back(take);
  }
  take();
}

}  // namespace gpu_zstd
