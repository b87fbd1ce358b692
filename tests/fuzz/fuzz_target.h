#ifndef PROVNET_TESTS_FUZZ_FUZZ_TARGET_H_
#define PROVNET_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

// What every target defines, and what libFuzzer or replay_main.cc calls with one input after the
// other. Returns 0; a finding ends the process.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace provnet {

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Ends the process unless `holds`: what is promised of whatever input was accepted. A sanitizer's
// trace or libFuzzer's says where.
inline void Promise(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace provnet

#endif  // PROVNET_TESTS_FUZZ_FUZZ_TARGET_H_
