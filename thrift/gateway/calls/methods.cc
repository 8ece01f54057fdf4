#include "thrift/gateway/calls/methods.h"

namespace cellar::thrift {

void BindAllMethods(MethodTable& table) {
  BindNamespaceMethods(table);
  BindTableMethods(table);
  BindReadMethods(table);
  BindWriteMethods(table);
  BindFutureMethods(table);
  BindOtherMethods(table);
  BindHqlMethods(table);
  BindOwnMethods(table);
}

}  // namespace cellar::thrift
