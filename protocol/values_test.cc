#include "protocol/values.h"

#include <gtest/gtest.h>

#include "protocol/message.h"
#include "protocol/part_status.h"

namespace cellar::protocol {
namespace {

/// As it arrives.
template <typename Message>
Message Travel(const Message& message) {
  return DecodeMessage<Message>(EncodeMessage(message)).value();
}

TEST(ValuesTest, Tables_OfAnyNumber_ComeBack) {
  for (const model::TableId table :
       {model::kMetadataTable, model::TableId{1, 7}, model::TableId{UINT32_MAX, UINT32_MAX}}) {
    EXPECT_EQ(FromMessage(Travel(ToMessage(table))), table) << table.ToString();
  }
}

TEST(ValuesTest, FencingNumbers_OfAnySize_ComeBack) {
  for (const cellar::FencingNumber number :
       {cellar::FencingNumber{}, {3, 17}, {INT32_MAX, INT64_MAX}, {UINT32_MAX, UINT64_MAX}}) {
    EXPECT_EQ(FromMessage(Travel(ToMessage(number))), number) << number;
  }
}

TEST(ValuesTest, Bounds_AbsentAndEmpty_AreNotTheSame) {
  const std::optional<std::string> bounds[] = {std::nullopt, "", "row", std::string("\0\xff", 2)};
  for (const auto& start : bounds) {
    for (const auto& end : bounds) {
      const model::RangeKey range(model::TableId{1, 2}, start, end);
      EXPECT_EQ(FromMessage(Travel(ToRangeId(range))), range) << range.ToString();
      EXPECT_EQ(FromMessage(range.table, Travel(ToMessage(range))), range) << range.ToString();
    }
  }
}

TEST(PartStatusTest, CodeDetailAndMessage_ComeBack) {
  for (const Status& status : {Status(), common::Busy("wait"), common::NotFound("gone").WithDetail(22),
                               common::Fenced(""), common::Cancelled("last of the codes")}) {
    EXPECT_EQ(FromPartStatus(Travel(ToPartStatus(status))), status) << status.ToString();
  }
}

TEST(PartStatusTest, OkSaysNothingElse) {
  const PartStatus part = ToPartStatus(Status());
  EXPECT_EQ(part.code, 0);
  EXPECT_FALSE(part.__isset.message);
  EXPECT_FALSE(part.__isset.detail);
}

TEST(PartStatusTest, CodeOfALaterVersion_IsNamed) {
  PartStatus part;
  part.__set_message("something new");
  for (const int code : {-1, static_cast<int>(StatusCode::kCancelled) + 1, INT32_MAX}) {
    part.code = code;
    const Status status = FromPartStatus(part);
    EXPECT_TRUE(status.Is(StatusCode::kInvalidArgument)) << status.ToString();
    EXPECT_NE(status.ToString().find("something new"), std::string::npos) << status.ToString();
  }
}

}  // namespace
}  // namespace cellar::protocol
