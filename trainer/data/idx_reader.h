#ifndef PROVNET_TRAINER_DATA_IDX_READER_H_
#define PROVNET_TRAINER_DATA_IDX_READER_H_

#include <filesystem>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Reads the four MNIST-format files of `dir`: train-images-idx3-ubyte, train-labels-idx1-ubyte,
// t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each also as "train-images.idx3-ubyte" and so
// on, and each plain or gzipped (".gz"). Classes are 0 .. largest label, named "0", "1", ...; the
// source name is the images file's without ".gz". Errors name the file and what is wrong with it:
//   NOT_FOUND          the folder or one of the files is missing
//   PERMISSION_DENIED  it may not be read
//   DATA_LOSS          truncated, corrupt, or of another length than its dimensions say
//   INVALID_ARGUMENT   not an IDX file; label count unlike image count; a class without training
//   sample; train and
//                      test images of different size
absl::StatusOr<DatasetPair> ReadIdx(const std::filesystem::path& dir);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IDX_READER_H_
