#pragma once

#include "thrift/gateway/calls/method_table.h"

namespace cellar::thrift {

// One a file, each binding the methods of its subject.
void BindNamespaceMethods(MethodTable& table);
void BindTableMethods(MethodTable& table);
void BindReadMethods(MethodTable& table);
void BindWriteMethods(MethodTable& table);
void BindFutureMethods(MethodTable& table);
void BindOtherMethods(MethodTable& table);
void BindHqlMethods(MethodTable& table);
void BindOwnMethods(MethodTable& table);

/// All of ClientService, HqlService and CellarService.
void BindAllMethods(MethodTable& table);

}  // namespace cellar::thrift
