#ifndef PROVNET_TRAINER_DATA_DATASET_CHECKS_H_
#define PROVNET_TRAINER_DATA_DATASET_CHECKS_H_

#include <string>

#include "absl/status/status.h"
#include "trainer/data/dataset.h"

namespace provnet {

// At most this many classes, whatever the source.
inline constexpr size_t kMaxClasses = 65535;

// Whether a trainer can work on `data`: neither part empty, pixels, labels and source positions of
// matching counts, labels within the classes, every class with a training sample, both parts of one
// image size and with one list of classes. INVALID_ARGUMENT names the part and the first thing that
// is wrong.
absl::Status ValidateDataset(const DatasetPair& data);

// Which samples these are: the SHA-256, in hexadecimal, over all labels (uint32, little-endian) and
// then all pixels, in order. Names, source ids and encoded files don't count: two files that decode
// to the same pixels are the same sample to a network.
std::string Fingerprint(const Dataset& dataset);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_DATASET_CHECKS_H_
