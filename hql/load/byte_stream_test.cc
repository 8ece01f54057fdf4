#include "hql/load/byte_stream.h"

#include <gtest/gtest.h>

#include "common/random/random.h"
#include "hql/error_codes.h"
#include "hql/load/gzip.h"
#include "hql/load/line_reader.h"
#include "hql/load/memory_files.h"

namespace cellar::hql {
namespace {

std::string Pack(const std::string& bytes) {
  MemoryFiles files;
  const auto sink = OpenSink(files, "x.gz");
  EXPECT_TRUE(sink.ok());
  EXPECT_TRUE((*sink)->Write(bytes).ok());
  EXPECT_TRUE((*sink)->Finish().ok());
  return files.contents["x.gz"];
}

Result<std::string> Unpack(const std::string& packed, size_t limit = 100 << 20) {
  MemoryFiles files;
  files.contents["x.gz"] = packed;
  ASSIGN_OR_RETURN(const auto source, OpenSource(files, "file://x.gz"));
  return ReadAll(*source, limit);
}

TEST(GzipTest, Property_PackedBytes_UnpackToThemselves) {
  SeededRandom random(3);
  for (const size_t size : {0, 1, 1'000, 65'536, 300'000}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random.Uniform(7));
    const Result<std::string> unpacked = Unpack(Pack(bytes));
    ASSERT_TRUE(unpacked.ok()) << unpacked.status().ToString();
    EXPECT_EQ(*unpacked, bytes);
  }
}

TEST(GzipTest, SeveralMembers_AreOneFile) {
  const Result<std::string> unpacked = Unpack(Pack("abc") + Pack("") + Pack("def"));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(*unpacked, "abcdef");
}

TEST(GzipTest, CutOff_IsAnErrorWithOffset) {
  const std::string packed = Pack(std::string(1'000, 'x') + "y");
  const Result<std::string> unpacked = Unpack(packed.substr(0, packed.size() - 4));
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.status().code(), StatusCode::kCorruption);
  EXPECT_EQ(unpacked.status().message(),
            "x.gz: offset " + std::to_string(packed.size() - 4) + ": the file ends in the middle");
}

TEST(GzipTest, ChangedByte_IsAnError) {
  std::string packed = Pack("hello, world");
  packed[packed.size() - 6] ^= 1;
  EXPECT_FALSE(Unpack(packed).ok());
  EXPECT_FALSE(Unpack("not gzip at all").ok());
}

TEST(GzipTest, Bomb_IsRefused) {
  MemoryFiles files;
  const auto sink = OpenSink(files, "bomb.gz");
  const std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 80; ++i) ASSERT_TRUE((*sink)->Write(zeros).ok());
  ASSERT_TRUE((*sink)->Finish().ok());
  const auto source = OpenSource(files, "bomb.gz");
  std::string buffer(64 << 10, '\0');
  Status status;
  while (status.ok()) {
    const Result<size_t> count = (*source)->Read(buffer.data(), buffer.size());
    if (!count.ok())
      status = count.status();
    else if (*count == 0)
      break;
  }
  EXPECT_EQ(status.code(), StatusCode::kCorruption) << status.ToString();
}

TEST(OpenSourceTest, Schemes_SayWhereFilesAre) {
  MemoryFiles files;
  for (const char* name : {"fs://a/x", "fs:///a/x", "dfs://a/x", "dfs:///a/x"}) {
    files.contents = {{"fs://a/x", "stored"}, {"a/x", "local"}};
    EXPECT_EQ(*ReadAll(**OpenSource(files, name), 100), "stored") << name;
    ASSERT_TRUE((*OpenSink(files, name))->Finish().ok());
    EXPECT_EQ(files.contents["fs://a/x"], "") << name;
    EXPECT_EQ(files.contents["a/x"], "local");
  }
  EXPECT_EQ(*ReadAll(**OpenSource(files, "file://a/x"), 100), "local");
  EXPECT_EQ(OpenSource(files, "nowhere").status().detail(), kFileNotFound);
  EXPECT_EQ(OpenSource(files, "").status().detail(), kFileNotFound);
}

TEST(ReadAllTest, Limit_IsHeld) {
  EXPECT_TRUE(Unpack(Pack("12345"), 5).ok());
  EXPECT_FALSE(Unpack(Pack("12345"), 4).ok());
}

TEST(LineReaderTest, Lines_WithAndWithoutLastEnd) {
  for (const std::string text : {"a\n\nlong line\n", "a\n\nlong line"}) {
    const auto source = NewMemorySource(text);
    LineReader lines(*source);
    std::vector<std::string> read;
    std::string_view line;
    while (lines.Next(&line).value()) read.emplace_back(line);
    EXPECT_EQ(read, (std::vector<std::string>{"a", "", "long line"}));
    EXPECT_EQ(lines.line_number(), 3u);
  }
}

TEST(LineReaderTest, LinesLongerThanTheBuffer) {
  const std::string text = std::string(1'000'000, 'x') + "\n" + std::string(600'000, 'y') + "\nz\n";
  const auto source = NewMemorySource(text);
  LineReader lines(*source);
  std::string_view line;
  ASSERT_TRUE(lines.Next(&line).value());
  EXPECT_EQ(line.size(), 1'000'000u);
  ASSERT_TRUE(lines.Next(&line).value());
  EXPECT_EQ(line, std::string(600'000, 'y'));
  ASSERT_TRUE(lines.Next(&line).value());
  EXPECT_EQ(line, "z");
  EXPECT_FALSE(lines.Next(&line).value());
}

/// Endless, without a line end.
class EndlessSource final : public ByteSource {
 public:
  Result<size_t> Read(char* out, size_t size) override {
    std::fill(out, out + size, 'x');
    read_ += size;
    return size;
  }
  uint64_t bytes_read() const override { return read_; }
  std::optional<uint64_t> total_bytes() const override { return std::nullopt; }

 private:
  uint64_t read_ = 0;
};

TEST(LineReaderTest, EndlessLine_IsRefused) {
  EndlessSource source;
  LineReader lines(source);
  std::string_view line;
  const Result<bool> more = lines.Next(&line);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.status().detail(), kBadLoadFile);
  EXPECT_LT(source.bytes_read(), 2 * kMaxLineBytes);
}

}  // namespace
}  // namespace cellar::hql
