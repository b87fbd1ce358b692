#include "trainer/export/chosen_subset.h"

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/sha256.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/data/subset.h"
#include "trainer/data/subset_mask.h"
#include "trainer/selection/select_subset.h"

namespace provnet {
namespace {

constexpr char kMagic[] = "provnet-subset 1";

// The file's first line: what the choice depends on, and the digest of the mask that follows.
std::string HeaderOf(const v1::TrainingConfig& config, const Dataset& whole,
                     const std::string& mask) {
  Sha256 digest;
  digest.Update(mask);
  return absl::StrCat(kMagic, " ", config.subset_strategy(), " ", config.subset_fraction(), " ",
                      config.seed(), " ", Fingerprint(whole), " ", ToHex(digest.Finish()), "\n");
}

// The mask in the file, if it is whole and answers the same question.
absl::StatusOr<std::string> ReadMask(const v1::TrainingConfig& config, const Dataset& whole,
                                     const std::filesystem::path& file) {
  PROVNET_ASSIGN_OR_RETURN(const std::string contents, ReadFile(file));
  const size_t line_end = contents.find('\n');
  if (line_end == std::string::npos) return absl::NotFoundError("not a subset");
  std::string mask = contents.substr(line_end + 1);
  if (contents == absl::StrCat(HeaderOf(config, whole, mask), mask)) return mask;
  return absl::NotFoundError("another subset");
}

}  // namespace

absl::StatusOr<std::string> ChooseSubsetMask(const v1::TrainingConfig& config, const Dataset& whole,
                                             const std::filesystem::path& file,
                                             const ScoringContext& context) {
  if (config.subset_strategy().empty()) return std::string();
  if (auto mask = ReadMask(config, whole, file); mask.ok()) return mask;
  PROVNET_ASSIGN_OR_RETURN(const SubsetStrategy strategy,
                           ParseSubsetStrategy(config.subset_strategy()));
  PROVNET_ASSIGN_OR_RETURN(
      const SelectionScores scores,
      ScoreSamples(strategy, whole, ScoringOptions{.seed = config.seed()}, context));
  PROVNET_ASSIGN_OR_RETURN(
      const auto positions,
      ChooseSubset(strategy, whole, scores, config.subset_fraction(), config.seed()));
  PROVNET_RETURN_IF_ERROR(CheckSubset(whole, positions));
  std::string mask = ToSubsetMask(positions, whole.size());
  PROVNET_RETURN_IF_ERROR(
      WriteFileAtomically(file, absl::StrCat(HeaderOf(config, whole, mask), mask)));
  return mask;
}

}  // namespace provnet
