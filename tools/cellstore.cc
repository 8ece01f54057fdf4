#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "storage/cellstore/cellstore_dump.h"
#include "storage/cellstore/cellstore_verify.h"
#include "tools/command.h"
#include "tools/path_of_data.h"

namespace cellar::tools {
namespace {

struct CellStoreArguments {
  std::string data_dir;
  std::string path;
  storage::CellStoreDumpOptions dump;
};

Status Dump(const CellStoreArguments& arguments) {
  ASSIGN_OR_RETURN(const PathOfData data, OpenPathOfData(arguments.data_dir, arguments.path));
  ASSIGN_OR_RETURN(const auto reader, storage::CellStoreReader::Open(*data.files, data.path, {}));
  return storage::DumpCellStore(*reader, arguments.dump, [](std::string_view text) { std::cout << text; });
}

Status Verify(const CellStoreArguments& arguments) {
  ASSIGN_OR_RETURN(const PathOfData data, OpenPathOfData(arguments.data_dir, arguments.path));
  ASSIGN_OR_RETURN(const auto reader, storage::CellStoreReader::Open(*data.files, data.path, {}));
  ASSIGN_OR_RETURN(const storage::CellStoreVerification verification, storage::VerifyCellStore(*reader));
  std::cout << verification.file_size_bytes << " bytes, " << verification.frame_count << " frames, "
            << verification.cell_count << " cells: all verify\n";
  return common::OkStatus();
}

}  // namespace

void AddCellStoreCommand(CLI::App& root, Chosen& chosen) {
  CLI::App* cellstore = root.add_subcommand("cellstore", "CellStores in a data directory");
  cellstore->require_subcommand(1);
  const auto arguments = std::make_shared<CellStoreArguments>();
  const auto add = [&](const char* verb, const char* help, Status (*action)(const CellStoreArguments&)) {
    CLI::App* command = cellstore->add_subcommand(verb, help);
    command->add_option("--data-dir", arguments->data_dir, "the data directory")->required();
    command->add_option("path", arguments->path, "the file, as tables/1-7/0000000200000001")->required();
    command->callback([&chosen, arguments, action] {
      chosen.action = [arguments, action] { return ExitStatusOf(action(*arguments)); };
    });
    return command;
  };
  CLI::App* dump = add("dump", "Print a file as text", Dump);
  dump->add_flag("--blocks", arguments->dump.blocks, "each block too");
  dump->add_flag("--cells", arguments->dump.cells, "each cell too");
  add("verify", "Read and check every byte", Verify);
}

}  // namespace cellar::tools
