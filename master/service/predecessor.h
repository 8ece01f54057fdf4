#pragma once

#include "master/cluster/cluster_node.h"
#include "master/cluster/master_seams.h"

namespace cellar::master {

/// Before a term is claimed under a lock service that is not the one of the term before: kConflict when that term's
/// master answers at its address, and goes on to when its session would have ended: then this is the data of another
/// cluster that lives. Borrows the seams.
Task<Status> CheckPredecessor(MasterSeams seams, ClusterNode node, Nanos lease);

}  // namespace cellar::master
