#include "hql/load/byte_stream.h"

#include "hql/error_codes.h"
#include "hql/load/gzip.h"

namespace cellar::hql {

namespace {

/// The name without "file://".
Result<std::string> LocalName(std::string_view name) {
  for (const std::string_view scheme : {"fs://", "dfs://"}) {
    if (name.starts_with(scheme)) {
      return common::Unsupported("files of the cluster's file system (" + std::string(scheme) +
                                 ") are not available yet")
          .WithDetail(kNotImplemented);
    }
  }
  if (name.starts_with("file://")) name.remove_prefix(7);
  if (name.empty()) return common::InvalidArgument("the file name is empty").WithDetail(kFileNotFound);
  return std::string(name);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> OpenSource(FileOpener& files, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string local, LocalName(name));
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, files.OpenForReading(local));
  if (!local.ends_with(".gz")) return source;
  return NewGzipSource(std::move(source), local);
}

Result<std::unique_ptr<ByteSink>> OpenSink(FileOpener& files, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string local, LocalName(name));
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> sink, files.OpenForWriting(local));
  if (!local.ends_with(".gz")) return sink;
  return NewGzipSink(std::move(sink), local);
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
