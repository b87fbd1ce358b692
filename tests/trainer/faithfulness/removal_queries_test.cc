#include "trainer/faithfulness/removal_queries.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;

// A view of five queries in two classes by how much class 0 is ahead of class 1.
ModelView Ahead(const std::vector<float>& differences) {
  const at::Tensor first = at::tensor(differences).unsqueeze(1);
  return {{}, {{}, at::cat({first, at::zeros_like(first)}, 1)}};
}

TEST(ChooseRemovalQueries, TakesThoseNearestToTheBoundaryThatAllNetworksGetRight) {
  const std::vector<uint32_t> labels = {0, 0, 0, 1, 0};
  //                                        wrong in one
  const std::vector<ModelView> ensemble = {Ahead({9, 1, 0.1f, -3, 2}), Ahead({9, 1, -2, -3, 0.5f})};
  EXPECT_THAT(ChooseRemovalQueries(ensemble, labels, 0, 2), ElementsAre(1, 4));
  EXPECT_THAT(ChooseRemovalQueries(ensemble, labels, 0, 9), ElementsAre(1, 4, 3, 0));
  EXPECT_THAT(ChooseRemovalQueries(ensemble, labels, 2, 9), ElementsAre(4, 3));
}

}  // namespace
}  // namespace provnet
