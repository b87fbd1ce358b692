#include "storage/sample_record_check.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

uint64_t ElementBytes(v1::DataType data_type) {
  switch (data_type) {
    case v1::DATA_TYPE_UINT8:
      return 1;
    case v1::DATA_TYPE_FLOAT32:
      return 4;
    default:
      return 0;
  }
}

absl::Status CheckTensor(const v1::TensorSpec& spec, uint64_t content_bytes) {
  uint64_t expected_bytes = ElementBytes(spec.data_type());
  if (expected_bytes == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor_spec.data_type ", static_cast<int>(spec.data_type()),
                     ", expected DATA_TYPE_UINT8 or DATA_TYPE_FLOAT32"));
  }
  for (const uint32_t extent : spec.shape()) {
    // Stops before the product can overflow: it never passes content_bytes * 2^32 <= 2^63.
    if (extent == 0 || expected_bytes > content_bytes) break;
    expected_bytes *= extent;
  }
  const bool has_zero = absl::c_linear_search(spec.shape(), 0u);
  if (!has_zero && !spec.shape().empty() && expected_bytes == content_bytes) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "tensor_spec.shape [", absl::StrJoin(spec.shape(), ", "), "] of ",
      v1::DataType_Name(spec.data_type()), " contradicts the content's ", content_bytes, " bytes"));
}

}  // namespace

absl::Status CheckSampleRecord(const v1::SampleRecord& record) {
  if (record.content().empty()) return absl::InvalidArgumentError("content is empty");
  const bool is_tensor = record.content_type() == kTensorContentType;
  if (is_tensor != record.has_tensor_spec()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "content_type \"", record.content_type(), "\" ", is_tensor ? "without" : "with",
        " tensor_spec; it belongs to \"", kTensorContentType, "\" alone"));
  }
  if (!is_tensor) return absl::OkStatus();
  return CheckTensor(record.tensor_spec(), record.content().size());
}

}  // namespace provnet
