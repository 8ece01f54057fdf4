#include "storage/cellstore/file_layout.h"

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::storage {

namespace {

Status CheckVersion(uint16_t version) {
  if (version == 0) return common::Corruption("version 0");
  if (version > kCellStoreVersion)
    return common::Unsupported("CellStore version " + std::to_string(version) + "; this build reads up to " +
                               std::to_string(kCellStoreVersion));
  return Status();
}

}  // namespace

std::string FileHeader::Encode() const {
  std::string out(kFileMagic);
  common::PutFixed16(&out, version);
  common::PutFixed16(&out, cipher);
  common::PutFixed32(&out, key_id);
  common::PutFixed64(&out, file.get());
  out.append(cluster.view());
  common::PutFixed32(&out, common::Crc32c(out));
  return out;
}

Result<FileHeader> FileHeader::Decode(std::string_view bytes) {
  common::Reader reader(bytes);
  FileHeader header;
  std::string_view magic;
  std::string_view cluster;
  uint64_t file = 0;
  uint32_t crc = 0;
  if (!reader.GetBytes(kFileMagic.size(), &magic) || !reader.GetFixed16(&header.version) ||
      !reader.GetFixed16(&header.cipher) || !reader.GetFixed32(&header.key_id) || !reader.GetFixed64(&file) ||
      !reader.GetBytes(ClusterId::kBytes, &cluster) || !reader.GetFixed32(&crc))
    return common::Corruption("file header is cut off");
  if (magic != kFileMagic) return common::Corruption("not a CellStore: wrong magic at offset 0");
  if (crc != common::Crc32c(bytes.substr(0, kFileHeaderBytes - 4)))
    return common::Corruption("file header at offset 0: checksum does not match");
  RETURN_IF_ERROR(CheckVersion(header.version));
  if (header.cipher != kCipherNone) return common::Unsupported("cipher " + std::to_string(header.cipher));
  header.file = model::FileId{file};
  header.cluster = ClusterId::FromBytes(cluster);
  return header;
}

std::string FileTail::Encode() const {
  std::string out;
  common::PutFixed64(&out, trailer.offset);
  common::PutFixed32(&out, trailer.length);
  common::PutFixed16(&out, version);
  common::PutFixed16(&out, 0);
  common::PutFixed64(&out, file.get());
  common::PutFixed32(&out, common::Crc32c(out));
  out.append(kTailMagic);
  return out;
}

Result<FileTail> FileTail::Decode(std::string_view bytes) {
  common::Reader reader(bytes);
  FileTail tail;
  uint16_t reserved = 0;
  uint64_t file = 0;
  uint32_t crc = 0;
  std::string_view magic;
  if (!reader.GetFixed64(&tail.trailer.offset) || !reader.GetFixed32(&tail.trailer.length) ||
      !reader.GetFixed16(&tail.version) || !reader.GetFixed16(&reserved) || !reader.GetFixed64(&file) ||
      !reader.GetFixed32(&crc) || !reader.GetBytes(kTailMagic.size(), &magic))
    return common::Corruption("tail is cut off");
  if (magic != kTailMagic) return common::Corruption("tail: wrong magic; the file is cut off or has bytes too many");
  if (crc != common::Crc32c(bytes.substr(0, kTailBytes - 4 - kTailMagic.size())))
    return common::Corruption("tail: checksum does not match");
  RETURN_IF_ERROR(CheckVersion(tail.version));
  tail.file = model::FileId{file};
  return tail;
}

}  // namespace cellar::storage
