#include "server/lifecycle/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "storage/bundle_layout.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kScratchBytes = 32 * kMiB;
// SampleStore's block cache.
constexpr uint64_t kBlockCacheBytes = 64 * kMiB;
// The kernel's way to say "no limit" in version 1 is a huge number.
constexpr uint64_t kUnlimited = uint64_t{1} << 60;

// The number that a file consists of; unset for "max" and when it can't be read.
std::optional<uint64_t> ReadNumber(const fs::path& file) {
  std::ifstream stream(file);
  uint64_t number = 0;
  if (stream >> number && number < kUnlimited) return number;
  return std::nullopt;
}

// The number behind `key` at the start of a line.
std::optional<uint64_t> ReadField(const fs::path& file, absl::string_view key) {
  std::ifstream stream(file);
  for (std::string name, rest; stream >> name && std::getline(stream, rest);) {
    uint64_t number = 0;
    absl::string_view text = rest;
    if (name != key) continue;
    text = absl::StripSuffix(text, " kB");
    if (absl::SimpleAtoi(text, &number)) return number;
  }
  return std::nullopt;
}

std::optional<uint64_t> Left(std::optional<uint64_t> limit, std::optional<uint64_t> used,
                             uint64_t reclaimable) {
  if (!limit.has_value() || !used.has_value()) return std::nullopt;
  const uint64_t held = *used - std::min(*used, reclaimable);
  return *limit - std::min(*limit, held);
}

// Inside a container its own group is the root of what it sees.
std::optional<uint64_t> LeftInControlGroup(const fs::path& root) {
  const fs::path second = root / "sys/fs/cgroup";
  const fs::path first = second / "memory";
  if (const auto left =
          Left(ReadNumber(second / "memory.max"), ReadNumber(second / "memory.current"),
               ReadField(second / "memory.stat", "inactive_file").value_or(0))) {
    return left;
  }
  return Left(ReadNumber(first / "memory.limit_in_bytes"),
              ReadNumber(first / "memory.usage_in_bytes"),
              ReadField(first / "memory.stat", "total_inactive_file").value_or(0));
}

std::optional<uint64_t> InBytes(std::optional<uint64_t> kibibytes) {
  if (!kibibytes.has_value()) return std::nullopt;
  return *kibibytes * 1024;
}

std::string InMiB(uint64_t bytes) {
  return absl::StrFormat("%.0f MiB", static_cast<double>(bytes) / kMiB);
}

uint64_t SizeOf(const v1::BundleManifest& manifest, absl::string_view path) {
  for (const v1::FileEntry& file : manifest.files()) {
    if (file.path() == path) return file.size_bytes();
  }
  return 0;
}

}  // namespace

absl::StatusOr<MemoryLimit> ParseMemoryLimit(absl::string_view text) {
  if (text == "auto") return MemoryLimit{MemoryLimit::Kind::kAuto};
  if (text == "none") return MemoryLimit{MemoryLimit::Kind::kNone};
  absl::string_view number = text;
  double unit = 0;
  if (absl::ConsumeSuffix(&number, "MiB")) unit = kMiB;
  if (absl::ConsumeSuffix(&number, "GiB")) unit = 1024.0 * kMiB;
  double value = 0;
  if (unit > 0 && absl::SimpleAtod(number, &value) && value > 0 && value < 1e9) {
    return MemoryLimit{MemoryLimit::Kind::kBytes, static_cast<uint64_t>(value * unit)};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is no amount of memory, expected auto, none or a number with the unit MiB or "
      "GiB, e.g. 1.5GiB"));
}

std::optional<uint64_t> AvailableMemory(const MemoryLimit& limit, const fs::path& root) {
  switch (limit.kind) {
    case MemoryLimit::Kind::kNone:
      return std::nullopt;
    case MemoryLimit::Kind::kBytes:
      return Left(limit.bytes, InBytes(ReadField(root / "proc/self/status", "VmRSS:")), 0);
    case MemoryLimit::Kind::kAuto:
      break;
  }
  const auto group = LeftInControlGroup(root);
  const auto machine = InBytes(ReadField(root / "proc/meminfo", "MemAvailable:"));
  if (!group.has_value()) return machine;
  return std::min(*group, machine.value_or(*group));
}

uint64_t EstimateMemory(const v1::BundleManifest& manifest) {
  uint64_t samples = 0;
  for (const v1::FileEntry& file : manifest.files()) {
    if (absl::StartsWith(file.path(), absl::StrCat(kSamplesFolder, "/")))
      samples += file.size_bytes();
  }
  return 3 * (SizeOf(manifest, kModelFile) + SizeOf(manifest, kVectorsFile)) +
         4 * SizeOf(manifest, kLabelsFile) + samples / 32 + std::min(samples, kBlockCacheBytes) +
         kScratchBytes;
}

absl::Status CheckMemory(const v1::BundleManifest& manifest, std::optional<uint64_t> available) {
  const uint64_t needed = EstimateMemory(manifest);
  if (!available.has_value() || needed <= *available) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("needs about ", InMiB(needed), " of memory, ",
                                                   InMiB(*available),
                                                   " is available (--memory-limit)"));
}

}  // namespace provnet
