// A scheduler over simulated devices, ready to work.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scheduler/scheduler.h"
#include "scheduler/sim_device.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {

using Script = std::shared_ptr<SimScript>;

// Waits until the condition holds, which it must within a minute.
inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 60000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

inline SchedulerOptions quick_options() {
  SchedulerOptions options;
  options.engine.max_lanes = 4;
  options.engine.back_off_ns = 1'000'000;
  options.engine.deadline_ns = 20'000'000'000;  // nothing is late by chance
  return options;
}

// Frames that cost no time, so that only what hangs is late.
inline Script quick_script() {
  auto script = std::make_shared<SimScript>();
  script->stores = true;
  return script;
}

inline SchedulerOptions short_deadline() {
  SchedulerOptions options = quick_options();
  options.engine.deadline_ns = 200'000'000;
  return options;
}

inline std::unique_ptr<Scheduler> scheduler_over(
    const std::vector<Script>& scripts,
    const SchedulerOptions& options = quick_options()) {
  Devices devices;
  for (const Script& script : scripts) {
    devices.push_back(make_sim_device(script));
  }
  auto scheduler = std::make_unique<Scheduler>(std::move(devices), options);
  scheduler->start_devices();
  return scheduler;
}

inline bool becomes(const Scheduler& scheduler, DeviceState state) {
  return eventually([&] { return scheduler.device_state() == state; });
}

// What happened to the devices since the last call.
inline std::string all_messages(Scheduler& scheduler) {
  std::string all;
  for (const std::string& line : scheduler.take_messages()) all += line + "\n";
  return all;
}

// How often a text holds another.
inline size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// One block with canaries on both sides of its output.
struct Block {
  static constexpr size_t kCanary = 256;

  explicit Block(std::string bytes, int at_level = 3)
      : input(std::move(bytes)),
        memory(input.size() + 64 + 2 * kCanary, '\x5a'),
        room(input.size() + 64),
        level(at_level) {}

  CompressResult compress(Scheduler& scheduler,
                          Scheduler::Session* session = nullptr,
                          Mode mode = Mode::kGpuOnly, uint32_t verify = 1) {
    result = scheduler.compress({.input = input,
                                 .output = {memory.data() + kCanary, room},
                                 .level = level,
                                 .frame_checksum = level % 2 == 0,
                                 .mode = mode,
                                 .verify_one_in = verify,
                                 .overlap = overlap},
                                session);
    return result;
  }

  // The frame decodes to the input and nothing around the output was touched.
  bool right() const {
    return result.outcome == Outcome::kCompressed &&
           decode_frame({memory.data() + kCanary, result.frame_bytes}) ==
               input &&
           canaries_alive();
  }
  bool canaries_alive() const {
    const std::string canary(kCanary, '\x5a');
    return memory.substr(0, kCanary) == canary &&
           memory.substr(memory.size() - kCanary) == canary;
  }

  std::string input;
  std::string memory;
  size_t room;  // of the output
  int level;
  uint32_t overlap = 1;
  CompressResult result;
};

// Many threads, several blocks each; returns how many were not right.
inline int run_threads(Scheduler& scheduler, int threads, int blocks,
                       size_t bytes, Mode mode = Mode::kGpuOnly,
                       uint32_t verify = 1) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      Scheduler::Session session(scheduler);
      for (int i = 0; i < blocks; ++i) {
        Block block(text_like(bytes + static_cast<size_t>(i) * 97,
                              static_cast<uint64_t>(t * 1000 + i)),
                    1 + (t + i) % 3);
        block.compress(scheduler, &session, mode, verify);
        wrong += block.right() ? 0 : 1;
      }
    });
  }
  for (auto& thread : running) thread.join();
  return wrong;
}

}  // namespace gpu_zstd::test
