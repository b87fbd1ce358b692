#include "tests/integration/republish.h"

#include <stdexcept>

#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/bundle_writer.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

template <typename T>
T OrThrow(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().ToString());
  return *std::move(value);
}

}  // namespace

uint64_t Republish(const fs::path& source, const fs::path& model_directory,
                   const std::function<void(const fs::path&, v1::BundleManifest&)>& edit) {
  v1::BundleManifest manifest = OrThrow(VerifyBundle(source));
  const auto writer = OrThrow(BundleWriter::Create(model_directory));
  fs::copy(source, writer->staging_directory(), fs::copy_options::recursive);
  fs::remove(writer->staging_directory() / kManifestFile);
  fs::remove(writer->staging_directory() / kManifestDigestFile);
  if (edit) edit(writer->staging_directory(), manifest);
  return OrThrow(writer->Publish(manifest)).version();
}

}  // namespace provnet
