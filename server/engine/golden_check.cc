#include "server/engine/golden_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"

namespace provnet {
namespace {

using Answers = std::vector<absl::StatusOr<Explanation>>;

absl::StatusOr<ExplainQuery> MakeQuery(const Servable& servable, const std::string& pixels,
                                       uint32_t top_k) {
  if (pixels.size() != servable.input_size()) {
    return absl::FailedPreconditionError(absl::StrCat(kGoldenFile, ": an input has ", pixels.size(),
                                                      " pixels, the model takes ",
                                                      servable.input_size()));
  }
  ExplainQuery query;
  query.input.reserve(pixels.size());
  for (const char pixel : pixels)
    query.input.push_back(static_cast<float>(static_cast<unsigned char>(pixel)) / 255.0F);
  query.top_k = static_cast<uint32_t>(
      std::clamp<uint64_t>(top_k, 1, std::max<uint64_t>(1, servable.sample_count())));
  return query;
}

absl::StatusOr<Answers> Ask(const Servable& servable, const std::vector<ExplainQuery>& queries) {
  std::vector<const ExplainQuery*> batch;
  for (const ExplainQuery& query : queries) batch.push_back(&query);
  return servable.Explain(batch);
}

float ProbabilityOf(const Explanation& answer, uint32_t class_id) {
  return class_id < answer.class_probabilities.size() ? answer.class_probabilities[class_id] : 0.0F;
}

absl::Status Differs(int number, const std::string& what) {
  return absl::FailedPreconditionError(
      absl::StrCat(kGoldenFile, ": the model answers otherwise than when it was made: answer ",
                   number, ": ", what));
}

// Scores below this are noise.
constexpr float kLeastScore = 1e-9F;

// By how much the logarithms differ; NaN when a score is.
double LogDistance(float a, float b) {
  const auto log = [](float score) {
    return std::log(double{score < kLeastScore ? kLeastScore : score});
  };
  return std::abs(log(a) - log(b));
}

absl::Status CompareClass(const Explanation& answer, const v1::GoldenAnswer& golden, int number,
                          float tolerance) {
  const float expected = golden.class_probability();
  const float got = ProbabilityOf(answer, golden.class_id());
  // Written so that NaN fails.
  if (!(std::abs(got - expected) <= tolerance)) {
    return Differs(number, absl::StrCat("class ", golden.class_id(), " has the probability ", got,
                                        ", expected ", expected, " +- ", tolerance));
  }
  const float best = ProbabilityOf(answer, answer.class_id);
  if (answer.class_id != golden.class_id() && best - got > 2 * tolerance) {
    return Differs(
        number, absl::StrCat("the class is ", answer.class_id, ", expected ", golden.class_id()));
  }
  return absl::OkStatus();
}

absl::Status CompareExemplars(const Explanation& answer, const v1::GoldenAnswer& golden, int number,
                              float tolerance) {
  const float last = golden.exemplars(golden.exemplars_size() - 1).score();
  for (const v1::GoldenExemplar& expected : golden.exemplars()) {
    const auto found = std::find_if(
        answer.provenance.begin(), answer.provenance.end(),
        [&](const ScoredSample& named) { return named.sample_index == expected.sample_index(); });
    if (found == answer.provenance.end()) {
      if (LogDistance(expected.score(), last) <= 2 * tolerance) continue;
      return Differs(number, absl::StrCat("sample ", expected.sample_index(), " with the score ",
                                          expected.score(), " is not named"));
    }
    if (!(LogDistance(found->score, expected.score()) <= tolerance)) {
      return Differs(number, absl::StrCat("sample ", expected.sample_index(), " has the score ",
                                          found->score, ", expected ", expected.score(),
                                          " within a factor of ", std::exp(tolerance)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GoldenAnswers> RecordGoldenAnswers(const Servable& servable,
                                                      absl::Span<const std::string> inputs,
                                                      uint32_t top_k) {
  std::vector<ExplainQuery> queries;
  for (const std::string& pixels : inputs) {
    PROVNET_ASSIGN_OR_RETURN(ExplainQuery query, MakeQuery(servable, pixels, top_k));
    queries.push_back(std::move(query));
  }
  PROVNET_ASSIGN_OR_RETURN(const Answers answers, Ask(servable, queries));
  v1::GoldenAnswers golden;
  for (size_t i = 0; i < answers.size(); ++i) {
    PROVNET_RETURN_IF_ERROR(answers[i].status());
    v1::GoldenAnswer& answer = *golden.add_answers();
    answer.set_pixels(inputs[i]);
    answer.set_class_id(answers[i]->class_id);
    answer.set_class_probability(ProbabilityOf(*answers[i], answers[i]->class_id));
    for (const ScoredSample& sample : answers[i]->provenance) {
      v1::GoldenExemplar& exemplar = *answer.add_exemplars();
      exemplar.set_sample_index(sample.sample_index);
      exemplar.set_score(sample.score);
    }
  }
  return golden;
}

absl::Status CheckGoldenAnswers(const Servable& servable, const v1::GoldenAnswers& golden) {
  std::vector<ExplainQuery> queries;
  for (const v1::GoldenAnswer& answer : golden.answers()) {
    PROVNET_ASSIGN_OR_RETURN(
        ExplainQuery query,
        MakeQuery(servable, answer.pixels(), static_cast<uint32_t>(answer.exemplars_size())));
    queries.push_back(std::move(query));
  }
  PROVNET_ASSIGN_OR_RETURN(const Answers answers, Ask(servable, queries));
  for (int i = 0; i < golden.answers_size(); ++i) {
    const absl::StatusOr<Explanation>& answer = answers[static_cast<size_t>(i)];
    if (!answer.ok()) return Differs(i, std::string(answer.status().message()));
    PROVNET_RETURN_IF_ERROR(
        CompareClass(*answer, golden.answers(i), i, golden.tolerance().class_probability()));
    PROVNET_RETURN_IF_ERROR(
        CompareExemplars(*answer, golden.answers(i), i, golden.tolerance().log_score()));
  }
  return absl::OkStatus();
}

}  // namespace provnet
