#ifndef PROVNET_SERVER_ENGINE_MODEL_PROBE_H_
#define PROVNET_SERVER_ENGINE_MODEL_PROBE_H_

#include <torch/script.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "server/engine/servable.h"
#include "server/model/script_model.h"

namespace provnet {

// Checks that hold a model against its manifest by running it once on a generated input, so that a
// wrong export is refused at load and not at the first request. Each returns FAILED_PRECONDITION
// with the method, what it gave and what was expected.

// Inputs that differ, float32 [count, channels, height, width] on `device`, in 0..1. Throws what
// LibTorch throws.
at::Tensor ProbeInputs(const v1::BundleManifest& manifest, c10::Device device, int64_t count);

// features() is float32 [1, feature_dim], classify() float32 [1, classes].
absl::Status CheckClassifier(const ScriptModel& model, const v1::BundleManifest& manifest);

// attribute() is float32 [1, at least `least_columns`].
absl::Status CheckAttribute(const ScriptModel& model, const v1::BundleManifest& manifest,
                            int64_t least_columns);

// query() is float32 [1, dim].
absl::Status CheckQuery(const ScriptModel& model, const v1::BundleManifest& manifest, int64_t dim);

// rows(), float32 [at least `least_rows`, R], having checked that query() rows()^T equals
// attribute() where the model has that too.
absl::StatusOr<at::Tensor> CheckedRows(const ScriptModel& model, const v1::BundleManifest& manifest,
                                       int64_t least_rows);

// The whole engine answers a query with finite numbers.
absl::Status CheckAnswers(const Servable& servable);

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_MODEL_PROBE_H_
