#include "server/load_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "common/config/toml_file.h"

namespace cellar::server {
namespace {

/// CELLAR_… variables that tests and the build use.
constexpr const char* kOtherVariables[] = {"CELLAR_TEST_SEED", "CELLAR_BUILD", "CELLAR_HOME"};

Result<std::string> ReadConfigFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) {
    std::string message = fmt::format("configuration file {}: {}", path, std::strerror(errno));
    return errno == ENOENT ? common::NotFound(std::move(message)) : common::IoError(std::move(message));
  }
  // One byte more than allowed, so that ParseToml sees and refuses a file that is too large.
  std::string text(common::kMaxConfigBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return common::IoError(fmt::format("configuration file {}: {}", path, std::strerror(errno)));
  }
  return text;
}

}  // namespace

Result<Settings> LoadSettings(SettingArguments arguments) {
  SettingSources sources;
  sources.tables = std::move(arguments.tables);
  sources.overrides = std::move(arguments.overrides);
  sources.environment_ignored.assign(std::begin(kOtherVariables), std::end(kOtherVariables));
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    sources.environment.emplace_back(*variable);
  }
  if (!arguments.config_path.empty()) {
    ASSIGN_OR_RETURN(sources.config_text, ReadConfigFile(arguments.config_path));
    sources.config_name = arguments.config_path;
  }
  return Settings::Load(sources);
}

}  // namespace cellar::server
