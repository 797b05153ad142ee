// Integers, footers and checksums against values that were not made here.

#include "rocksdb_glue/sst/footer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "rocksdb_glue/sst/rocksdb_checksum.h"

namespace gpu_zstd::test {
namespace {

TEST(CodingTest, VarintsComeBack) {
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{16383},
        uint64_t{1} << 32, UINT64_MAX - 1, UINT64_MAX}) {
    std::string bytes;
    put_varint64(value, &bytes);
    ByteReader reader(bytes);
    uint64_t read = 0;
    ASSERT_TRUE(reader.varint64(&read));
    EXPECT_EQ(read, value);
    EXPECT_TRUE(reader.empty());
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_FALSE(ByteReader(Bytes(bytes).substr(0, cut)).varint64(&read));
    }
  }
}

TEST(CodingTest, SignedVarintsComeBack) {
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{1}, INT64_MIN, INT64_MAX}) {
    std::string bytes;
    put_signed_varint64(value, &bytes);
    int64_t read = 0;
    ASSERT_TRUE(ByteReader(bytes).signed_varint64(&read));
    EXPECT_EQ(read, value);
  }
  std::string minus_one;
  put_signed_varint64(-1, &minus_one);
  EXPECT_EQ(minus_one, "\x01");
}

TEST(CodingTest, RefusesNumbersThatAreTooLarge) {
  uint64_t wide = 0;
  uint32_t narrow = 0;
  EXPECT_FALSE(
      ByteReader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02").varint64(&wide));
  EXPECT_FALSE(ByteReader(std::string(11, '\xff')).varint64(&wide));
  EXPECT_TRUE(ByteReader("\xff\xff\xff\xff\x0f").varint32(&narrow));
  EXPECT_EQ(narrow, UINT32_MAX);
  EXPECT_FALSE(ByteReader("\xff\xff\xff\xff\x1f").varint32(&narrow));
}

// RFC 3720, B.4: 32 zero bytes have the CRC32C 0x8a9136aa. RocksDB stores it
// rotated right by 15 plus a constant (util/crc32c.h). The others are the test
// values of xxHash's own documentation for empty input.
TEST(ChecksumTest, AreThePublishedOnes) {
  const uint32_t crc = 0x8a9136aa;
  const std::string zeros(32, '\0');
  EXPECT_EQ(rocksdb::ComputeBuiltinChecksum(rocksdb::kCRC32c, zeros.data(), 32),
            ((crc >> 15) | (crc << 17)) + 0xa282ead8U);
  EXPECT_EQ(rocksdb::ComputeBuiltinChecksum(rocksdb::kxxHash, "", 0),
            0x02cc5d05U);
  EXPECT_EQ(rocksdb::ComputeBuiltinChecksum(rocksdb::kxxHash64, "", 0),
            static_cast<uint32_t>(0xef46db3751d8e999ULL));
  EXPECT_EQ(rocksdb::ComputeBuiltinChecksum(rocksdb::kNoChecksum, "abc", 3),
            0U);
}

TEST(ChecksumTest, CoverTheTypeByte) {
  for (const auto type : {rocksdb::kCRC32c, rocksdb::kxxHash,
                          rocksdb::kxxHash64, rocksdb::kXXH3}) {
    EXPECT_EQ(block_checksum(type, "payload", '\7'),
              rocksdb::ComputeBuiltinChecksum(type, "payload\7", 8));
    EXPECT_NE(block_checksum(type, "payload", '\7'),
              block_checksum(type, "payload", '\0'));
  }
}

TEST(ChecksumTest, ModifierDependsOnThePlace) {
  EXPECT_EQ(checksum_modifier(0, 12345), 0U);
  EXPECT_EQ(checksum_modifier(0xf0f0f0f0, 0), 0xf0f0f0f0U);
  EXPECT_EQ(checksum_modifier(1, (uint64_t{2} << 32) + 4), 1U ^ 6U);
}

Footer sample(uint32_t format_version) {
  Footer footer;
  footer.format_version = format_version;
  footer.checksum_type = rocksdb::kXXH3;
  footer.metaindex = {1000 - 5 - 77, 77};
  if (format_version < 6) {
    footer.index = {300, 200};
  } else {
    footer.base_context_checksum = 0x1234567;
  }
  return footer;
}

class EveryFooter : public testing::TestWithParam<uint32_t> {};

TEST_P(EveryFooter, ComesBack) {
  const Footer footer = sample(GetParam());
  const std::string bytes = encode_footer(footer, 1000);
  ASSERT_EQ(bytes.size(), kFooterBytes);
  Footer read;
  const auto status = decode_footer("f", 1000 + kFooterBytes, bytes, &read);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(read.format_version, footer.format_version);
  EXPECT_EQ(read.checksum_type, footer.checksum_type);
  EXPECT_EQ(read.metaindex, footer.metaindex);
  EXPECT_EQ(read.index, footer.index);
  EXPECT_EQ(read.base_context_checksum, footer.base_context_checksum);
}

TEST_P(EveryFooter, NamesFileAndOffsetOfAWrongMagic) {
  std::string bytes = encode_footer(sample(GetParam()), 1000);
  bytes[50] = static_cast<char>(bytes[50] ^ 1);
  Footer read;
  const auto status =
      decode_footer("dir/7.sst", 1000 + kFooterBytes, bytes, &read);
  EXPECT_TRUE(status.IsCorruption());
  EXPECT_NE(status.ToString().find("dir/7.sst: at offset 1045: expected the "
                                   "magic number 0x88e241b785f4cff7"),
            std::string::npos)
      << status.ToString();
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFooter, testing::Range(2U, 8U));

TEST(FooterTest, ChecksItselfFromVersionSixOn) {
  const std::string bytes = encode_footer(sample(6), 1000);
  for (size_t i = 0; i < kFooterBytes; ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    Footer read;
    EXPECT_FALSE(decode_footer("f", 1000 + kFooterBytes, damaged, &read).ok())
        << i;
  }
  Footer read;
  EXPECT_FALSE(decode_footer("f", 1001 + kFooterBytes, bytes, &read).ok());
}

TEST(FooterTest, RefusesVersionsItDoesNotKnow) {
  for (const uint32_t version : {0U, 1U, 8U, 1000U}) {
    Footer footer = sample(5);
    footer.format_version = version;
    footer.index = {300, 200};
    std::string bytes = encode_footer(sample(5), 1000);
    write_fixed32(version, bytes.data() + 41);
    EXPECT_TRUE(decode_footer("f", 1000 + kFooterBytes, bytes, &footer)
                    .IsNotSupported())
        << version;
  }
}

}  // namespace
}  // namespace gpu_zstd::test
