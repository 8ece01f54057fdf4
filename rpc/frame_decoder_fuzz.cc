#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "rpc/frame_decoder.h"
#include "rpc/frame_queue.h"
#include "rpc/hello.h"

namespace {

using cellar::common::Crc32c;
using cellar::rpc::kFrameHeaderBytes;

/// Mends magic, version and checksums of what the fuzzer made, so that it gets beyond them.
std::string Mend(std::string bytes) {
  size_t at = 0;
  while (bytes.size() - at >= kFrameHeaderBytes) {
    char* const header = bytes.data() + at;
    cellar::common::StoreFixed32(header, cellar::rpc::kFrameMagic);
    header[4] = static_cast<char>(cellar::rpc::kFrameVersion);
    const size_t left = bytes.size() - at - kFrameHeaderBytes;
    const size_t message = std::min<size_t>(left, cellar::common::LoadFixed32(header + 32));
    const size_t attachment = std::min<size_t>(left - message, cellar::common::LoadFixed32(header + 36));
    const std::string_view body = std::string_view(bytes).substr(at + kFrameHeaderBytes);
    cellar::common::StoreFixed32(header + 44, Crc32c(body.substr(0, message)));
    cellar::common::StoreFixed32(header + 48, Crc32c(body.substr(message, attachment)));
    cellar::common::StoreFixed32(header + 52, Crc32c(std::string_view(header, 52)));
    at += kFrameHeaderBytes + message + attachment;
  }
  return bytes;
}

void DecodeAndCheck(std::string_view bytes, size_t step) {
  cellar::rpc::FrameDecoder decoder(1 << 20);
  uint64_t fed = 0;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    fed += part.size();
    while (!part.empty()) {
      auto frame = decoder.Next(&part);
      if (!frame.ok()) return;
      CHECK(decoder.pending_bytes() <= fed);
      if (!frame->has_value()) continue;
      cellar::rpc::FrameDecoder again;
      const std::string encoded = EncodeFrame(**frame);
      std::string_view rest = encoded;
      auto same = again.Next(&rest);
      CHECK(same.ok() && same->has_value() && (*same)->message == (*frame)->message);
      (void)cellar::rpc::Hello::Decode((*frame)->message);
      (void)cellar::rpc::Welcome::Decode((*frame)->message);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = 1 + data[0];
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  DecodeAndCheck(bytes, step);
  DecodeAndCheck(Mend(bytes), step);
  return 0;
}
