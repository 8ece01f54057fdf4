#include "lockservice/credentials.h"

#include <charconv>

namespace cellar::lockservice {
namespace {

constexpr std::string_view kPrefix = "session:";

}  // namespace

std::string CredentialsOf(SessionId session) {
  return std::string(kPrefix) + std::to_string(session.get());
}

Result<SessionId> ParseCredentials(std::string_view text) {
  uint64_t id = 0;
  if (text.starts_with(kPrefix)) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + kPrefix.size(), end, id);
    if (error == std::errc() && rest == end && id != 0) return SessionId(id);
  }
  return common::InvalidArgument(
      "lock service: these are not the credentials of a session of an embedded lock service");
}

}  // namespace cellar::lockservice
