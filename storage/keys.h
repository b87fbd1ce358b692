#ifndef PROVNET_STORAGE_KEYS_H_
#define PROVNET_STORAGE_KEYS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace provnet {

// Key of a sample: its index as 8 bytes, most significant first, so that keys sort as the indices
// do.
using SampleKey = std::array<char, 8>;

SampleKey EncodeSampleKey(uint64_t sample_index);

// Nothing when `key` is not 8 bytes long.
std::optional<uint64_t> DecodeSampleKey(absl::string_view key);

}  // namespace provnet

#endif  // PROVNET_STORAGE_KEYS_H_
