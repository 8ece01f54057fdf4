#include "master/garbage/garbage_collector.h"
