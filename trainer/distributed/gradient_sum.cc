#include "trainer/distributed/gradient_sum.h"

#include <torch/torch.h>

#include <algorithm>
#include <utility>

namespace provnet {
namespace {

// 4 MiB: enough for the link's full rate, and soon full.
constexpr int64_t kBucketSize = int64_t{1} << 20;

}  // namespace

GradientSum::GradientSum(World& world, std::vector<at::Tensor> parameters)
    : world_(world), parameters_(std::move(parameters)) {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    hooks_.push_back(
        parameters_[i].register_hook([this, i](const at::Tensor& gradient) { Add(i, gradient); }));
  }
}

GradientSum::~GradientSum() {
  for (size_t i = 0; i < parameters_.size(); ++i) parameters_[i].remove_hook(hooks_[i]);
}

void GradientSum::SendLast() {
  if (buckets_.empty() || buckets_.back().wait) return;
  Bucket& last = buckets_.back();
  last.wait = world_.BeginSum(last.values.narrow(0, 0, last.used));
}

// The next `count` places of the last bucket, or of a new one where they don't fit.
at::Tensor GradientSum::Reserve(int64_t count) {
  if (buckets_.empty() || buckets_.back().used + count > buckets_.back().values.numel()) {
    SendLast();
    buckets_.push_back(
        {.values = at::empty({std::max(count, kBucketSize)}, parameters_[0].options()),
         .used = 0,
         .members = {},
         .wait = nullptr});
  }
  Bucket& last = buckets_.back();
  last.used += count;
  return last.values.narrow(0, last.used - count, count);
}

void GradientSum::Add(size_t parameter, const at::Tensor& gradient) {
  const at::NoGradGuard no_gradient;
  Reserve(gradient.numel()).view_as(gradient).copy_(gradient);
  buckets_.back().members.push_back(parameter);
}

void GradientSum::Finish(at::Tensor more) {
  const at::NoGradGuard no_gradient;
  const at::Tensor last = Reserve(more.numel()).copy_(more);
  SendLast();
  for (const Bucket& bucket : buckets_) {
    bucket.wait();
    int64_t begin = 0;
    for (const size_t member : bucket.members) {
      at::Tensor gradient = parameters_[member].mutable_grad();
      gradient.copy_(bucket.values.narrow(0, begin, gradient.numel()).view_as(gradient));
      begin += gradient.numel();
    }
  }
  more.copy_(last);
  buckets_.clear();
}

}  // namespace provnet
