#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "storage/commitlog/log_dump.h"
#include "storage/metalog/metalog_reader.h"
#include "tools/command.h"
#include "tools/path_of_data.h"

namespace cellar::tools {
namespace {

struct LogArguments {
  std::string data_dir;
  std::string path;
  bool cells = true;
};

Status Dump(const LogArguments& arguments) {
  ASSIGN_OR_RETURN(const PathOfData data, OpenPathOfData(arguments.data_dir, arguments.path));
  const Result<storage::LogIdentity> identity = storage::ReadLogIdentity(*data.files, data.path);
  if (identity.status().Is(StatusCode::kNotFound)) return storage::DumpMetaLog(*data.files, data.path, std::cout);
  if (!identity.ok()) return identity.status();
  storage::LogDumpOptions options;
  options.show_cells = arguments.cells;
  return storage::DumpLog(*data.files, data.path, *identity, options, std::cout);
}

Status Verify(const LogArguments& arguments) {
  ASSIGN_OR_RETURN(const PathOfData data, OpenPathOfData(arguments.data_dir, arguments.path));
  ASSIGN_OR_RETURN(const storage::LogIdentity identity, storage::ReadLogIdentity(*data.files, data.path));
  ASSIGN_OR_RETURN(const storage::LogVerification verification, storage::VerifyLog(*data.files, data.path, identity));
  std::cout << verification.fragment_count << " fragments, " << verification.block_count << " blocks, "
            << verification.section_count << " sections, " << verification.cells_bytes << " bytes of cells\n";
  for (const std::string& remark : verification.remarks) std::cout << remark << '\n';
  for (const std::string& problem : verification.problems) std::cout << problem << '\n';
  if (verification.problems.empty()) return common::OkStatus();
  return common::Corruption(std::to_string(verification.problems.size()) + " damaged places");
}

}  // namespace

void AddLogCommand(CLI::App& root, Chosen& chosen) {
  CLI::App* log = root.add_subcommand("log", "Commit logs and metalogs in a data directory");
  log->require_subcommand(1);
  const auto arguments = std::make_shared<LogArguments>();
  const auto add = [&](const char* verb, const char* help, Status (*action)(const LogArguments&)) {
    CLI::App* command = log->add_subcommand(verb, help);
    command->add_option("--data-dir", arguments->data_dir, "the data directory")->required();
    command->add_option("path", arguments->path, "directory of the log, as servers/rs1/…/log/user")->required();
    command->callback([&chosen, arguments, action] {
      chosen.action = [arguments, action] { return ExitStatusOf(action(*arguments)); };
    });
    return command;
  };
  add("dump", "Print a log as text", Dump)
      ->add_flag("--cells,!--no-cells", arguments->cells, "each cell, not only the sections");
  add("verify", "Read every byte that counts, and tell what is damaged", Verify);
}

}  // namespace cellar::tools
