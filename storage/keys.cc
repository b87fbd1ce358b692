#include "storage/keys.h"

#include <cstddef>

namespace provnet {

SampleKey EncodeSampleKey(uint64_t sample_index) {
  SampleKey key;
  for (size_t i = key.size(); i-- > 0; sample_index >>= 8) {
    key[i] = static_cast<char>(sample_index & 0xff);
  }
  return key;
}

std::optional<uint64_t> DecodeSampleKey(absl::string_view key) {
  if (key.size() != SampleKey().size()) return std::nullopt;
  uint64_t sample_index = 0;
  for (const char byte : key) sample_index = sample_index << 8 | static_cast<uint8_t>(byte);
  return sample_index;
}

}  // namespace provnet
