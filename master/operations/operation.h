#pragma once

#include <cstdint>
#include <memory>

#include "master/cluster/catalog.h"
#include "master/cluster/master_core.h"
#include "master/operations/table_ranges.h"
#include "master/state/master_entities.h"

namespace cellar::master {

/// One kind of durable operation: its checks and its steps. What it is at lies in the OperationEntity alone, so that
/// another master goes on with it. One object serves all operations of its kind, one after the other. Loop only.
///
///     Check → recorded (step 0) → Run(0) → recorded (step 1) → … → Run(step_count - 1) → recorded (done) → answered
///
/// Invariant: after Check nothing refuses. A step may be run again, also when it was done already; an error means that
/// it has to be.
class Operation {
 public:
  explicit Operation(MasterCore& core) : core_(core), catalog_(core), ranges_(core) {}
  virtual ~Operation() = default;

  /// Refuses with the public code, or fills in what the steps need. False: there is nothing to do, which is success.
  /// The caller keeps `operation` alive.
  virtual Task<Result<bool>> Check(OperationEntity* operation) = 0;

  /// Of an operation as Check left it.
  virtual uint32_t step_count(const OperationEntity& operation) const = 0;

  /// Does step number `operation.step`.
  virtual Task<Status> Run(OperationEntity operation) = 0;

 protected:
  /// kNotFound with kNamespaceNotFound unless the path's parent is a namespace.
  Task<Status> CheckParent(std::string path);

  /// The schema of the table that `path` names; kNotFound with kTableNotFound when it names none. Fills in the id.
  Task<Result<model::Schema>> ReadTable(std::string path, model::TableId* table);

  MasterCore& core_;
  Catalog catalog_;
  TableRanges ranges_;
};

std::unique_ptr<Operation> MakeOperation(OperationKind kind, MasterCore& core);

}  // namespace cellar::master
