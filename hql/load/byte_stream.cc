#include "hql/load/byte_stream.h"

#include "hql/error_codes.h"
#include "hql/load/gzip.h"

namespace cellar::hql {

namespace {

/// The name as FileOpener takes it.
Result<std::string> PlainName(std::string_view name) {
  constexpr std::string_view kFile = "file://";
  std::string plain(name.substr(name.starts_with(kFile) ? kFile.size() : 0));
  for (const std::string_view scheme : {std::string_view("dfs://"), kStoredScheme}) {
    if (!name.starts_with(scheme)) continue;
    std::string_view rest = name.substr(scheme.size());
    while (rest.starts_with('/')) rest.remove_prefix(1);
    plain = std::string(kStoredScheme) + std::string(rest);
    break;
  }
  if (plain.empty()) return common::InvalidArgument("the file name is empty").WithDetail(kFileNotFound);
  return plain;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> OpenSource(FileOpener& files, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string plain, PlainName(name));
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, files.OpenForReading(plain));
  if (!plain.ends_with(".gz")) return source;
  return NewGzipSource(std::move(source), plain);
}

Result<std::unique_ptr<ByteSink>> OpenSink(FileOpener& files, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string plain, PlainName(name));
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> sink, files.OpenForWriting(plain));
  if (!plain.ends_with(".gz")) return sink;
  return NewGzipSink(std::move(sink), plain);
}

Result<std::string> ReadAll(ByteSource& source, size_t limit_bytes) {
  std::string all;
  char buffer[16 << 10];
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, source.Read(buffer, sizeof(buffer)));
    if (count == 0) return all;
    if (all.size() + count > limit_bytes) {
      return common::InvalidArgument("the file is longer than " + std::to_string(limit_bytes) + " bytes")
          .WithDetail(kLocalIoError);
    }
    all.append(buffer, count);
  }
}

}  // namespace cellar::hql
