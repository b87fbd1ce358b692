#ifndef PROVNET_SERVER_ENGINE_BUNDLE_LOADER_H_
#define PROVNET_SERVER_ENGINE_BUNDLE_LOADER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/attribution/product_matrix.h"
#include "server/engine/servable.h"
#include "server/engine/torch_servable.h"
#include "storage/repository.h"

namespace provnet {

// Turns a published bundle into a TorchServable: checksums first, then the parts, then a probe that
// runs the network once and holds its shapes against the manifest, then the golden answers. One use
// each.
class BundleLoader {
 public:
  BundleLoader(const BundleLocation& location, const EngineOptions& options)
      : location_(location), options_(options) {}

  absl::StatusOr<std::shared_ptr<const Servable>> Load();

 private:
  absl::Status ReadParts();
  absl::Status ReadLabels();
  // Where the manifest lists a calibration.
  absl::Status ReadMembershipReference();
  absl::Status MakeIndexHeads();
  bool HasFile(absl::string_view path) const;
  // Where the manifest lists golden answers.
  absl::Status CheckGolden(const Servable& servable) const;
  using HeadOr = absl::StatusOr<std::unique_ptr<const IndexHead>>;
  HeadOr MakeIndexHead(Precision precision, bool pack);
  HeadOr MakeVectorHead(Precision precision);
  HeadOr MakeCellHead(Precision precision);
  // float32 [N,d], of a bundle whose model makes queries for them.
  absl::StatusOr<at::Tensor> Vectors() const;
  // Resolves options_.index_search.
  absl::StatusOr<bool> SearchApproximately() const;
  HeadOr MakeLogitHead(CandidateLayout layout, Precision precision, bool pack);
  // Whether the trainer found the answers in it to be those of fp32, or did not measure them.
  bool Verified(Precision precision) const;
  // Resolves options_.index_precision; `possible` says whether this bundle can be searched in
  // another precision than float32.
  absl::StatusOr<Precision> ChoosePrecision(bool possible, bool approximate) const;

  const BundleLocation location_;
  const EngineOptions options_;
  TorchServable::Parts parts_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_BUNDLE_LOADER_H_
