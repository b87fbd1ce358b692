#ifndef PROVNET_TESTS_STORAGE_SAMPLE_FIXTURES_H_
#define PROVNET_TESTS_STORAGE_SAMPLE_FIXTURES_H_

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/sample_record_check.h"
#include "storage/sample_store_builder.h"

namespace provnet {

// A raw image of random bytes, another one for each `seed`.
inline v1::SampleRecord MakeSample(uint64_t seed, uint32_t side = 28) {
  std::minstd_rand random(static_cast<uint32_t>(seed) * 2654435761u + 1);
  v1::SampleRecord record;
  record.set_label(static_cast<uint32_t>(seed % 10));
  record.set_source_id(absl::StrCat("test#", seed));
  record.set_content_type(kTensorContentType);
  record.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (const uint32_t extent : {1u, side, side}) record.mutable_tensor_spec()->add_shape(extent);
  std::string content(size_t{side} * side, '\0');
  for (char& byte : content) byte = static_cast<char>(random() >> 8);
  record.set_content(std::move(content));
  return record;
}

inline std::vector<v1::SampleRecord> MakeSamples(uint64_t count, uint32_t side = 28) {
  std::vector<v1::SampleRecord> records;
  for (uint64_t i = 0; i < count; ++i) records.push_back(MakeSample(i, side));
  return records;
}

inline absl::Status BuildStore(const std::filesystem::path& directory,
                               const std::vector<v1::SampleRecord>& records,
                               const SampleStoreBuilderOptions& options = {}) {
  PROVNET_ASSIGN_OR_RETURN(const auto builder, SampleStoreBuilder::Create(directory, options));
  for (const v1::SampleRecord& record : records) PROVNET_RETURN_IF_ERROR(builder->Add(record));
  return builder->Finish();
}

}  // namespace provnet

#endif  // PROVNET_TESTS_STORAGE_SAMPLE_FIXTURES_H_
