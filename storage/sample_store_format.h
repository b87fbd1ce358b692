#ifndef PROVNET_STORAGE_SAMPLE_STORE_FORMAT_H_
#define PROVNET_STORAGE_SAMPLE_STORE_FORMAT_H_

#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace provnet {

// What the builder and the reader of a sample store agree on. See docs/storage_format.md.
inline constexpr uint32_t kSampleStoreFormatVersion = 1;

// Column families. RocksDB insists on a "default" one, which stays empty.
inline constexpr char kSamplesFamily[] = "samples";
inline constexpr char kByDigestFamily[] = "by_digest";
inline constexpr char kMetaFamily[] = "meta";

// The one key of the `meta` family; its value is a SampleStoreMeta.
inline constexpr char kStoreMetaKey[] = "store";

// Positions of the families in SampleStoreFamilies() and in the handles that RocksDB returns for
// it.
enum SampleStoreFamily : size_t { kDefault, kSamples, kByDigest, kMeta };

// No log file, no statistics: RocksDB writes nothing of its own accord.
rocksdb::DBOptions SampleStoreDbOptions();

// All families with their table formats; blocks are cached in memory up to `block_cache_bytes`
// altogether.
std::vector<rocksdb::ColumnFamilyDescriptor> SampleStoreFamilies(size_t block_cache_bytes);

}  // namespace provnet

#endif  // PROVNET_STORAGE_SAMPLE_STORE_FORMAT_H_
