#ifndef PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_
#define PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "storage/file_io.h"

namespace provnet {

// The results of many small fits, appended to a file as they come, so that an interrupted study
// goes on where it stopped. JSON lines: first {"identity": {...}}, then one {"fit": key, "margins":
// [...]} a fit. A line that a crash tore is dropped at the next opening. Thread-safe.
class RetrainJournal {
 public:
  // Opens or creates `path`; its folder exists. `identity` holds by name what makes results
  // comparable. FAILED_PRECONDITION when the file is another study's: names the first field that
  // differs, with both values, or when another process has it open; DATA_LOSS when a line before
  // the last one makes no sense.
  static absl::StatusOr<std::unique_ptr<RetrainJournal>> Open(
      const std::filesystem::path& path, const std::map<std::string, std::string>& identity);

  // The margins that were recorded under `key`, if any.
  absl::optional<std::vector<float>> Find(absl::string_view key) const;

  // Writes one line, whole, to the file.
  absl::Status Append(absl::string_view key, const std::vector<float>& margins);

  size_t size() const;

 private:
  RetrainJournal(std::filesystem::path path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  absl::Status Load(const std::map<std::string, std::string>& identity);
  absl::Status WriteLine(absl::string_view line);

  const std::filesystem::path path_;
  const FileDescriptor file_;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::vector<float>, std::less<>> results_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_
