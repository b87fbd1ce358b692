#include "server/batching/batch_cost.h"

#include <gtest/gtest.h>

#include <random>

namespace provnet {
namespace {

constexpr absl::Duration Ms(double ms) { return absl::Nanoseconds(static_cast<int64_t>(ms * 1e6)); }

double PredictedMs(const BatchCost& cost, size_t size) {
  return absl::ToDoubleMilliseconds(cost.Predict(size));
}

TEST(BatchCostTest, NothingIsKnownAtFirst) {
  const BatchCost cost;
  EXPECT_FALSE(cost.known());
  EXPECT_EQ(cost.Predict(64), absl::ZeroDuration());
}

TEST(BatchCostTest, ALineIsLearned) {
  BatchCost cost;
  for (int i = 0; i < 10; ++i) {
    for (const size_t n : {1, 8, 32, 64}) cost.Observe(n, Ms(2 + 0.5 * static_cast<double>(n)));
  }
  for (const size_t n : {1, 16, 64, 128})
    EXPECT_NEAR(PredictedMs(cost, n), 2 + 0.5 * static_cast<double>(n), 0.05) << n;
}

TEST(BatchCostTest, ALineIsLearnedThroughNoise) {
  BatchCost cost;
  std::mt19937_64 random(1);
  std::uniform_int_distribution<size_t> size(1, 64);
  std::uniform_real_distribution<double> noise(0.8, 1.2);
  for (int i = 0; i < 500; ++i) {
    const size_t n = size(random);
    cost.Observe(n, Ms((3 + 0.25 * static_cast<double>(n)) * noise(random)));
  }
  EXPECT_NEAR(PredictedMs(cost, 1), 3.25, 1.0);
  EXPECT_NEAR(PredictedMs(cost, 64), 19, 1.5);
}

TEST(BatchCostTest, OneSizeAloneIsTakenForProportional) {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) cost.Observe(4, Ms(8));
  EXPECT_NEAR(PredictedMs(cost, 4), 8, 1e-6);
  EXPECT_NEAR(PredictedMs(cost, 8), 16, 1e-6);
  EXPECT_NEAR(PredictedMs(cost, 1), 2, 1e-6);
}

TEST(BatchCostTest, TheMachineIsFollowedWhenItSlowsDown) {
  BatchCost cost;
  for (int i = 0; i < 200; ++i) cost.Observe(16, Ms(10));
  for (int i = 0; i < 90; ++i) cost.Observe(16, Ms(40));
  // Three half-lives: an eighth of the old is left.
  EXPECT_NEAR(PredictedMs(cost, 16), 40 - 30.0 / 8, 0.5);
}

double AtMostMs(const BatchCost& cost, size_t size) {
  return absl::ToDoubleMilliseconds(cost.PredictAtMost(size));
}

TEST(BatchCostTest, WhatAlwaysCostsTheSameIsKnownExactly) {
  BatchCost cost;
  EXPECT_EQ(cost.PredictAtMost(64), absl::ZeroDuration());
  for (int i = 0; i < 100; ++i) cost.Observe(16, Ms(10));
  EXPECT_NEAR(AtMostMs(cost, 16), 10, 1e-6);
}

TEST(BatchCostTest, HardlyABatchExceedsTheMost) {
  BatchCost cost;
  std::mt19937_64 random(1);
  std::uniform_int_distribution<size_t> size(1, 64);
  std::normal_distribution<double> noise(1, 0.1);
  int exceeded = 0, by_half = 0;
  constexpr int kBatches = 2000;
  for (int i = 0; i < kBatches; ++i) {
    const size_t n = size(random);
    const absl::Duration took = Ms((3 + 0.25 * static_cast<double>(n)) * noise(random));
    exceeded += i > 50 && took > cost.PredictAtMost(n);
    by_half += i > 50 && cost.PredictAtMost(n) > 1.5 * cost.Predict(n);
    cost.Observe(n, took);
  }
  EXPECT_LE(exceeded, kBatches / 50);
  EXPECT_LE(by_half, kBatches / 10);
}

TEST(BatchCostTest, ErrorsOfBatchesInARowMakeUpForOneAnother) {
  BatchCost cost;
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(1, 0.1);
  int exceeded = 0, by_a_fifth = 0;
  constexpr int kRows = 500;
  constexpr size_t kInARow = 16;
  for (int i = 0; i < kRows; ++i) {
    const absl::Duration most = cost.PredictAtMost(64, kInARow);
    const bool much = most > 1.2 * static_cast<double>(kInARow) * cost.Predict(64);
    absl::Duration took;
    for (size_t j = 0; j < kInARow; ++j) {
      const absl::Duration one = Ms(20 * noise(random));
      took += one;
      cost.Observe(64, one);
    }
    exceeded += i > 5 && took > most;
    by_a_fifth += i > 5 && much;
  }
  EXPECT_LE(exceeded, kRows / 25);
  EXPECT_LE(by_a_fifth, kRows / 10);
}

TEST(BatchCostTest, AMachineThatSlowsDownShowsInTheMostAtOnce) {
  BatchCost cost;
  for (int i = 0; i < 200; ++i) cost.Observe(16, Ms(10));
  for (int i = 0; i < 3; ++i) cost.Observe(16, Ms(12));
  EXPECT_LT(PredictedMs(cost, 16), 10.5);
  EXPECT_GE(AtMostMs(cost, 16), 12);
  // Once the line has followed, little is kept in reserve.
  for (int i = 0; i < 200; ++i) cost.Observe(16, Ms(12));
  EXPECT_NEAR(AtMostMs(cost, 16), 12, 0.2);
}

TEST(BatchCostTest, OneStalledBatchIsSoonForgotten) {
  BatchCost cost;
  for (int i = 0; i < 200; ++i) cost.Observe(16, Ms(10));
  cost.Observe(16, Ms(10000));
  // A process that was stopped for ten seconds is as fast as before.
  EXPECT_LE(AtMostMs(cost, 16), 30);
  for (int i = 0; i < 300; ++i) cost.Observe(16, Ms(10));
  EXPECT_NEAR(AtMostMs(cost, 16), 10, 1.5);
}

TEST(BatchCostTest, NeitherPartIsEverNegative) {
  BatchCost falling;
  for (int i = 0; i < 50; ++i) {
    falling.Observe(1, Ms(20));
    falling.Observe(64, Ms(10));
  }
  // A larger batch is never taken for cheaper.
  EXPECT_NEAR(PredictedMs(falling, 1), PredictedMs(falling, 64), 1e-6);
  BatchCost steep;
  for (int i = 0; i < 50; ++i) {
    steep.Observe(10, Ms(1));
    steep.Observe(20, Ms(30));
  }
  EXPECT_GE(PredictedMs(steep, 1), 0);
}

}  // namespace
}  // namespace provnet
