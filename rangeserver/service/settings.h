#pragma once

#include "common/config/setting.h"
#include "common/config/settings.h"
#include "rangeserver/service/range_server.h"

namespace cellar::rangeserver {

inline constexpr auto kPortSetting =
    common::IntegerSetting("rangeserver.port", 15865, 0, 65535, "where the range server listens; 0 takes a free port");
inline constexpr auto kFragmentBytesSetting =
    common::BytesSetting("rangeserver.log.fragment_bytes", 64 << 20, 1 << 20, 1 << 30,
                         "a fragment of the commit log is the unit of pruning");
inline constexpr auto kCacheBudgetSetting = common::BytesSetting(
    "rangeserver.cache_budget_bytes", int64_t{2} << 30, 16 << 20, int64_t{1} << 40,
    "memory for cells that are not in files yet; beyond it writes are refused until some were written");
inline constexpr auto kRangeCacheSetting =
    common::BytesSetting("rangeserver.range_cache_bytes", 128 << 20, 64 << 10, int64_t{1} << 36,
                         "a range's caches are written to files when they hold more; larger means fewer, larger files");
inline constexpr auto kBlockCacheSetting = common::BytesSetting(
    "rangeserver.block_cache_bytes", 256 << 20, 0, int64_t{1} << 40, "memory for uncompressed blocks of files");
inline constexpr auto kMaxStoresSetting = common::IntegerSetting(
    "rangeserver.max_group_stores", 8, 2, 1000, "files of an access group above which they are merged");
inline constexpr auto kLeaseSetting =
    common::DurationSetting("rangeserver.lease_ms", 10 * kSecond, kSecond, 600 * kSecond,
                            "how long a silent server keeps its ranges; shorter finds the dead sooner");

inline constexpr const SettingDeclaration* kRangeServerSettings[] = {
    &kPortSetting,       &kFragmentBytesSetting, &kCacheBudgetSetting, &kRangeCacheSetting,
    &kBlockCacheSetting, &kMaxStoresSetting,     &kLeaseSetting};

/// Options with what the settings say; address, location and callbacks are left to the caller.
inline RangeServerOptions OptionsFrom(const Settings& settings) {
  RangeServerOptions options;
  options.lease = settings.Get(kLeaseSetting);
  options.block_cache_bytes = static_cast<uint64_t>(settings.Get(kBlockCacheSetting));
  options.log.max_fragment_bytes = static_cast<uint64_t>(settings.Get(kFragmentBytesSetting));
  options.maintenance.cache_budget_bytes = static_cast<uint64_t>(settings.Get(kCacheBudgetSetting));
  options.maintenance.policy.max_cache_bytes = static_cast<uint64_t>(settings.Get(kRangeCacheSetting));
  options.maintenance.policy.max_group_stores = static_cast<uint32_t>(settings.Get(kMaxStoresSetting));
  return options;
}

}  // namespace cellar::rangeserver
