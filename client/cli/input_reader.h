#ifndef PROVNET_CLIENT_CLI_INPUT_READER_H_
#define PROVNET_CLIENT_CLI_INPUT_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/cli/input_spec.h"
#include "provnet/v1/provenance_service.pb.h"
#include "provnet/v1/sample.pb.h"

namespace provnet {

// One thing to explain.
struct Input {
  // For people: the path, "-", or "t10k-images-idx3-ubyte.gz#7".
  std::string name;
  // Content type, content and tensor_spec, as of a stored sample; the other fields are unset.
  v1::SampleRecord record;
  // The label that the labels file has for it, if there is one.
  std::optional<uint32_t> true_label;
};

// An input that could not be read keeps its place, with its name and why.
struct InputOrError {
  std::string name;
  absl::StatusOr<Input> input;
};

// Reads what the specs name, in their order, a few at a time, so that a folder of any size fits in
// memory. A folder stands for the .png, .jpg and .jpeg files in it, sorted by name. Not
// thread-safe.
class InputReader {
 public:
  // `standard_input` outlives the reader.
  InputReader(std::vector<InputSpec> specs, std::istream& standard_input);

  // The next at most `limit` inputs; empty once all were read.
  std::vector<InputOrError> Next(size_t limit);

 private:
  struct Pending {
    std::string name;
    std::function<absl::StatusOr<Input>()> read;
  };
  void Expand(const InputSpec& spec);
  void ExpandFolder(const std::string& path);
  void ExpandIdx(const InputSpec& spec);
  void AddFile(const std::string& path);
  void AddError(std::string name, absl::Status status);

  std::istream& standard_input_;
  std::vector<InputSpec> specs_;
  size_t next_spec_ = 0;
  std::vector<Pending> pending_;
  size_t next_pending_ = 0;
};

// The request for that input; everything but the input itself is unset.
v1::ExplainRequest RequestFor(const Input& input);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_INPUT_READER_H_
