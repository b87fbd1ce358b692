#ifndef PROVNET_TRAINER_JOURNAL_JOURNAL_H_
#define PROVNET_TRAINER_JOURNAL_JOURNAL_H_

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "storage/base/file_io.h"
#include "storage/base/mutex.h"

namespace provnet {

// What makes two studies' results comparable, by name.
using StudyIdentity = std::map<std::string, std::string>;

// Results of a study's steps, appended to a file as they come, so that an interrupted study goes on
// where it stopped. JSON lines: first {"identity": {...}}, then one {"step": key, "result": ...} a
// step. A line that a crash tore is dropped at the next opening, one that did not fit on the disk
// at once. The file belongs to a study from its first result on. Thread-safe.
//
// Value is std::vector<float> or std::map<std::string, double>, see the end of journal.cc. Numbers
// are finite: JSON has no others.
template <typename Value>
class Journal {
 public:
  // Opens or creates `path`; its folder exists. FAILED_PRECONDITION when the file is another
  // study's: names the first field that differs, with both values, or when another process has it
  // open; DATA_LOSS when a line before the last one makes no sense.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(const std::filesystem::path& path,
                                                       const StudyIdentity& identity);

  // The result that was recorded under `key`, if any.
  absl::optional<Value> Find(absl::string_view key) const;

  // Writes one line, whole, to the file. A later result under the same key replaces the earlier. On
  // an error the file and the results are as before, and a later call may succeed.
  absl::Status Append(absl::string_view key, const Value& value);

  // Keys with a result.
  size_t size() const;

 private:
  Journal(std::filesystem::path path, FileDescriptor file, StudyIdentity identity)
      : path_(std::move(path)), file_(std::move(file)), identity_(std::move(identity)) {}

  absl::Status Load();
  absl::Status LoadLine(size_t number, absl::string_view text)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Write(absl::string_view text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status DropTornLine() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::filesystem::path path_;
  const FileDescriptor file_;
  const StudyIdentity identity_;
  mutable Mutex mutex_;
  // The length of the file's whole lines, the first of which is the identity; and whether there is
  // part of a line behind them.
  size_t whole_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool torn_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, Value, std::less<>> results_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_JOURNAL_JOURNAL_H_
