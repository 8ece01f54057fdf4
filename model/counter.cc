#include "model/counter.h"

#include <charconv>

#include "common/bytes/c_number.h"
#include "common/bytes/coding.h"
#include "model/error_codes.h"
#include "model/key.h"

namespace cellar::model {

Result<CounterUpdate> CounterUpdate::ParseText(std::string_view text) {
  CounterUpdate update;
  std::string_view rest = text;
  if (!rest.empty() && rest[0] == '=') {
    update.reset = true;
    rest.remove_prefix(1);
  }
  if (rest.empty()) return update;
  const bool negative = rest[0] == '-';
  if (rest[0] == '+' || rest[0] == '-') rest.remove_prefix(1);
  const int base = common::TakeCBase(&rest);
  const std::string digits = (negative ? "-" : "") + std::string(rest);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), update.amount, base);
  if (rest.empty() || rest[0] == '-' || error != std::errc() || end != digits.data() + digits.size())
    return common::InvalidArgument("counter value " + QuoteBytes(text) + " must be n, +n, -n or =n")
        .WithDetail(kBadKey);
  return update;
}

Result<CounterUpdate> CounterUpdate::Decode(std::string_view value) {
  CounterUpdate update;
  if (value.size() != 8 && (value.size() != 9 || value[8] != '='))
    return common::Corruption("counter cell holds " + std::to_string(value.size()) + " bytes");
  update.amount = static_cast<int64_t>(common::LoadFixed64(value.data()));
  update.reset = value.size() == 9;
  return update;
}

std::string CounterUpdate::ToText() const {
  return (reset ? "=" : amount < 0 ? "" : "+") + std::to_string(amount);
}

std::string CounterUpdate::Encode() const {
  std::string value;
  common::PutFixed64(&value, static_cast<uint64_t>(amount));
  if (reset) value.push_back('=');
  return value;
}

int64_t AddCounters(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

}  // namespace cellar::model
