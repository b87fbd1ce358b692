#include "tests/server/engine/bundle_on_disk.h"

#include <torch/script.h>

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_writer.h"
#include "storage/npy.h"
#include "storage/sample_store_builder.h"

namespace provnet {
namespace {

void Check(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

void WriteModel(const std::filesystem::path& file, const std::string& source) {
  torch::jit::Module module("Net");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.define(source);
  module.eval();
  module.save(file.string());
}

void WriteSamples(const std::filesystem::path& folder, const std::vector<uint32_t>& labels) {
  auto builder = SampleStoreBuilder::Create(folder);
  Check(builder.status());
  for (size_t i = 0; i < labels.size(); ++i) {
    v1::SampleRecord record;
    record.set_label(labels[i]);
    record.set_source_id(absl::StrCat("made#", i));
    record.set_content_type("image/png");
    record.set_content(std::string(1, static_cast<char>(i)));
    Check((*builder)->Add(record));
  }
  Check((*builder)->Finish());
}

v1::BundleManifest Manifest(const BundleRecipe& recipe) {
  v1::BundleManifest manifest;
  manifest.mutable_input()->set_channels(1);
  manifest.mutable_input()->set_height(1);
  manifest.mutable_input()->set_width(4);
  for (uint32_t y = 0; y < recipe.class_count; ++y)
    manifest.add_class_names(absl::StrCat("class ", y));
  manifest.mutable_index_head()->set_type(recipe.head);
  manifest.mutable_index_head()->set_dim(recipe.dim);
  manifest.mutable_index_head()->set_scale(recipe.scale);
  if (recipe.cells > 0) {
    manifest.mutable_index_head()->mutable_approximate()->set_cells(recipe.cells);
    manifest.mutable_index_head()->mutable_approximate()->set_probes(1);
  }
  if (recipe.bf16_overlap >= 0) {
    v1::PrecisionCheck& check = *manifest.mutable_index_head()->add_precision_checks();
    check.set_index_precision("bf16");
    check.set_overlap(recipe.bf16_overlap);
  }
  manifest.set_sample_count(recipe.labels.size());
  manifest.set_feature_dim(recipe.feature_dim);
  return manifest;
}

}  // namespace

BundleLocation PublishBundle(const std::filesystem::path& repository, const BundleRecipe& recipe) {
  auto writer = BundleWriter::Create(repository / "net");
  Check(writer.status());
  const std::filesystem::path& staging = (*writer)->staging_directory();
  std::filesystem::create_directories(staging / "index");
  WriteModel(staging / kModelFile, recipe.source);
  WriteSamples(staging / kSamplesFolder, recipe.labels);
  Check(WriteNpy<uint32_t>(staging / kLabelsFile, {recipe.labels.size()}, recipe.labels));
  if (!recipe.vectors.empty()) {
    Check(WriteNpy<float>(staging / kVectorsFile, {recipe.labels.size(), recipe.dim},
                          recipe.vectors));
  }
  if (recipe.cells > 0) {
    Check(WriteNpy<float>(staging / kCentroidsFile,
                          {recipe.centroids.size() / recipe.dim, recipe.dim}, recipe.centroids));
    Check(WriteNpy<uint32_t>(staging / kCellOfFile, {recipe.cell_of.size()}, recipe.cell_of));
  }
  if (!recipe.calibration.empty())
    Check(WriteFileDurably(staging / kCalibrationFile, recipe.calibration));
  const auto manifest = (*writer)->Publish(Manifest(recipe));
  Check(manifest.status());
  return {"net", manifest->version(), repository / "net" / absl::StrCat(manifest->version())};
}

}  // namespace provnet
