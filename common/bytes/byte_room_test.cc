#include "common/bytes/byte_room.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "common/random/random.h"

namespace cellar::common {
namespace {

TEST(ByteRoomTest, WhatWasWrittenStays_HoweverMuchRoomIsMade) {
  SeededRandom random(1);
  ByteRoom room;
  for (int round = 0; round < 3; ++round) {
    std::string expected;
    for (int i = 0; i < 200; ++i) {
      const std::string piece(random.Uniform(100), static_cast<char>('a' + i % 26));
      const size_t spare = 1 + random.Uniform(3000);  // reserved, and not written
      char* const target = room.Reserve(piece.size() + spare);
      std::memset(target, '?', piece.size() + spare);
      std::memcpy(target, piece.data(), piece.size());
      room.WrittenUpTo(target + piece.size());
      expected += piece;
      ASSERT_EQ(room.size(), expected.size());
    }
    EXPECT_EQ(room.view(), expected);
    room.clear();
    EXPECT_EQ(room.size(), 0u);
    EXPECT_EQ(room.view(), "");
  }
}

}  // namespace
}  // namespace cellar::common
