#include "common/bytes/c_number.h"

namespace cellar::common {

int TakeCBase(std::string_view* digits) {
  if (digits->size() > 2 && (digits->starts_with("0x") || digits->starts_with("0X"))) {
    digits->remove_prefix(2);
    return 16;
  }
  if (digits->size() > 1 && digits->starts_with('0')) {
    digits->remove_prefix(1);
    return 8;
  }
  return 10;
}

}  // namespace cellar::common
