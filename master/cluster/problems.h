#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace cellar::master {

/// What an operator should know of, by subject. Loop only.
class Problems {
 public:
  void Set(const std::string& subject, const Status& status) { problems_[subject] = status.ToString(); }
  void Clear(const std::string& subject) { problems_.erase(subject); }

  std::vector<std::string> Sentences() const {
    std::vector<std::string> sentences;
    for (const auto& [subject, text] : problems_) sentences.push_back(subject + ": " + text);
    return sentences;
  }

 private:
  std::map<std::string, std::string> problems_;
};

}  // namespace cellar::master
