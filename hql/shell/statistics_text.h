#pragma once

#include <string>

#include "common/time/clock.h"
#include "hql/executor/answer_sink.h"
#include "hql/executor/interpreter.h"

namespace cellar::hql {

/// "3 cells in 0.002 s; 1,500 cells/s, 0.1 MB/s; on average 10.0 bytes of key, 20.0 of value". Without cells: "0.002
/// s".
std::string TimingLine(const StatementOutcome& outcome, Nanos elapsed);

/// One line for a load under way, at most `width` characters:
///
///     [=========>          ]  45 %  12.3 of 27.1 MB  1,200,000 cells  350,000 cells/s  0:12 left
std::string ProgressLine(const LoadProgress& progress, Nanos elapsed, size_t width);

/// Of a rebuild of indexes: "[====>               ]  22 %  1,200,000 cells  350,000 cells/s  0:12 left".
std::string ProgressLine(const RebuildProgress& progress, Nanos elapsed, size_t width);

/// Of a statement that writes a file: "345.6 MB written  28.8 MB/s  0:12".
std::string WrittenLine(uint64_t bytes, Nanos elapsed, size_t width);

/// Of one that has nothing to count: "working  0:12  Ctrl-C ends it".
std::string WaitingLine(Nanos elapsed, size_t width);

/// "1,234,567"
std::string WithThousands(uint64_t number);

}  // namespace cellar::hql
