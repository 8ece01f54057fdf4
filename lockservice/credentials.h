#pragma once

#include <string>
#include <string_view>

#include "lockservice/node.h"

namespace cellar::lockservice {

// Credentials of a session of an embedded lock service, in process or served: "session:<id>". Nothing secret is in
// them: whoever reaches such a service can end any session.

std::string CredentialsOf(SessionId session);

/// kInvalidArgument when they are something else.
Result<SessionId> ParseCredentials(std::string_view text);

}  // namespace cellar::lockservice
