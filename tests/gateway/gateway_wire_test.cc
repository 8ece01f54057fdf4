#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "common/bytes/coding.h"
#include "common/concurrency/parker.h"
#include "common/random/random.h"
#include "tests/gateway/gateway_world.h"
#include "tests/gateway/raw_connection.h"

namespace cellar::tests {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;
using testing::Not;

size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t pages = 0;
  file >> pages >> pages;
  return pages * 4096;
}

class GatewayWireTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    thrift::GatewayOptions options;
    options.stall_timeout = kSecond;
    options.max_objects = 50;
    world_ = new GatewayWorld(std::move(options));
  }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }

  static GatewayWorld* world_;
};

GatewayWorld* GatewayWireTest::world_ = nullptr;

TEST_F(GatewayWireTest, EveryMethodOfTheApiIsServed) {
  std::ifstream table(API_TABLE);
  RawConnection connection(world_->port());
  int count = 0;
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string kind;
    std::string service;
    std::string method;
    words >> kind >> service >> method;
    if (kind != "method") continue;
    ++count;
    connection.SendFrame(CallOf(method));
    const std::string answer = connection.Receive();
    EXPECT_THAT(answer, testing::StartsWith("\x80\x01\x00\x02"s)) << method << ": a reply, not an exception";
    EXPECT_THAT(answer, HasSubstr(method));
  }
  EXPECT_EQ(count, 126 + 6);
}

TEST_F(GatewayWireTest, AnUnknownMethodIsAnExceptionAndTheConnectionGoesOn) {
  RawConnection connection(world_->port());
  connection.SendFrame(CallOf("no_such_method"));
  EXPECT_THAT(connection.Receive(), HasSubstr("there is no method no_such_method"));
  connection.SendFrame(CallOf("status"));
  EXPECT_THAT(connection.Receive(), HasSubstr("status"));
}

TEST_F(GatewayWireTest, OldMessageHeadsAreUnderstood) {
  std::string call;
  common::PutBigEndian32(&call, 6);
  call += "status\x01\x00\x00\x00\x09\x00"s;
  RawConnection connection(world_->port());
  connection.SendFrame(call);
  EXPECT_THAT(connection.Receive(), testing::StartsWith("\x80\x01\x00\x02"s)) << "answers are strict";
}

TEST_F(GatewayWireTest, WhatIsNoFrameEndsTheConnection) {
  for (const std::string& bytes : {"GET / HTTP/1.1\r\n\r\n"s, "\x80\x01\x00\x01\x00\x00\x00\x06status"s,
                                   "\x00\x00\x00\x00"s, "\x04\x00\x00\x01"s, "\xff\xff\xff\xff"s}) {
    RawConnection connection(world_->port());
    connection.Send(bytes);
    EXPECT_EQ(connection.Receive(), "closed");
  }
  RawConnection connection(world_->port());
  connection.SendFrame("nonsense");
  EXPECT_EQ(connection.Receive(), "closed");
}

TEST_F(GatewayWireTest, ArgumentsThatDoNotReadAreRefused) {
  RawConnection connection(world_->port());
  // namespace_create with field 1 as a string of 2 GiB, of which nothing is there.
  connection.SendFrame(CallOf("namespace_create", "\x0b\x00\x01\x7f\xff\xff\xff"s));
  EXPECT_THAT(connection.Receive(), HasSubstr("do not read"));
  // set_cells with 2^20 cells of which none is there: no room is made for them.
  const size_t before = ResidentBytes();
  connection.SendFrame(CallOf("set_cells", "\x0f\x00\x03\x0c\x00\x10\x00\x00"s));
  EXPECT_THAT(connection.Receive(), HasSubstr("do not read"));
  EXPECT_LT(ResidentBytes(), before + (32 << 20));
  // Packed cells stay in the frame: those of 2 GiB, of a negative length, and those that end within their length.
  for (const std::string& cells :
       {"\x0b\x00\x02\x7f\xff\xff\xff"s, "\x0b\x00\x02\xff\xff\xff\xff"s, "\x0b\x00\x02\x00\x00"s}) {
    for (const char* method : {"mutator_set_cells_serialized", "set_cells_serialized_async"}) {
      connection.SendFrame(CallOf(method, cells));
      EXPECT_THAT(connection.Receive(), HasSubstr("do not read")) << method;
    }
  }
  // Fields of other types, and such as nobody knows, are passed over.
  connection.SendFrame(CallOf("mutator_set_cells_serialized",
                              "\x08\x00\x02\x00\x00\x00\x07\x02\x00\x01\x01\x0b\x00\x63\x00\x00\x00\x01x"s));
  EXPECT_THAT(connection.Receive(), HasSubstr("mutator=0"));
  // Structs within structs.
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "\x0c\x00\x63"s;
  connection.SendFrame(CallOf("status", deep));
  EXPECT_THAT(connection.Receive(), HasSubstr("do not read"));
}

TEST_F(GatewayWireTest, FramesOfAllSizesFollowEachOther) {
  RawConnection connection(world_->port());
  for (const size_t size : {100'000, 10, 3'000'000, 5'000, 70'000, 5'000'000, 0}) {
    std::string arguments = "\x0b\x00\x63"s;  // a text in a field that no method has
    common::PutBigEndian32(&arguments, static_cast<uint32_t>(size));
    arguments.append(size, 'x');
    connection.SendFrame(CallOf("status", arguments));
    EXPECT_THAT(connection.Receive(), HasSubstr("status")) << size;
  }
}

TEST_F(GatewayWireTest, WhoStopsWithinAFrameIsClosedAndWhoIsIdleIsNot) {
  RawConnection idle(world_->port());
  RawConnection stalled(world_->port());
  stalled.Send("\x00\x00\x00\x10part"s);
  EXPECT_EQ(stalled.Receive(), "closed");
  idle.SendFrame(CallOf("status"));
  EXPECT_THAT(idle.Receive(), HasSubstr("status"));
}

TEST_F(GatewayWireTest, RandomBytesDoNoHarm) {
  SeededRandom random(17);
  const size_t before = ResidentBytes();
  for (int round = 0; round < 300; ++round) {
    RawConnection connection(world_->port());
    std::string bytes(random.Uniform(2000), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    if (round % 3 == 0) {
      connection.Send(bytes);
    } else if (round % 3 == 1) {
      connection.SendFrame(bytes);
    } else {
      // A good head, and rubbish for arguments.
      const char* methods[] = {"scanner_open", "set_cells", "hql_exec", "table_create", "check_and_mutate"};
      connection.SendFrame(CallOf(methods[round % 5], bytes));
    }
  }
  GatewayConnection connection(world_->port());
  api::Status status;
  connection->status(status);
  EXPECT_EQ(status.code, 0);
  EXPECT_TRUE(Eventually([&] { return world_->gateway().counts().connections == 1; }));
  EXPECT_LT(ResidentBytes(), before + (64 << 20));
}

TEST_F(GatewayWireTest, IdsAreSharedByAllConnectionsOfAnAddress_AndGoWithTheLast) {
  auto first = std::make_unique<GatewayConnection>(world_->port());
  GatewayConnection second(world_->port());
  (*first)->create_namespace("shared");
  const int64_t ns = (*first)->open_namespace("shared");
  second->table_create(ns, "t", SchemaOfFamily("a"));
  const int64_t mutator = second->open_mutator(ns, "t", 0, 0);
  second->mutator_set_cell_as_array(mutator, {"kept", "a", "", "v"});
  first.reset();
  EXPECT_TRUE(second->exists_table(ns, "t"));
  for (int i = 0; i < 100; ++i) {
    const int32_t code = CodeOf([&] { second->open_namespace("shared"); });
    if (code != 0) {
      EXPECT_EQ(code, 44) << "too many objects";
      break;
    }
  }
  EXPECT_EQ(world_->gateway().counts().objects, 50);
  second.Vanish();
  EXPECT_TRUE(Eventually([&] { return world_->gateway().counts().objects == 0; }));
  GatewayConnection third(world_->port());
  EXPECT_EQ(CodeOf([&] { third->get_tables(*std::make_unique<std::vector<std::string>>(), ns); }), 0x90003);
  const int64_t again = third->open_namespace("shared");
  // What a mutator held when its client vanished is written.
  EXPECT_TRUE(Eventually([&] {
    std::string value;
    third->get_cell(value, again, "t", "kept", "a");
    return value == "v";
  }));
}

}  // namespace
}  // namespace cellar::tests
