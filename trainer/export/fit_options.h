#ifndef PROVNET_TRAINER_EXPORT_FIT_OPTIONS_H_
#define PROVNET_TRAINER_EXPORT_FIT_OPTIONS_H_

#include <c10/core/Device.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/image_folder_options.h"
#include "trainer/training/training_options.h"

namespace provnet {

// What `provnet-train fit` is asked to do.
struct FitOptions {
  // "idx:DIR", "images:PATH" or "glyphs:N", see LoadDataset.
  std::string dataset;
  // How images:PATH is read; its `threads` has no effect, see below.
  ImageFolderOptions images;
  // Share of the training samples to use, each class in its proportion; in (0, 1].
  double subset_fraction = 1;
  // How they are chosen, as ParseSubsetStrategy reads it.
  std::string subset_strategy = "random";
  // Faults to inject into the training samples, see LoadTrainingData: altered copies, and wrong
  // labels as ParseLabelNoise reads them (empty for none).
  uint64_t near_duplicates = 0;
  std::string label_noise;
  // Where the records come from that calibrate membership answers: see ParseReferenceSource.
  std::string membership_reference = "auto";
  // Embedding heads: the number of training samples from which on the bundle also holds cells for
  // an approximate search, where they reach the recall; 0 for never. From the default on it is
  // faster than the exact search by more than it costs (docs/results.md).
  uint64_t approximate_from = 50000;
  // <repository>/<model name>: the bundle becomes the next version in there.
  std::filesystem::path output;
  // Where the checkpoint lives; empty for ".checkpoint" inside `output`.
  std::filesystem::path checkpoint_directory;
  // Continue from the checkpoint.
  bool resume = false;
  // LibTorch threads, 1 .. 1024.
  int threads = 1;
  // Where the network is fitted and evaluated: the CPU or a GPU that is there.
  c10::Device device = c10::kCPU;
  TrainingOptions training;
};

// INVALID_ARGUMENT names the flag, its value and what was expected.
absl::Status ValidateFitOptions(const FitOptions& options);

std::filesystem::path CheckpointDirectoryPath(const FitOptions& options);

// "class-conditional", "class-independent", "single-branch" or "embedding". INVALID_ARGUMENT lists
// them.
absl::StatusOr<v1::HeadType> ParseHead(absl::string_view name);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_FIT_OPTIONS_H_
