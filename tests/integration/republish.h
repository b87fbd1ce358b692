#ifndef PROVNET_TESTS_INTEGRATION_REPUBLISH_H_
#define PROVNET_TESTS_INTEGRATION_REPUBLISH_H_

#include <filesystem>
#include <functional>

#include "provnet/v1/bundle.pb.h"

namespace provnet {

// Publishes the files of the bundle `source` once more, as the next version of `model_directory`,
// the way the trainer does. `edit` (may be null) changes the manifest, and the files in the given
// staging folder, before they are digested. Returns the new version; throws when it can't.
uint64_t Republish(
    const std::filesystem::path& source, const std::filesystem::path& model_directory,
    const std::function<void(const std::filesystem::path& staging, v1::BundleManifest&)>& edit =
        nullptr);

}  // namespace provnet

#endif  // PROVNET_TESTS_INTEGRATION_REPUBLISH_H_
