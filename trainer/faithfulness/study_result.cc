#include "trainer/faithfulness/study_result.h"

namespace provnet {

bool IsOnePass(const MethodScore& method) { return method.role != MethodRole::kReference; }

size_t BestMethod(const std::vector<MethodScore>& methods, bool (*accept)(const MethodScore&)) {
  size_t best = methods.size();
  for (size_t i = 0; i < methods.size(); ++i) {
    if (!accept(methods[i])) continue;
    if (best == methods.size() || methods[i].score.value > methods[best].score.value) best = i;
  }
  return best;
}

}  // namespace provnet
