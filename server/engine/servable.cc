#include "server/engine/servable.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/engine/torch_servable.h"

namespace provnet {
namespace {

// The server's callers read why a version was refused, and are told no path of its host.
absl::Status WithoutHostPath(const absl::Status& status, const BundleLocation& location) {
  const std::string name = absl::StrCat(location.model, "/", location.version);
  return absl::Status(status.code(),
                      absl::StrReplaceAll(status.message(), {{location.directory.string(), name}}));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Servable>> Servable::Load(const BundleLocation& location,
                                                               const EngineOptions& options) {
  auto servable = TorchServable::Load(location, options);
  if (!servable.ok()) return WithoutHostPath(servable.status(), location);
  return servable;
}

}  // namespace provnet
