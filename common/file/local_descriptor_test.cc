#include "common/file/local_descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace cellar::common {
namespace {

TEST(LocalErrorTest, EachErrnoSaysWhoActs) {
  const std::pair<int, StatusCode> expected[] = {{ENOENT, StatusCode::kNotFound},
                                                 {ENOTDIR, StatusCode::kNotFound},
                                                 {EEXIST, StatusCode::kAlreadyExists},
                                                 {ENOSPC, StatusCode::kNoSpace},
                                                 {EDQUOT, StatusCode::kNoSpace},
                                                 {EFBIG, StatusCode::kNoSpace},
                                                 {EISDIR, StatusCode::kInvalidArgument},
                                                 {ELOOP, StatusCode::kInvalidArgument},
                                                 {EMFILE, StatusCode::kBusy},
                                                 {ENFILE, StatusCode::kBusy},
                                                 {EIO, StatusCode::kIoError},
                                                 {EROFS, StatusCode::kIoError},
                                                 {EACCES, StatusCode::kIoError}};
  for (const auto& [error, code] : expected) EXPECT_EQ(LocalError(error, "open", "f").code(), code) << error;
  EXPECT_EQ(LocalError(EIO, "append to", "log/3", 4096).ToString(),
            "i/o error: append to 'log/3' at 4096: Input/output error");
}

TEST(LocalDescriptorTest, FullDevice_IsNoSpace) {
  const LocalDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full.is_open());
  EXPECT_EQ(WriteAllLocal(full.get(), "f", 0, "bytes").code(), StatusCode::kNoSpace);
}

TEST(LocalDescriptorTest, BadDescriptor_IsAnErrorOfEveryCall) {
  char byte = 0;
  EXPECT_EQ(SyncLocal(-1, "f").code(), StatusCode::kIoError);
  EXPECT_EQ(SyncDataLocal(-1, "f").code(), StatusCode::kIoError);
  EXPECT_EQ(WriteAllLocal(-1, "f", 0, "x").code(), StatusCode::kIoError);
  EXPECT_EQ(ReadLocal(-1, "f", 0, 1, &byte).status().code(), StatusCode::kIoError);
  EXPECT_EQ(ReadWholeLocal(-1, "f", 10).status().code(), StatusCode::kIoError);
  EXPECT_EQ(StatLocal(-1, "f").status().code(), StatusCode::kIoError);
  EXPECT_EQ(NamesLocal(-1, "f").status().code(), StatusCode::kIoError);
  EXPECT_EQ(LockLocal(-1, "f").code(), StatusCode::kIoError);
  const int taken = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  LocalDescriptor closed_behind_its_back(taken);
  ::close(taken);
  EXPECT_EQ(closed_behind_its_back.Close("f").code(), StatusCode::kIoError);
  EXPECT_TRUE(closed_behind_its_back.Close("f").ok());
}

TEST(LocalDescriptorTest, Move_HandsTheDescriptorOn) {
  LocalDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int fd = first.get();
  LocalDescriptor second(std::move(first));
  EXPECT_EQ(second.get(), fd);
  LocalDescriptor third;
  third = std::move(second);
  EXPECT_EQ(third.get(), fd);
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace cellar::common
