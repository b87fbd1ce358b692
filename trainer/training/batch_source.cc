#include "trainer/training/batch_source.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

#include "trainer/data/random.h"

namespace provnet {
namespace {

// Streams of one epoch's seed; samples' views use the streams from 0 on.
constexpr uint64_t kOrderStream = ~uint64_t{0};
constexpr uint64_t kTargetStream = ~uint64_t{1};

at::Tensor EmptyImages(const Dataset& data, size_t count) {
  return at::empty({static_cast<int64_t>(count), data.channels, data.height, data.width});
}

at::Tensor ChannelsLast(const at::Tensor& images) {
  return images.contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace

at::Tensor ImagesToTensor(const Dataset& data, at::ArrayRef<uint64_t> samples) {
  at::Tensor bytes = at::empty(
      {static_cast<int64_t>(samples.size()), data.channels, data.height, data.width}, at::kByte);
  uint8_t* out = bytes.data_ptr<uint8_t>();
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto image = data.image(samples[i]);
    std::memcpy(out + i * image.size(), image.data(), image.size());
  }
  return ChannelsLast(bytes.to(at::kFloat).div_(255));
}

TrainingBatch TrainingBatch::To(c10::Device device) const {
  TrainingBatch moved = *this;
  for (at::Tensor* tensor :
       {&moved.clean, &moved.augmented, &moved.labels, &moved.targets, &moved.candidates,
        &moved.whole_labels, &moved.whole_targets, &moved.whole_candidates}) {
    if (tensor->defined()) *tensor = tensor->to(device);
  }
  return moved;
}

BatchSource::BatchSource(const Dataset& data, const IndexTargets& targets, uint32_t batch_size,
                         const AugmentOptions& augment, uint64_t seed, RankOf who)
    : data_(data),
      targets_(targets),
      augment_(augment),
      seed_(seed),
      who_(who),
      batches_((data.size() + batch_size - 1) / batch_size),
      order_(data.size()) {
  StartEpoch(0);
}

void BatchSource::StartEpoch(uint64_t epoch) {
  epoch_seed_ = MixSeed(seed_, epoch);
  std::iota(order_.begin(), order_.end(), uint64_t{0});
  Rng(MixSeed(epoch_seed_, kOrderStream)).Shuffle(order_);
}

at::ArrayRef<uint64_t> BatchSource::Whole(uint64_t batch) const {
  const uint64_t begin = data_.size() * batch / batches_;
  const uint64_t end = data_.size() * (batch + 1) / batches_;
  return {order_.data() + begin, end - begin};
}

at::ArrayRef<uint64_t> BatchSource::Own(uint64_t batch) const {
  const at::ArrayRef<uint64_t> whole = Whole(batch);
  const Share own = ShareOf(static_cast<int64_t>(whole.size()), who_);
  return whole.slice(static_cast<size_t>(own.begin), static_cast<size_t>(own.size()));
}

at::Tensor BatchSource::LabelsOf(at::ArrayRef<uint64_t> samples) const {
  at::Tensor labels = at::empty({static_cast<int64_t>(samples.size())}, at::kLong);
  for (size_t i = 0; i < samples.size(); ++i) {
    labels.data_ptr<int64_t>()[i] = data_.labels[samples[i]];
  }
  return labels;
}

std::pair<at::Tensor, at::Tensor> BatchSource::TargetsOf(at::ArrayRef<uint64_t> samples) const {
  const int64_t count = static_cast<int64_t>(samples.size());
  at::Tensor targets = at::empty({count}, at::kLong), candidates = at::empty({count}, at::kLong);
  const uint64_t target_seed = MixSeed(epoch_seed_, kTargetStream);
  for (size_t i = 0; i < samples.size(); ++i) {
    targets.data_ptr<int64_t>()[i] = targets_.Column(samples[i], target_seed);
    candidates.data_ptr<int64_t>()[i] = targets_.Candidates(samples[i]);
  }
  return {targets, candidates};
}

TrainingBatch BatchSource::CleanBatch(uint64_t batch) const {
  const at::ArrayRef<uint64_t> samples = Own(batch), whole = Whole(batch);
  TrainingBatch result;
  result.clean = ImagesToTensor(data_, samples);
  result.labels = LabelsOf(samples);
  std::tie(result.targets, result.candidates) = TargetsOf(samples);
  result.whole = static_cast<int64_t>(whole.size());
  if (who_.ranks > 1) {
    result.whole_labels = LabelsOf(whole);
    std::tie(result.whole_targets, result.whole_candidates) = TargetsOf(whole);
  }
  return result;
}

TrainingBatch BatchSource::Batch(uint64_t batch) const {
  TrainingBatch result = CleanBatch(batch);
  const at::ArrayRef<uint64_t> samples = Own(batch);
  const int64_t count = result.labels.size(0);
  at::Tensor views = EmptyImages(data_, count);
  float* out = views.data_ptr<float>();
  at::parallel_for(0, count, /*grain_size=*/16, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const uint64_t sample = samples[static_cast<size_t>(i)];
      Rng rng(MixSeed(epoch_seed_, sample));
      AugmentInto(data_.image(sample), data_.channels, data_.height, data_.width, augment_, rng,
                  out + i * data_.image_bytes());
    }
  });
  result.augmented = ChannelsLast(views);
  return result;
}

}  // namespace provnet
