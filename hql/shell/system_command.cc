#include "hql/shell/system_command.h"

#include "hql/shell/child_process.h"

namespace cellar::hql {

Result<int> RunSystemCommand(const std::string& command) {
  ASSIGN_OR_RETURN(const pid_t child, StartShellCommand(command, -1));
  return WaitForCommand(child);
}

}  // namespace cellar::hql
