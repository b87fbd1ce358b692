#include "storage/sample_store_format.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <cstdarg>
#include <memory>

namespace provnet {
namespace {

// Without a logger of ours RocksDB opens a file LOG in the store's folder, even when it only reads.
class NullLogger final : public rocksdb::Logger {
 public:
  NullLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Fixed, so that a newer RocksDB still writes what an older one reads.
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  // PNG and JPEG don't compress further, and raw pixels are small: a read should cost no
  // decompression.
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kNoCompression;
  // The ingested files are sorted and don't overlap: there is nothing to compact.
  options.disable_auto_compactions = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

rocksdb::DBOptions SampleStoreDbOptions() {
  rocksdb::DBOptions options;
  options.info_log = std::make_shared<NullLogger>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // Reserving space ahead of small files could fail on a nearly full disk that has room for them.
  options.allow_fallocate = false;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> SampleStoreFamilies(size_t block_cache_bytes) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(block_cache_bytes);
  const rocksdb::BlockBasedTableOptions plain = TableOptions(cache);
  // Most digests that are asked for are not there; a filter of 10 bits a key answers 99 % of these
  // without a read.
  rocksdb::BlockBasedTableOptions filtered = plain;
  filtered.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return {{rocksdb::kDefaultColumnFamilyName, FamilyOptions(plain)},
          {kSamplesFamily, FamilyOptions(plain)},
          {kByDigestFamily, FamilyOptions(filtered)},
          {kMetaFamily, FamilyOptions(plain)}};
}

}  // namespace provnet
