#include "trainer/audit/report_page.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/trainer/audit/report_fixtures.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class ReportPageTest : public ::testing::Test {
 protected:
  HandMadeAudit audit_;
};

TEST_F(ReportPageTest, ShowsTheWorstLabelsFirstAndNoMoreThanAskedFor) {
  const std::string page = AuditPage(audit_.report(), 2);
  EXPECT_EQ(Count(page, "<article"), 2U);
  EXPECT_LT(page.find("data-index=\"3\""), page.find("data-index=\"4\""));
  EXPECT_THAT(page, HasSubstr("0 of 2 judged"));
  EXPECT_EQ(Count(AuditPage(audit_.report(), 100), "<article"), 4U);
}

TEST_F(ReportPageTest, EveryPictureIsInsideAndNothingIsFetched) {
  const std::string page = AuditPage(audit_.report(), 4);
  EXPECT_EQ(Count(page, "<img"), Count(page, "src=\"data:image/png;base64,"));
  // Four samples; neighbours that disagree: 1 + 1 + 2 + 1; groups: 2 + 2 + 2; all by distance.
  EXPECT_EQ(Count(page, "<img"), 4U + 5U + 6U + 4U);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
}

TEST_F(ReportPageTest, TextsOfTheBundleCannotBecomeMarkup) {
  audit_.samples.damage = "<i>damaged</i>";
  const std::string page = AuditPage(audit_.report(), 4);
  for (const char* markup : {"<script>alert", "<img src=x", "<b>", "<i>", "<in>"}) {
    EXPECT_THAT(page, Not(HasSubstr(markup)));
  }
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;one&#39;)&lt;/script&gt;"));
  // The data that the script reads, and the script.
  EXPECT_EQ(Count(page, "<script"), 2U);
  EXPECT_EQ(Count(page, "</script>"), 2U);
}

TEST_F(ReportPageTest, TheScriptReadsKeyAndClassNames) {
  const std::string page = AuditPage(audit_.report(), 4);
  const std::string start = "id=\"audit\">";
  const size_t begin = page.find(start) + start.size();
  const auto data =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  EXPECT_EQ(data["key"], "0123abcd");
  EXPECT_EQ(data["classes"][1], "<script>alert('one')</script>");
}

TEST_F(ReportPageTest, SaysWhatWasDamagedAndCounted) {
  const std::string page = AuditPage(audit_.report(), 4);
  EXPECT_THAT(page, HasSubstr("1 samples could not be audited, the first: sample 2"));
  EXPECT_THAT(page, HasSubstr("Exact duplicates: 2 groups"));
  EXPECT_THAT(page, HasSubstr("Near duplicates: 1 groups"));
  EXPECT_THAT(page, HasSubstr("Outliers: 1 samples"));
  EXPECT_THAT(page, HasSubstr("<td class=\"some\">1.2</td>"));
  EXPECT_EQ(Count(page, "labels differ"), 1U);
}

}  // namespace
}  // namespace provnet
