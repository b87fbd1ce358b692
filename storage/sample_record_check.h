#ifndef PROVNET_STORAGE_SAMPLE_RECORD_CHECK_H_
#define PROVNET_STORAGE_SAMPLE_RECORD_CHECK_H_

#include "absl/status/status.h"
#include "provnet/v1/sample.pb.h"

namespace provnet {

// `content_type` of raw elements.
inline constexpr char kTensorContentType[] = "application/vnd.provnet.tensor";

// What proto/provnet/v1/sample.proto promises of a record: content is there, tensor_spec is set
// exactly for raw elements, and then describes as many bytes as there are. INVALID_ARGUMENT
// otherwise.
absl::Status CheckSampleRecord(const v1::SampleRecord& record);

}  // namespace provnet

#endif  // PROVNET_STORAGE_SAMPLE_RECORD_CHECK_H_
