#include "common/bytes/arena.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cellar::common {
namespace {

TEST(ArenaTest, New_TakesNothing) {
  const Arena arena;
  EXPECT_EQ(arena.used_bytes(), 0u);
  EXPECT_EQ(arena.reserved_bytes(), 0u);
}

TEST(ArenaTest, Copies_KeepTheirBytesAndAddresses) {
  Arena arena;
  std::vector<std::pair<std::string, std::string_view>> copies;
  size_t total = 0;
  for (size_t i = 0; i < 5'000; ++i) {
    const std::string original(i % 700, static_cast<char>('a' + i % 26));
    copies.emplace_back(original, arena.Copy(original));
    total += original.size();
  }
  for (const auto& [original, copy] : copies) ASSERT_EQ(original, copy);
  EXPECT_EQ(arena.used_bytes(), total);
  EXPECT_GE(arena.reserved_bytes(), total);
  EXPECT_LE(arena.reserved_bytes(), total + total / 2 + Arena::kLargestChunkBytes);
}

TEST(ArenaTest, FirstChunkIsSmall_LargePieceGetsItsOwn) {
  Arena arena;
  arena.Allocate(10);
  EXPECT_EQ(arena.reserved_bytes(), Arena::kFirstChunkBytes);
  arena.Allocate(3 << 20);
  EXPECT_EQ(arena.reserved_bytes(), Arena::kFirstChunkBytes + (3 << 20));
  arena.Allocate(10);  // Still from the first chunk.
  EXPECT_EQ(arena.reserved_bytes(), Arena::kFirstChunkBytes + (3 << 20));
}

TEST(ArenaTest, AllocateAligned_IsAligned) {
  Arena arena;
  for (size_t i = 0; i < 2'000; ++i) {
    arena.Allocate(i % 7);
    const size_t alignment = size_t{1} << (i % 5);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(arena.AllocateAligned(i % 33, alignment)) % alignment, 0u);
  }
}

TEST(ArenaTest, Move_LeavesAnEmptyUsableArena) {
  Arena arena;
  const std::string_view copy = arena.Copy("cell");
  Arena target = std::move(arena);
  EXPECT_EQ(copy, "cell");
  EXPECT_EQ(target.used_bytes(), 4u);
  arena = Arena();
  EXPECT_EQ(arena.Copy("again"), "again");
  EXPECT_EQ(arena.used_bytes(), 5u);
}

}  // namespace
}  // namespace cellar::common
