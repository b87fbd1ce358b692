#ifndef PROVNET_TRAINER_EXPERIMENTS_SEED_STATISTICS_H_
#define PROVNET_TRAINER_EXPERIMENTS_SEED_STATISTICS_H_

#include <span>
#include <string>

#include "trainer/experiments/step_journal.h"

namespace provnet {

// Mean and standard deviation (n - 1 in the denominator; 0 of one value) of repeated measurements.
struct SeedStatistics {
  double mean = 0;
  double stddev = 0;
};
SeedStatistics StatisticsOf(std::span<const double> values);

// The statistics of figure `name` over `runs`, each of which has it; there is at least one.
SeedStatistics StatisticsOf(std::span<const Figures> runs, const std::string& name);

// E.g. "97.31 ± 0.12 %" for shares.
std::string FormatPercent(const SeedStatistics& share);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_SEED_STATISTICS_H_
