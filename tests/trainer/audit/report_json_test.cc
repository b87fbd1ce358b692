#include "trainer/audit/report_json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/trainer/audit/report_fixtures.h"

namespace provnet {
namespace {

using nlohmann::json;

class ReportJsonTest : public ::testing::Test {
 protected:
  const HandMadeAudit audit_;
  const json document_ = json::parse(AuditReportJson(audit_.report()));
};

TEST_F(ReportJsonTest, NamesItsSchemaAndTheBundle) {
  EXPECT_EQ(document_["schema_version"], kAuditSchemaVersion);
  EXPECT_EQ(document_["created"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(document_["bundle"]["path"], "repository/digits/3");
  EXPECT_EQ(document_["bundle"]["version"], 3);
  EXPECT_EQ(document_["bundle"]["manifest_sha256"], "0123abcd");
  EXPECT_EQ(document_["method"]["seed"], 11);
  EXPECT_EQ(document_["method"]["folds"], 5);
  EXPECT_EQ(document_["class_names"].size(), 2U);
}

TEST_F(ReportJsonTest, HasEverySampleWithTheNeighboursThatDisagree) {
  ASSERT_EQ(document_["samples"].size(), 4U);
  const json& doubtful = document_["samples"][2];
  EXPECT_EQ(doubtful["index"], 3);
  EXPECT_EQ(doubtful["source_id"], "b\"><img src=x>#3");
  EXPECT_EQ(doubtful["label"], 1);
  EXPECT_EQ(doubtful["suggested_label"], 0);
  EXPECT_EQ(doubtful["is_issue"], true);
  EXPECT_EQ(doubtful["rank"], 1);
  EXPECT_NEAR(doubtful["score"].get<double>(), 0.947846, 1e-6);
  EXPECT_NEAR(doubtful["label_probability"].get<double>(), 0.05, 1e-6);
  EXPECT_EQ(doubtful["evidence"], json::parse(R"([{"index": 0, "label": 0, "similarity": 0.98},
                            {"index": 1, "label": 0, "similarity": 0.92}])"));
  EXPECT_EQ(document_["samples"][0]["is_issue"], false);
  EXPECT_EQ(document_["samples"][0]["rank"], 4);
  EXPECT_EQ(document_["samples"][0]["evidence"].size(), 1U);
}

TEST_F(ReportJsonTest, ListsDuplicatesOutliersConfusionAndDamageBySampleIndex) {
  EXPECT_EQ(document_["exact_duplicates"],
            json::parse(R"([{"indices": [0, 1], "labels_conflict": false},
                            {"indices": [3, 4], "labels_conflict": false}])"));
  EXPECT_EQ(document_["near_duplicates"],
            json::parse(R"([{"indices": [1, 3], "labels_conflict": true}])"));
  EXPECT_EQ(document_["near_duplicate_pairs"],
            json::parse(R"([{"first": 1, "second": 3, "distance": 0.5, "ratio": 0.125}])"));
  EXPECT_EQ(document_["outliers"], json::parse(R"([{"index": 4, "score": 7.5}])"));
  EXPECT_EQ(document_["confusion"], json::parse("[[2.0, 0.0], [1.25, 0.75]]"));
  EXPECT_EQ(document_["estimated_label_errors"], 1.25);
  EXPECT_EQ(document_["label_issues"], 1);
  EXPECT_EQ(document_["audited_samples"], 4);
  EXPECT_EQ(document_["damaged_samples"],
            json::parse(R"([{"index": 2, "reason": "checksum mismatch <in> block"}])"));
}

TEST_F(ReportJsonTest, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(document_["samples"][3]["source_id"], "bytes \xEF\xBF\xBD#4");
}

}  // namespace
}  // namespace provnet
