#include "trainer/faithfulness/attribution_methods.h"

#include <iterator>

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<std::vector<Attribution>> AllAttributions(const AttributionTask& task) {
  return TryTorch("score samples", [&]() -> absl::StatusOr<std::vector<Attribution>> {
    std::vector<Attribution> all;
    const auto add = [&](std::vector<Attribution> more) {
      all.insert(all.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
    };
    for (const auto family : {NeighbourAttributions, IndexHeadAttributions, LastLayerAttributions,
                              DualViewAttributions}) {
      if (task.stop_requested()) return absl::CancelledError("stopped while scoring samples");
      add(family(task));
    }
    PROVNET_ASSIGN_OR_RETURN(std::vector<Attribution> trak, TrakAttributions(task));
    add(std::move(trak));
    return all;
  });
}

}  // namespace provnet
