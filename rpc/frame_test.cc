#include "rpc/frame.h"

#include <gtest/gtest.h>

#include "common/random/random.h"
#include "rpc/frame_decoder.h"
#include "rpc/frame_queue.h"

namespace cellar::rpc {
namespace {

Frame MakeFrame(uint64_t call_id, std::string message, std::string attachment, Priority priority = Priority::kNormal) {
  Frame frame;
  frame.kind = FrameKind::kRequest;
  frame.priority = priority;
  frame.call_id = call_id;
  frame.trace_id = 0x1122334455667788;
  frame.method_or_code = 201;
  frame.deadline_or_detail = 5000;
  frame.message = std::move(message);
  frame.attachment = std::move(attachment);
  return frame;
}

std::string ToHex(std::string_view bytes) {
  std::string text;
  char buffer[4];
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::snprintf(buffer, sizeof(buffer), "%02x", static_cast<uint8_t>(bytes[i]));
    text += buffer;
    text += (i + 1) % 16 == 0 ? "\n" : (i + 1 == bytes.size() ? "" : " ");
  }
  return text;
}

std::vector<Frame> DecodeAll(FrameDecoder& decoder, std::string_view bytes, Status* error) {
  std::vector<Frame> frames;
  while (!bytes.empty()) {
    Result<std::optional<Frame>> frame = decoder.Next(&bytes);
    if (!frame.ok()) {
      *error = frame.status();
      break;
    }
    if (frame->has_value()) frames.push_back(std::move(**frame));
  }
  return frames;
}

void ExpectEqual(const Frame& a, const Frame& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.call_id, b.call_id);
  EXPECT_EQ(a.trace_id, b.trace_id);
  EXPECT_EQ(a.method_or_code, b.method_or_code);
  EXPECT_EQ(a.deadline_or_detail, b.deadline_or_detail);
  EXPECT_EQ(a.message, b.message);
  EXPECT_EQ(a.attachment, b.attachment);
}

/// The example of docs/internals/wire.md.
TEST(FrameTest, Example_HasTheBytesOfItsPage) {
  EXPECT_EQ(ToHex(EncodeFrame(MakeFrame(7, "ping", "cells"))),
            "43 65 4c 52 01 03 00 02 07 00 00 00 00 00 00 00\n"
            "88 77 66 55 44 33 22 11 c9 00 00 00 88 13 00 00\n"
            "04 00 00 00 05 00 00 00 05 00 00 00 e5 26 fa a7\n"
            "96 08 38 4a 22 05 92 20 70 69 6e 67 63 65 6c 6c\n"
            "73");
}

TEST(FrameTest, AnySplit_DecodesTheSame) {
  SeededRandom random(11);
  for (int round = 0; round < 100; ++round) {
    const Frame frame = MakeFrame(random.Next(), std::string(random.Uniform(300), 'm'),
                                  std::string(random.Uniform(3 * kChunkBytes), 'a'), Priority::kBulk);
    const std::string bytes = EncodeFrame(frame) + EncodeFrame(frame);
    FrameDecoder decoder;
    std::vector<Frame> frames;
    for (size_t at = 0; at < bytes.size();) {
      const size_t length = std::min(bytes.size() - at, static_cast<size_t>(1 + random.Uniform(100'000)));
      Status error;
      for (Frame& next : DecodeAll(decoder, std::string_view(bytes).substr(at, length), &error)) {
        frames.push_back(std::move(next));
      }
      ASSERT_TRUE(error.ok()) << error.ToString();
      at += length;
    }
    ASSERT_EQ(frames.size(), 2u);
    ExpectEqual(frames[0], frame);
    ExpectEqual(frames[1], frame);
    EXPECT_EQ(decoder.pending_bytes(), 0u);
  }
}

TEST(FrameTest, EveryFlippedByte_IsFound) {
  const std::string bytes = EncodeFrame(MakeFrame(7, "message", "attachment"));
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    FrameDecoder decoder;
    Status error;
    EXPECT_TRUE(DecodeAll(decoder, damaged, &error).empty()) << at;
    EXPECT_FALSE(error.ok()) << at;
    std::string_view more = bytes;
    EXPECT_FALSE(decoder.Next(&more).ok());  // and stays lost
  }
}

TEST(FrameTest, OverTheLimit_IsRefusedAtTheHeader) {
  FrameDecoder decoder(1000);
  const std::string bytes = EncodeFrame(MakeFrame(7, "m", std::string(1000, 'a')));
  Status error;
  EXPECT_TRUE(DecodeAll(decoder, std::string_view(bytes).substr(0, kFrameHeaderBytes), &error).empty());
  EXPECT_EQ(error.ToString(), "corruption: frame: longer than is allowed now");
}

TEST(FrameTest, OtherVersion_IsUnsupported) {
  std::string header(kFrameHeaderBytes, '\0');
  FrameHeader().Encode(header.data());
  EXPECT_TRUE(FrameHeader::Decode(header).ok());
}

TEST(FrameTest, PingsAndPongs_CarryNothing) {
  for (const FrameKind kind : {FrameKind::kPing, FrameKind::kPong}) {
    Frame bare;
    bare.kind = kind;
    Status error;
    FrameDecoder decoder;
    ASSERT_EQ(DecodeAll(decoder, EncodeFrame(bare), &error).size(), 1u) << error.ToString();
    for (const bool in_message : {true, false}) {
      Frame loaded = bare;
      (in_message ? loaded.message : loaded.attachment) = "x";
      FrameDecoder another;
      EXPECT_TRUE(DecodeAll(another, EncodeFrame(loaded), &error).empty());
      EXPECT_TRUE(error.Is(StatusCode::kCorruption)) << error.ToString();
    }
  }
}

std::string Piece(FrameKind kind, uint64_t call_id, uint32_t length, uint32_t whole, bool more) {
  FrameHeader header;
  header.kind = kind;
  header.call_id = call_id;
  header.attachment_bytes = length;
  header.whole_attachment_bytes = whole;
  header.more = more;
  std::string bytes(kFrameHeaderBytes + length, 'x');
  Frame frame = MakeFrame(1, "", std::string(length, 'x'));
  header.attachment_crc = FrameHeader::Decode(EncodeFrame(frame).substr(0, kFrameHeaderBytes))->attachment_crc;
  header.Encode(bytes.data());
  return bytes;
}

TEST(FrameTest, ChunksThatDoNotFit_AreRefused) {
  const std::string first = Piece(FrameKind::kRequest, 1, 10, 30, true);
  const std::vector<std::string> streams = {
      Piece(FrameKind::kChunk, 1, 10, 0, false),           // of nothing
      first + Piece(FrameKind::kChunk, 2, 20, 0, false),   // of another call
      first + Piece(FrameKind::kChunk, 1, 10, 0, false),   // too short
      first + Piece(FrameKind::kChunk, 1, 21, 0, false),   // too long
      first + Piece(FrameKind::kChunk, 1, 20, 0, true),    // complete, yet more to come
      first + Piece(FrameKind::kRequest, 2, 1, 1, false),  // another begins
      Piece(FrameKind::kRequest, 1, 10, 30, false),        // not all, yet no more to come
      Piece(FrameKind::kRequest, 1, 30, 30, true),         // all, yet more to come
      Piece(FrameKind::kRequest, 1, 0, 30, true),          // an empty first piece
  };
  for (size_t i = 0; i < streams.size(); ++i) {
    FrameDecoder decoder;
    Status error;
    EXPECT_TRUE(DecodeAll(decoder, streams[i], &error).empty()) << i;
    EXPECT_TRUE(error.Is(StatusCode::kCorruption)) << i;
  }
}

TEST(FrameQueueTest, HigherPriority_PassesBetweenChunks) {
  FrameQueue queue;
  queue.Push(MakeFrame(1, "", std::string(3 * kChunkBytes, 'b'), Priority::kBulk));
  std::string bytes;
  auto take = [&] {
    for (const FrameQueue::Piece& piece : queue.Take(1)) {
      bytes.append(piece.header, kFrameHeaderBytes).append(piece.message).append(piece.attachment);
    }
    queue.Pop();
  };
  take();
  queue.Push(MakeFrame(2, "lease", "", Priority::kControl));
  queue.Push(MakeFrame(3, "bulk", "", Priority::kBulk));
  EXPECT_EQ(queue.queued_bytes(), 2 * kChunkBytes + 9u + 3 * kFrameHeaderBytes);
  while (!queue.empty()) take();
  FrameDecoder decoder;
  Status error;
  const std::vector<Frame> frames = DecodeAll(decoder, bytes, &error);
  ASSERT_EQ(frames.size(), 3u) << error.ToString();
  EXPECT_EQ(frames[0].message, "lease");
  EXPECT_EQ(frames[1].call_id, 1u);
  EXPECT_EQ(frames[2].message, "bulk");
  EXPECT_EQ(queue.queued_bytes(), 0u);
}

}  // namespace
}  // namespace cellar::rpc
