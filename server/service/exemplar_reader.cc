#include "server/service/exemplar_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "server/service/model_version.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kChunk = 64;

class ReadTask final : public BatchTask {
 public:
  ReadTask(const CancelToken& token, absl::Duration deadline, ExemplarReader::Work work)
      : token_(token), deadline_(deadline), work_(std::move(work)) {}

  void Reject(absl::Status status) override { work_(std::move(status)); }
  bool cancelled() const override { return token_.cancelled(); }
  absl::Duration deadline() const override { return deadline_; }
  void Run() const { work_(absl::OkStatus()); }

 private:
  const CancelToken& token_;
  const absl::Duration deadline_;
  const ExemplarReader::Work work_;
};

absl::Status AddSample(uint64_t index, absl::StatusOr<v1::SampleRecord> record,
                       v1::GetExemplarsResponse& response) {
  if (!record.ok()) {
    return absl::Status(record.status().code(),
                        absl::StrCat("sample ", index, ": ", record.status().message()));
  }
  v1::StoredSample& sample = *response.add_samples();
  sample.set_sample_index(index);
  *sample.mutable_sample() = *std::move(record);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckExemplarsRequest(const v1::GetExemplarsRequest& request, const Servable& servable,
                                   const RequestLimits& limits) {
  const auto count = static_cast<size_t>(request.sample_index_size());
  if (count < 1 || count > limits.max_exemplars) {
    return absl::InvalidArgumentError(
        absl::StrCat("sample_index has ", count, " entries, expected 1 .. ", limits.max_exemplars));
  }
  for (const uint64_t index : request.sample_index()) {
    if (index >= servable.sample_count()) {
      return absl::NotFoundError(absl::StrCat("sample index ", index, " does not exist: model \"",
                                              servable.manifest().model(), "\" version ",
                                              servable.manifest().version(), " has samples 0 .. ",
                                              servable.sample_count() - 1));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetExemplarsResponse> ReadExemplars(const v1::GetExemplarsRequest& request,
                                                       const Servable& servable,
                                                       const RequestLimits& limits) {
  v1::GetExemplarsResponse response;
  SetModelVersion(servable, *response.mutable_model());
  const absl::Span<const uint64_t> indices(request.sample_index().data(),
                                           static_cast<size_t>(request.sample_index_size()));
  size_t content_bytes = 0;
  for (size_t start = 0; start < indices.size(); start += kChunk) {
    const absl::Span<const uint64_t> chunk = indices.subspan(start, kChunk);
    std::vector<absl::StatusOr<v1::SampleRecord>> records = servable.samples().MultiGet(chunk);
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (records[i].ok()) content_bytes += records[i]->content().size();
      if (content_bytes > limits.max_content_bytes) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the contents of the first ", start + i + 1, " of ", indices.size(),
                         " samples have ", content_bytes, " bytes, the limit of a response is ",
                         limits.max_content_bytes, "; ask for fewer samples at a time"));
      }
      PROVNET_RETURN_IF_ERROR(AddSample(chunk[i], std::move(records[i]), response));
    }
  }
  return response;
}

// GetExemplars shows in the request metrics; the queue's series are those of the models.
class ExemplarReader::SilentProbe final : public BatchProbe {
 public:
  void TaskOffered() override {}
  void WaitPredicted(absl::Duration) override {}
  void TaskRejected(RejectReason) override {}
  void TaskWaited(absl::Duration) override {}
  void BatchFormed(size_t, DispatchReason) override {}
  void TasksLate(size_t) override {}
};

ExemplarReader::ExemplarReader() : probe_(std::make_unique<SilentProbe>()) {}

ExemplarReader::~ExemplarReader() = default;

absl::StatusOr<std::unique_ptr<ExemplarReader>> ExemplarReader::Create(const Options& options,
                                                                       const Clock& clock) {
  auto reader = std::unique_ptr<ExemplarReader>(new ExemplarReader);
  PROVNET_ASSIGN_OR_RETURN(reader->queue_, BatchQueue::Create(
                                               {.max_waiting = options.max_waiting,
                                                .executors = options.threads,
                                                .limits = {.max_batch_size = 1}},
                                               [](std::vector<std::unique_ptr<BatchTask>> batch) {
                                                 for (const auto& task : batch)
                                                   static_cast<ReadTask&>(*task).Run();
                                               },
                                               clock, *reader->probe_));
  return reader;
}

absl::Status ExemplarReader::Submit(const CancelToken& token, absl::Duration deadline, Work work) {
  return queue_->Enqueue(std::make_unique<ReadTask>(token, deadline, std::move(work)));
}

}  // namespace provnet
