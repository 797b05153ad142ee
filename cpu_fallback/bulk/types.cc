#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

const char* to_string(BulkError error) {
  switch (error) {
    case BulkError::kNone:
      return "ok";
    case BulkError::kCancelled:
      return "cancelled";
    case BulkError::kBadOption:
      return "bad option";
    case BulkError::kNotZstd:
      return "not zstd";
    case BulkError::kTruncated:
      return "truncated";
    case BulkError::kCorrupt:
      return "corrupt";
    case BulkError::kTrailingGarbage:
      return "trailing garbage";
    case BulkError::kWindowTooLarge:
      return "window too large";
    case BulkError::kOutputFull:
      return "output full";
    case BulkError::kOutputExists:
      return "output exists";
    case BulkError::kUnwritable:
      return "unwritable";
    case BulkError::kUnreadable:
      return "unreadable";
    case BulkError::kIsDirectory:
      return "is a directory";
    case BulkError::kNotRegular:
      return "not a regular file";
    case BulkError::kSourceChanged:
      return "source changed";
    case BulkError::kNoMemory:
      return "out of memory";
    case BulkError::kFailed:
      return "failed";
  }
  return "unknown";
}

}  // namespace gpu_zstd
