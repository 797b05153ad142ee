#include "rocksdb_glue/sst/identity.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <new>

#include "rocksdb/table_properties.h"

namespace gpu_zstd {
namespace {

using Names = rocksdb::TablePropertiesNames;

// Each with its length, so that no two lists of parts are the same bytes.
void add_part(Bytes part, ContentHash& hash) {
  std::string length;
  put_varint64(part.size(), &length);
  hash.add(length);
  hash.add(part);
}

void add_source(const PropertySet& source, int level, ContentHash& hash) {
  for (const std::string* name :
       {&Names::kDbId, &Names::kDbSessionId, &Names::kOriginalFileNumber}) {
    const std::string* value = source.find(*name);
    add_part(value != nullptr ? Bytes(*value) : Bytes(), hash);
  }
  add_part("sst_recompress level " + std::to_string(level), hash);
}

XXH3_state_t* state_of(void* state) {
  return static_cast<XXH3_state_t*>(state);
}

}  // namespace

ContentHash::ContentHash() : state_(XXH3_createState()) {
  if (state_ == nullptr) {
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state_of(state_));
}

ContentHash::~ContentHash() { XXH3_freeState(state_of(state_)); }

void ContentHash::add(Bytes bytes) {
  XXH3_128bits_update(state_of(state_), bytes.data(), bytes.size());
}

std::string ContentHash::as_session_id() const {
  static constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const XXH128_hash_t hash = XXH3_128bits_digest(state_of(state_));
  std::string id;
  for (uint64_t half : {hash.high64, hash.low64}) {
    for (int i = 0; i < 10; ++i) {
      id += kDigits[half % 36];
      half /= 36;
    }
  }
  return id;
}

uint32_t ContentHash::as_context() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_of(state_));
  const auto context = static_cast<uint32_t>(hash.low64);
  return context != 0 ? context : 1;
}

TableIdentity complete_identity(const TableIdentity& wanted,
                                const PropertySet& source, int level,
                                ContentHash& hash) {
  TableIdentity identity = wanted;
  if (identity.session_id.empty()) {
    add_source(source, level, hash);
    identity.session_id = hash.as_session_id();
  }
  if (identity.file_number == 0) {
    identity.file_number = source.number(Names::kOriginalFileNumber, 0);
  }
  if (identity.file_number == 0) {
    identity.file_number = 1;
  }
  if (const std::string* db_id = source.find(Names::kDbId);
      identity.db_id.empty() && db_id != nullptr) {
    identity.db_id = *db_id;
  }
  return identity;
}

uint32_t new_context_checksum(const Footer& source,
                              const PropertySet& properties, int level) {
  if (source.has_index_handle()) {
    return source.base_context_checksum;
  }
  ContentHash hash;
  add_source(properties, level, hash);
  add_part(std::to_string(source.base_context_checksum), hash);
  return hash.as_context();
}

}  // namespace gpu_zstd
