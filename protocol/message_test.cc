#include "protocol/message.h"

#include <gtest/gtest.h>

#include "protocol/gen/rangeserver_types.h"

namespace cellar::protocol {
namespace {

UpdateRequest SampleRequest() {
  UpdateFrame frame;
  frame.table.space = 1;
  frame.table.number = 7;
  frame.schema_generation = 3;
  frame.session = -5;
  UpdateRequest request;
  request.frames.push_back(frame);
  return request;
}

TEST(MessageTest, Encoded_DecodesToTheSame) {
  const UpdateRequest request = SampleRequest();
  auto decoded = DecodeMessage<UpdateRequest>(EncodeMessage(request));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, request);
}

TEST(MessageTest, EveryTruncation_IsRefused) {
  const std::string bytes = EncodeMessage(SampleRequest());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeMessage<UpdateRequest>(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

TEST(MessageTest, BytesBehindTheEnd_AreRefused) {
  EXPECT_FALSE(DecodeMessage<UpdateRequest>(EncodeMessage(SampleRequest()) + "x").ok());
}

TEST(MessageTest, HugeDeclaredList_IsRefusedBeforeAllocation) {
  // Field 1, type list; size in the long form: 2^31 - 1 structs.
  const std::string bytes("\x19\xFC\xFF\xFF\xFF\xFF\x07", 7);
  auto decoded = DecodeMessage<UpdateRequest>(bytes);
  EXPECT_TRUE(decoded.status().Is(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace cellar::protocol
