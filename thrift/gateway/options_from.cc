#include "thrift/gateway/options_from.h"

#include "thrift/gateway/settings.h"

namespace cellar::thrift {

GatewayOptions OptionsFrom(const Settings& settings) {
  GatewayOptions options;
  options.max_connections = static_cast<size_t>(settings.Get(kMaxConnectionsSetting));
  options.max_threads = static_cast<size_t>(settings.Get(kMaxThreadsSetting));
  options.max_frame_bytes = static_cast<size_t>(settings.Get(kMaxFrameSetting));
  options.frame_memory_bytes = static_cast<size_t>(settings.Get(kFrameMemorySetting));
  options.stall_timeout = settings.Get(kStallTimeoutSetting);
  options.batch_bytes = static_cast<size_t>(settings.Get(kBatchSetting));
  options.future_capacity_bytes = static_cast<size_t>(settings.Get(kFutureCapacitySetting));
  options.max_objects = static_cast<size_t>(settings.Get(kMaxObjectsSetting));
  options.object_idle = settings.Get(kObjectIdleSetting);
  options.slow_call = settings.Get(kSlowCallSetting);
  options.may_shut_down = settings.Get(kMayShutDownSetting);
  options.import_root = settings.Get(kImportRootSetting);
  return options;
}

}  // namespace cellar::thrift
