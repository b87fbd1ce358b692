// manifest.json of a bundle that came from anywhere.
#include "storage/manifest.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using provnet::Promise;
  const auto manifest = provnet::ParseManifest({reinterpret_cast<const char*>(data), size});
  if (!manifest.ok()) return 0;
  // What is accepted can be written, and reads the same.
  const auto json = provnet::EncodeManifest(*manifest);
  Promise(json.ok());
  const auto again = provnet::ParseManifest(*json);
  Promise(again.ok() && again->SerializeAsString() == manifest->SerializeAsString());
  return 0;
}
