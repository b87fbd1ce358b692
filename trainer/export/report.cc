#include "trainer/export/report.h"

#include "absl/strings/str_format.h"

namespace provnet {
namespace {

std::string Row(const char* name, const std::string& value) {
  return absl::StrFormat("  %-38s %10s\n", name, value);
}

std::string Percent(double share) { return absl::StrFormat("%.2f %%", share * 100); }

}  // namespace

std::string FormatReport(const v1::BundleManifest& manifest) {
  const v1::Metrics& metrics = manifest.metrics();
  std::string report =
      absl::StrFormat("%s version %d: %d samples, %d classes\n", manifest.model(),
                      manifest.version(), manifest.sample_count(), manifest.class_names_size());
  report += Row("test accuracy", Percent(metrics.test_accuracy()));
  report += Row("index top-1, training images", Percent(metrics.index_top1()));
  report += Row("index top-5, training images", Percent(metrics.index_top5()));
  report += Row("index top-1, shifted by 2 pixels", Percent(metrics.index_top1_shift2()));
  report += Row("index top-5, shifted by 2 pixels", Percent(metrics.index_top5_shift2()));
  report += Row("label agreement of the top 5", Percent(metrics.label_agreement_top5()));
  for (const v1::PrecisionCheck& check : manifest.index_head().precision_checks()) {
    report += Row(
        absl::StrFormat("top-%u in %s as in fp32", check.top_k(), check.index_precision()).c_str(),
        Percent(check.overlap()));
  }
  report += Row("training time", absl::StrFormat("%.1f s", metrics.train_seconds()));
  report +=
      Row("peak memory",
          absl::StrFormat("%.0f MiB", static_cast<double>(metrics.peak_rss_bytes()) / (1 << 20)));
  return report;
}

}  // namespace provnet
