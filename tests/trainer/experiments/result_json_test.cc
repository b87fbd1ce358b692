#include "trainer/experiments/result_json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/trainer/experiments/result_fixtures.h"

namespace provnet {
namespace {

using nlohmann::json;

TEST(ResultJson, HoldsAllThatItTakesToJudgeAndRepeatTheExperiment) {
  const json object = json::parse(ResultJson(SmallRecord()));
  EXPECT_EQ(object["experiment"], "heads");
  EXPECT_EQ(object["dataset"], "glyphs:600");
  EXPECT_EQ(object["quick"], false);
  EXPECT_EQ(object["seed"], 18446744073709551615U);
  EXPECT_EQ(object["date"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(object["command"], "provnet-train experiment heads --dataset=glyphs:600");
  EXPECT_EQ(object["machine"]["cores"], 2);
  EXPECT_EQ(object["machine"]["memory_bytes"], uint64_t{24} << 30);
  EXPECT_EQ(object["machine"]["libraries"]["LibTorch"], "1.13.0");
  EXPECT_EQ(object["metrics"]["embedding/30/index_top1"], 0.125);
  EXPECT_EQ(object["notes"], json({"What was done"}));
  EXPECT_EQ(object["verdict"], "It works");
}

TEST(ResultJson, HoldsTablesAndThePointsOfPlots) {
  const json object = json::parse(ResultJson(SmallRecord()));
  const json& table = object["tables"][0];
  EXPECT_EQ(table["columns"], json({"head", "accuracy"}));
  EXPECT_EQ(table["rows"], json::parse(R"([["<embedding>", "98.5 %"]])"));
  const json& plot = object["plots"][0];
  EXPECT_EQ(plot["log_x"], true);
  EXPECT_EQ(plot["series"][0]["y"], json({0.5, 0.7, 0.9}));
  EXPECT_EQ(plot["series"][0]["y_error"], json({0.1, 0.1, 0.2}));
  EXPECT_FALSE(plot["series"][1].contains("y_error"));
}

TEST(ResultJson, WritesTextThatIsNotUtf8) {
  ResultRecord record = SmallRecord();
  record.command = "\xff";
  EXPECT_EQ(json::parse(ResultJson(record))["command"], "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace provnet
