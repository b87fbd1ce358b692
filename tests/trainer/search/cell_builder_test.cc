#include "trainer/search/cell_builder.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace provnet {
namespace {

constexpr float kScale = 10;

at::Tensor Unit(const at::Tensor& rows) { return rows / rows.norm(2, 1, true); }

// Vectors around 40 directions, as an embedding network's lie around its classes' styles.
at::Tensor Clustered(int64_t count) {
  torch::manual_seed(7);
  const at::Tensor centres = at::randn({40, 32});
  torch::manual_seed(static_cast<uint64_t>(count));
  return Unit(centres.index_select(0, at::randint(40, {count}, at::kLong)) +
              0.4 * at::randn({count, 32}));
}

TEST(CellBuilderTest, FindsTheFewestProbesThatReachTheRecall) {
  const at::Tensor rows = Clustered(6000), queries = Clustered(300);
  const auto built = BuildCells(rows, queries, kScale, 1);
  ASSERT_TRUE(built.ok()) << built.status();
  ASSERT_TRUE(built->has_value());
  const BuiltCells& cells = **built;
  EXPECT_EQ(cells.cells.centroids.size(0), 6000 / 256);
  EXPECT_GE(cells.recall_at_10, 0.995);
  EXPECT_LT(cells.probes, 6000 / 256 / 2);
  EXPECT_LT(cells.score_error, 0.1);
  // On other queries too.
  const at::Tensor others = Clustered(301);
  const CellSearch search(rows, cells.cells, cells.probes, Precision::kFloat32, kScale);
  const at::Tensor exact = std::get<1>(at::topk(search.AllLogits(others), 10, 1));
  const auto found = search.Search(others, std::vector<uint32_t>(301, 10));
  int hits = 0;
  for (int64_t q = 0; q < 301; ++q) {
    for (const ScoredColumn& sample : found[static_cast<size_t>(q)].best) {
      hits += exact[q].eq(static_cast<int64_t>(sample.column)).any().item<bool>() ? 1 : 0;
    }
  }
  EXPECT_GE(hits, 3010 * 0.99);
}

TEST(CellBuilderTest, SaysSoWhereNoCellsHelp) {
  // Uniform in many dimensions: neighbours lie anywhere.
  torch::manual_seed(9);
  const auto built =
      BuildCells(Unit(at::randn({3000, 128})), Unit(at::randn({100, 128})), kScale, 1);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_FALSE(built->has_value());
}

TEST(CellBuilderTest, RefusesQueriesOfAnotherLength) {
  EXPECT_EQ(BuildCells(at::ones({10, 4}), at::ones({2, 3}), 1, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(BuildCells(at::ones({10, 4}), at::ones({0, 4}), 1, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace provnet
