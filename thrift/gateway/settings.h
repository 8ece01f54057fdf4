#pragma once

#include "common/config/setting.h"
#include "server/endpoints.h"

namespace cellar::thrift {

inline constexpr auto kPortSetting = common::IntegerSetting("gateway.port", server::kGatewayPort, 0, 65535,
                                                            "where the gateway listens; 0 takes a free port");
inline constexpr auto kMaxConnectionsSetting = common::IntegerSetting(
    "gateway.max_connections", 4096, 1, 65536, "each costs a descriptor; further ones are turned away");
inline constexpr auto kMaxThreadsSetting =
    common::IntegerSetting("gateway.max_threads", 256, 1, 4096,
                           "calls that run at once; a thread is made when all are busy; further calls wait their turn");
inline constexpr auto kMaxFrameSetting =
    common::BytesSetting("gateway.max_frame_bytes", 64 << 20, 64 << 10, 1 << 30,
                         "a longer request ends its connection; a longer answer is refused");
inline constexpr auto kFrameMemorySetting = common::BytesSetting(
    "gateway.frame_memory_bytes", 256 << 20, 1 << 20, int64_t{64} << 30,
    "large requests together; beyond it they wait until others are answered; at least gateway.max_frame_bytes");
inline constexpr auto kStallTimeoutSetting = common::DurationSetting(
    "gateway.stall_timeout_ms", 60 * kSecond, kSecond, 3600 * kSecond,
    "a client that stops within a request, or does not take an answer, is closed then; idle ones never");
inline constexpr auto kCallTimeoutSetting =
    common::DurationSetting("gateway.call_timeout_ms", 60 * kSecond, kSecond, 3600 * kSecond,
                            "of one request to the cluster, with all its retries; then the client is told (4)");
inline constexpr auto kBatchSetting =
    common::BytesSetting("gateway.batch_bytes", 512 << 10, 1, 16 << 20, "cells of a scan in one answer, about");
inline constexpr auto kFutureCapacitySetting = common::BytesSetting(
    "gateway.future_capacity_bytes", 50'000'000, 1 << 10, 1 << 30, "results that a future holds unless it says so");
inline constexpr auto kMaxObjectsSetting = common::IntegerSetting(
    "gateway.max_objects", 10'000, 10, 1'000'000, "scanners, mutators, … that one client address may have open");
inline constexpr auto kObjectIdleSetting =
    common::DurationSetting("gateway.object_idle_ms", 3600 * kSecond, kSecond, 30 * 24 * 3600 * kSecond,
                            "a scanner, mutator or future that nobody used for so long is closed");
inline constexpr auto kSlowCallSetting =
    common::DurationSetting("gateway.slow_call_ms", 10 * kSecond, 0, 3600 * kSecond,
                            "calls that take longer are logged, with what they were about; 0: none");
inline constexpr auto kMayShutDownSetting =
    common::BoolSetting("gateway.may_shut_down", false, "whether a client's `shutdown` stops the gateway");

inline constexpr auto kImportRootSetting = common::TextSetting(
    "gateway.import_root", "",
    "directory to which files that statements name are confined, an absolute path; empty: such statements are refused");

inline constexpr const SettingDeclaration* kGatewaySettings[] = {
    &kPortSetting,         &kMaxConnectionsSetting, &kMaxThreadsSetting,  &kMaxFrameSetting,       &kFrameMemorySetting,
    &kStallTimeoutSetting, &kCallTimeoutSetting,    &kBatchSetting,       &kFutureCapacitySetting, &kMaxObjectsSetting,
    &kObjectIdleSetting,   &kSlowCallSetting,       &kMayShutDownSetting, &kImportRootSetting};

}  // namespace cellar::thrift
