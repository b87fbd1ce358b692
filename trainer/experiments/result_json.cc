#include "trainer/experiments/result_json.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

using json = nlohmann::ordered_json;

json ToJson(const Machine& machine) {
  return {{"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system},
          {"compiler", machine.compiler},
          {"libraries", machine.libraries}};
}

json ToJson(const ResultTable& table) {
  return {{"title", table.title},
          {"columns", table.columns},
          {"rows", table.rows},
          {"note", table.note}};
}

json ToJson(const Series& series) {
  json object = {{"name", series.name}, {"x", series.x}, {"y", series.y}};
  if (!series.y_error.empty()) object["y_error"] = series.y_error;
  if (!series.y_low.empty()) object["y_low"] = series.y_low;
  if (!series.y_high.empty()) object["y_high"] = series.y_high;
  return object;
}

json ToJson(const Plot& plot);

template <typename T>
json ToJson(const std::vector<T>& items) {
  json array = json::array();
  for (const T& item : items) array.push_back(ToJson(item));
  return array;
}

json ToJson(const Plot& plot) {
  json object = {{"title", plot.title},
                 {"x_label", plot.x_label},
                 {"y_label", plot.y_label},
                 {"log_x", plot.log_x},
                 {"series", ToJson(plot.series)}};
  if (!plot.bar_names.empty()) object["bar_names"] = plot.bar_names;
  if (plot.limit) object["limit"] = {{"name", plot.limit_name}, {"value", *plot.limit}};
  return object;
}

}  // namespace

std::string ResultJson(const ResultRecord& record) {
  const json object = {
      {"experiment", record.experiment},
      {"dataset", record.options.dataset},
      {"quick", record.options.quick},
      {"seed", record.options.seed},
      {"threads", record.options.threads},
      {"date", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", record.date, absl::UTCTimeZone())},
      {"command", record.command},
      {"machine", ToJson(record.machine)},
      {"verdict", record.result.verdict},
      {"metrics", record.result.metrics},
      {"tables", ToJson(record.result.tables)},
      {"plots", ToJson(record.result.plots)},
      {"notes", record.result.notes},
  };
  return absl::StrCat(object.dump(2, ' ', false, json::error_handler_t::replace), "\n");
}

}  // namespace provnet
