#ifndef PROVNET_SERVER_ENGINE_GOLDEN_CHECK_H_
#define PROVNET_SERVER_ENGINE_GOLDEN_CHECK_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "provnet/v1/golden.pb.h"
#include "server/engine/servable.h"

namespace provnet {

// What `servable` answers about `inputs`, each the pixels of an input as GoldenAnswer has them,
// with up to `top_k` exemplars. The tolerance is left to the caller. Errors of the engine pass.
absl::StatusOr<v1::GoldenAnswers> RecordGoldenAnswers(const Servable& servable,
                                                      absl::Span<const std::string> inputs,
                                                      uint32_t top_k);

// Asks again and compares. FAILED_PRECONDITION names the first answer that differs, by what and by
// how much. The same:
// - the class, unless the golden probability is within the tolerance of a tie; its probability;
// - the score of each golden exemplar that is named again;
// - the exemplars, but for those whose score is within the tolerance of the last one's, since
//   close ranks may swap.
absl::Status CheckGoldenAnswers(const Servable& servable, const v1::GoldenAnswers& golden);

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_GOLDEN_CHECK_H_
