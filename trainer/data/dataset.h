#ifndef PROVNET_TRAINER_DATA_DATASET_H_
#define PROVNET_TRAINER_DATA_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace provnet {

// Labelled 8-bit images of one size, in memory. A value: copy, select, pass on.
struct Dataset {
  uint32_t channels = 1;
  uint32_t height = 0;
  uint32_t width = 0;
  // [size, channels, height, width] row-major, 0..255: image i starts at i * image_bytes().
  std::vector<uint8_t> pixels;
  // Class id of each image, 0 .. class_names.size()-1.
  std::vector<uint32_t> labels;
  // Names by class id.
  std::vector<std::string> class_names;
  // Where image i came from: file or generator, and its position there.
  std::string source_name;
  std::vector<uint64_t> source_positions;
  // Where each image has a name of its own, e.g. its path inside an archive: one name an image,
  // UTF-8. Otherwise empty.
  std::vector<std::string> source_names = {};
  // Where images came as files: the PNG or JPEG that image i was decoded from, shared by all copies
  // of this data set, or null where there is none (an altered copy). Otherwise empty. Keep it in
  // step with `pixels`: it is what is stored and shown for the sample.
  std::vector<std::shared_ptr<const std::string>> encoded = {};
  // What a person should know about the reading, e.g. files that were skipped; one line each.
  std::vector<std::string> notes = {};

  size_t size() const { return labels.size(); }
  size_t image_bytes() const { return size_t{channels} * height * width; }
  std::span<const uint8_t> image(size_t i) const {
    return {pixels.data() + i * image_bytes(), image_bytes()};
  }
  // E.g. "train-images-idx3-ubyte#1234", or "train/cat/0042.jpg".
  std::string source_id(size_t i) const {
    return source_names.empty() ? absl::StrCat(source_name, "#", source_positions[i])
                                : source_names[i];
  }
  // The file that image i was decoded from; null where there is none.
  const std::string* encoded_file(size_t i) const {
    return encoded.empty() ? nullptr : encoded[i].get();
  }
};

// What the trainer fits on and what it is judged on; same image size and classes.
struct DatasetPair {
  Dataset train;
  Dataset test;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_DATASET_H_
