#ifndef PROVNET_TESTS_TRAINER_EXPERIMENTS_EXPERIMENT_FIXTURE_H_
#define PROVNET_TESTS_TRAINER_EXPERIMENTS_EXPERIMENT_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/temp_dir.h"
#include "trainer/experiments/run_experiment.h"

namespace provnet {

// Counts the fits of an experiment, and stops it when told to.
class FitCounter : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress& progress) override {
    if (progress.epoch == 1 && progress.batch == 1) ++fits_begun;
    if (stop_in_fit > 0 && fits_begun == stop_in_fit && progress.epoch == 2) stop = true;
  }
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view text) override {
    if (!stop_at_note.empty() && text == stop_at_note) stop = true;
  }

  int fits_begun = 0;
  // The fit, from 1, in whose second epoch a stop is asked for; 0 for none.
  int stop_in_fit = 0;
  // The note at which a stop is asked for; empty for none.
  std::string stop_at_note;
  bool stop = false;
};

// Runs quick experiments in a folder of their own.
class QuickExperimentTest : public ::testing::Test {
 protected:
  QuickExperimentTest() {
    options_.dataset = "glyphs:300";
    options_.quick = true;
    options_.work_directory = folder_ / "work";
  }
  absl::StatusOr<ExperimentResult> Run(const Experiment& experiment) {
    return RunExperiment(experiment, options_, counter_, Clock::Steady(),
                         [this] { return counter_.stop; });
  }

  // Fails the test unless `name` is a metric with a value in low .. high.
  static void ExpectWithin(const ExperimentResult& result, const std::string& name, double low,
                           double high) {
    const auto found = result.metrics.find(name);
    ASSERT_NE(found, result.metrics.end()) << name;
    EXPECT_GE(found->second, low) << name;
    EXPECT_LE(found->second, high) << name;
  }

  const TempDir folder_;
  ExperimentOptions options_;
  FitCounter counter_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_EXPERIMENTS_EXPERIMENT_FIXTURE_H_
