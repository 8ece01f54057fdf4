/**
 * The client of Hypertable 0.9.8 by its names, so that programs written for it run against Cellar unchanged. New programs have
 * more of {@link cellar.client.Cellar}.
 */
package org.hypertable.thrift;
