#include "trainer/audit/near_duplicate_search.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "storage/base/status_macros.h"
#include "trainer/audit/chance_threshold.h"
#include "trainer/audit/nearest_rows.h"
#include "trainer/audit/registered_image.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

constexpr size_t kBlock = 256;

// From the image's centre to the centre of its light, at most as far as registration moves images.
std::pair<double, double> CentreOfLight(const RegisteredImage& image) {
  const double centre_x = (image.width() - 1) / 2.0, centre_y = (image.height() - 1) / 2.0;
  double sum = 0, x_sum = 0, y_sum = 0;
  size_t at = 0;
  for (uint32_t c = 0; c < image.channels(); ++c) {
    for (uint32_t y = 0; y < image.height(); ++y) {
      for (uint32_t x = 0; x < image.width(); ++x, ++at) {
        const double value = image.values()[at];
        sum += value;
        x_sum += value * (x - centre_x);
        y_sum += value * (y - centre_y);
      }
    }
  }
  if (sum <= 0) return {0, 0};
  const double limit = kLargestShift * std::max(image.height(), image.width());
  return {std::clamp(x_sum / sum, -limit, limit), std::clamp(y_sum / sum, -limit, limit)};
}

// The image's means over 2 x 2 pixels, once it is turned by `angle` about its centre of light and
// that is moved to the centre: so a shifted copy is close even where all images are alike.
void DescribeInto(const RegisteredImage& image, double angle, std::span<float> out) {
  const auto [dx, dy] = CentreOfLight(image);
  const double centre_x = (image.width() - 1) / 2.0, centre_y = (image.height() - 1) / 2.0;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const uint32_t rows = (image.height() + 1) / 2, columns = (image.width() + 1) / 2;
  size_t at = 0;
  for (uint32_t c = 0; c < image.channels(); ++c) {
    for (uint32_t y = 0; y < rows; ++y) {
      const double v = 2 * y + 0.5 - centre_y;
      for (uint32_t x = 0; x < columns; ++x) {
        const double u = 2 * x + 0.5 - centre_x;
        out[at++] = image.At(c, static_cast<float>(cosine * u - sine * v + centre_x + dx),
                             static_cast<float>(sine * u + cosine * v + centre_y + dy));
      }
    }
  }
}

FloatMatrix Describe(const std::vector<RegisteredImage>& images, double angle) {
  const RegisteredImage& one = images.front();
  FloatMatrix descriptors(
      images.size(), size_t{one.channels()} * ((one.height() + 1) / 2) * ((one.width() + 1) / 2));
  for (size_t i = 0; i < images.size(); ++i) DescribeInto(images[i], angle, descriptors.row(i));
  return descriptors;
}

// The neighbours of each image as it is, and turned to either side so that these three cover the
// angles that registration allows. An image may be among another's more than once.
absl::StatusOr<NeighbourLists> FindCandidates(const std::vector<RegisteredImage>& images,
                                              const NearDuplicateOptions& options,
                                              const StopCondition& stop_requested) {
  const FloatMatrix upright = Describe(images, 0);
  std::vector<NeighbourLists> parts;
  for (const double angle : {0.0, -kLargestAngle * 2 / 3, kLargestAngle * 2 / 3}) {
    PROVNET_ASSIGN_OR_RETURN(
        NeighbourLists part,
        FindNearestRows(angle == 0 ? upright : Describe(images, angle), upright,
                        {.k = options.candidates, .exclude_self = true, .threads = options.threads},
                        stop_requested));
    parts.push_back(std::move(part));
  }
  NeighbourLists joint{.k = parts.size() * parts.front().k, .entries = {}};
  for (size_t i = 0; i < images.size(); ++i) {
    for (const NeighbourLists& part : parts) {
      const auto list = part.of(i);
      joint.entries.insert(joint.entries.end(), list.begin(), list.end());
    }
    const auto own = joint.of(i);
    std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
  }
  return joint;
}

// Replaces the candidates' distances by those after registration.
absl::Status Register(const std::vector<RegisteredImage>& images, int threads,
                      const StopCondition& stop_requested, NeighbourLists& lists) {
  const size_t blocks = (images.size() + kBlock - 1) / kBlock;
  return RunSideBySide(blocks, threads, [&](size_t block) {
    if (stop_requested()) return absl::CancelledError("stopped while comparing images");
    for (size_t i = block * kBlock; i < std::min((block + 1) * kBlock, images.size()); ++i) {
      const Registration registration(images[i]);
      const Neighbour* before = nullptr;
      for (Neighbour& neighbour : lists.of(i)) {
        neighbour.distance = before != nullptr && before->row == neighbour.row
                                 ? before->distance
                                 : static_cast<float>(registration.Distance(images[neighbour.row]));
        before = &neighbour;
      }
    }
    return absl::OkStatus();
  });
}

// All pairs of neighbours, in ascending order of ratio. Of two registrations, the better one
// counts.
std::vector<NearDuplicatePair> RankPairs(const NeighbourLists& lists) {
  std::vector<double> scale(lists.size());
  std::vector<NearDuplicatePair> pairs;
  for (uint32_t i = 0; i < lists.size(); ++i) {
    for (const Neighbour& neighbour : lists.of(i)) {
      scale[i] = std::max<double>(scale[i], neighbour.distance);
      const auto [first, second] = std::minmax(i, neighbour.row);
      pairs.push_back({first, second, neighbour.distance, 0});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second, a.distance) < std::tie(b.first, b.second, b.distance);
  });
  pairs.erase(std::unique(pairs.begin(), pairs.end(),
                          [](const auto& a, const auto& b) {
                            return a.first == b.first && a.second == b.second;
                          }),
              pairs.end());
  for (NearDuplicatePair& pair : pairs) {
    pair.ratio = pair.distance / std::max(std::min(scale[pair.first], scale[pair.second]), 1e-12);
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.ratio < b.ratio; });
  return pairs;
}

}  // namespace

absl::StatusOr<NearDuplicates> FindNearDuplicates(const Dataset& data,
                                                  const NearDuplicateOptions& options,
                                                  const StopCondition& stop_requested) {
  if (data.size() < 2) return NearDuplicates{};
  std::vector<RegisteredImage> images;
  images.reserve(data.size());
  for (size_t i = 0; i < data.size(); ++i) {
    images.emplace_back(data.image(i), data.channels, data.height, data.width);
  }
  PROVNET_ASSIGN_OR_RETURN(NeighbourLists lists, FindCandidates(images, options, stop_requested));
  PROVNET_RETURN_IF_ERROR(Register(images, options.threads, stop_requested, lists));
  NearDuplicates found{RankPairs(lists), 0};
  std::vector<double> ratios;
  for (const NearDuplicatePair& pair : found.pairs) ratios.push_back(pair.ratio);
  found.threshold = ChanceThreshold(ratios, data.size());
  found.pairs.resize(static_cast<size_t>(
      std::lower_bound(ratios.begin(), ratios.end(), found.threshold) - ratios.begin()));
  return found;
}

}  // namespace provnet
