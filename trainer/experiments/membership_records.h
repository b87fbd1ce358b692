#ifndef PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_RECORDS_H_
#define PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_RECORDS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"

namespace provnet {

// The training images of a data set from the point of view of one bundle.
struct MembershipRecords {
  // The bundle's samples.
  Dataset members;
  // Images that neither training nor calibration saw, nor any copies of the members.
  Dataset non_members;
};

// Both, from what the manifest says about the training. Errors are LoadTrainingData's.
absl::StatusOr<MembershipRecords> LoadMembershipRecords(const v1::TrainingConfig& config);

// `images`, each moved by one pixel right, left, down or up; or with Gaussian noise of deviation
// 0.05 on the scale 0..1. Drawn from `seed` and the image's position.
Dataset ShiftedByOnePixel(const Dataset& images, uint64_t seed);
Dataset WithLightNoise(const Dataset& images, uint64_t seed);

// At most `count` of `images`, drawn from `seed`, each class in its proportion.
absl::StatusOr<Dataset> Draw(const Dataset& images, uint64_t count, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_RECORDS_H_
