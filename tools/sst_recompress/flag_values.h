// Texts of flags as what they mean. A text that means nothing throws
// UsageError, which names the flag, the text and what was expected.
#pragma once

#include <string>
#include <vector>

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

[[noreturn]] void bad_value(const std::string& flag, const std::string& value,
                            const std::string& expected);

// One of the zstd levels that libzstd has; `flag` is where it comes from.
int to_level(const char* flag, int level);
// --verify
VerifyMode to_verify_mode(const std::string& text);
// --engine: "auto" alone stands for one engine; of several each is named.
std::vector<std::string> to_engines(const std::string& text,
                                    bool may_be_several);
// --shard
Shard to_shard(const std::string& text);
// --commit
CommitUnit to_commit_unit(const std::string& text);
// --level
std::vector<int> to_lsm_levels(const std::string& text);

// The parts between commas; none of an empty text.
std::vector<std::string> split(const std::string& list);

}  // namespace gpu_zstd::recompress
