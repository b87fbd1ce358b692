#ifndef PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_FIT_H_
#define PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_FIT_H_

#include <cstdint>

#include "trainer/experiments/experiment.h"
#include "trainer/experiments/measured_fit.h"
#include "trainer/export/fit_options.h"

namespace provnet {

// Non-members to judge with: the other non-members make the reference, whose size decides how well
// a nominal rate holds.
inline constexpr uint64_t kNonMembersToJudge = 10'000;

// Makes `fit` train on `share` of `images` training images, keep kNonMembersToJudge of the others
// for the judgement, and hold the rest out as its membership reference. Where that would make the
// reference the smaller part, a third of the others (but kLeastHeldOut at least) is held out.
void HoldOutReference(uint64_t images, double share, FitOptions& fit);

// Gives the figures of MeasureMembershipFigures of a bundle, searched in fp32. `context` outlives
// it.
BundleMeter MembershipFiguresMeter(const ExperimentContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_FIT_H_
