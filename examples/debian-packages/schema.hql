CREATE NAMESPACE debian IF NOT EXISTS;
USE debian;
CREATE TABLE packages (
  pkg,
  rel,
  text,
  other,
  pool,
  ACCESS GROUP identity (pkg) IN_MEMORY,
  ACCESS GROUP relations (rel) COMPRESSOR 'lz4',
  ACCESS GROUP prose (text, other) COMPRESSOR 'zstd --level 3',
  ACCESS GROUP archive (pool) COMPRESSOR 'snappy' BLOOMFILTER 'rows+cols'
) MAX_VERSIONS 1;
