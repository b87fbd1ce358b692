#include "client/cli/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/html_card.h"
#include "storage/image/image.h"
#include "tests/client/fake_provenance_server.h"

namespace provnet {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

Explanation Example(uint32_t predicted, std::optional<uint32_t> truth) {
  v1::ExplainResponse response;
  response.mutable_predicted()->set_id(predicted);
  response.mutable_predicted()->set_name("<b>&\"'");
  response.mutable_predicted()->set_probability(0.9F);
  for (uint32_t i = 0; i < 3; ++i) {
    v1::Exemplar& exemplar = *response.add_provenance();
    exemplar.set_sample_index(20 + i);
    exemplar.set_rank(i + 1);
    exemplar.set_score(0.3F);
    exemplar.set_label(i);
    exemplar.set_label_name("<b>&\"'");
    *exemplar.mutable_sample() = FakeSample(20 + i);
  }
  response.set_label_agreement(1.0F / 3);
  return {"<img>.png", Input{"<img>.png", FakeSample(50), truth}, response};
}

std::string Page(const std::vector<Explanation>& explanations) {
  v1::GetModelResponse model;
  model.mutable_info()->mutable_model()->set_name("digits<script>");
  model.mutable_info()->mutable_model()->set_version(3);
  model.mutable_manifest()->set_sample_count(18000);
  model.mutable_manifest()->mutable_metrics()->set_test_accuracy(0.9912);
  model.mutable_manifest()->mutable_metrics()->set_index_top5(0.9995);
  model.mutable_manifest()->add_class_names("zero & none");
  HtmlPage page(model, absl::FromUnixSeconds(1700000000));
  for (const Explanation& explanation : explanations) page.Add(explanation);
  return page.Render();
}

// "" when every element is closed in order and every '&' begins an entity; else what is wrong, and
// where.
std::string XmlFault(const std::string& page) {
  std::vector<std::string> open;
  size_t at = 0;
  if (absl::StartsWith(page, "<!DOCTYPE html>")) at = page.find('>') + 1;
  for (; at < page.size(); ++at) {
    if (page[at] == '&' && page.find(';', at) > at + 8)
      return absl::StrCat("bare & at ", page.substr(at, 40));
    if (page[at] != '<') continue;
    const size_t end = page.find('>', at);
    const std::string tag = page.substr(at + 1, end - at - 1);
    if (tag.find('<') != tag.npos) return absl::StrCat("< inside ", tag.substr(0, 40));
    const std::string name =
        tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" /", 1) - (tag[0] == '/' ? 1 : 0));
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1))
        return absl::StrCat("unexpected </", tag.substr(1), ">");
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
    at = end;
  }
  return open.empty() ? "" : absl::StrCat("never closed: ", open.back());
}

// The pictures of all data: URIs, in order.
std::vector<Image> Pictures(const std::string& page) {
  std::vector<Image> pictures;
  const std::string prefix = "src=\"data:image/png;base64,";
  for (size_t at = page.find(prefix); at != page.npos; at = page.find(prefix, at)) {
    at += prefix.size();
    std::string png;
    EXPECT_TRUE(absl::Base64Unescape(page.substr(at, page.find('"', at) - at), &png));
    absl::StatusOr<Image> image = DecodeImage(png, 1);
    EXPECT_TRUE(image.ok()) << image.status();
    if (image.ok()) pictures.push_back(*image);
  }
  return pictures;
}

TEST(HtmlPageTest, IsWellFormed) {
  Explanation failed{"<lost>", std::nullopt, absl::NotFoundError("no <such> & \"file\"")};
  EXPECT_EQ(XmlFault(Page({Example(0, 0), Example(1, std::nullopt), failed})), "");
  EXPECT_EQ(XmlFault(Page({})), "");
}

TEST(HtmlPageTest, HoldsEveryPictureWithItsExactPixels) {
  const std::vector<Image> pictures = Pictures(Page({Example(0, 0)}));
  ASSERT_EQ(pictures.size(), 4);
  const uint64_t indices[] = {50, 20, 21, 22};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(std::string(pictures[i].pixels.begin(), pictures[i].pixels.end()),
              FakeSample(indices[i]).content());
  }
}

TEST(HtmlPageTest, EscapesWhatComesFromOutside) {
  const std::string page = Page({Example(0, 0)});
  for (const char* raw : {"<img>", "<b>", "digits<script>", "fake<&>", "zero & none"}) {
    EXPECT_THAT(page, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(page, HasSubstr("&lt;img&gt;.png"));
  EXPECT_THAT(page, HasSubstr("fake&lt;&amp;&gt;&quot;&#39;#20"));
}

TEST(HtmlPageTest, FetchesNothing) {
  const std::string page = Page({Example(0, 0)});
  for (const char* reference : {"http://", "https://", "url(", "<link", "@import", "src=\"/"}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
}

TEST(HtmlPageTest, TellsTheModelsFigures) {
  const std::string page = Page({});
  for (const char* fact : {"version 3", "18,000", "99.12 %", "99.95 %", "2023-11-14 22:13 UTC"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
}

TEST(HtmlPageTest, CountsAndMarksTheWrong) {
  const std::string page = Page({Example(0, 0), Example(1, 0), Example(2, std::nullopt)});
  EXPECT_THAT(page, HasSubstr("1 of 2 right"));
  EXPECT_THAT(page, HasSubstr("Wrong (1)"));
  EXPECT_THAT(page, HasSubstr("Low agreement (3)"));
  EXPECT_THAT(page, HasSubstr("<article class=\"card wrong\" data-wrong=\"1\" data-low=\"1\">"));
  EXPECT_THAT(page, HasSubstr("true label: zero &amp; none"));
}

TEST(HtmlPageTest, GivesEveryPictureAnAlternativeText) {
  const std::string page = Page({Example(0, 0)});
  EXPECT_THAT(page, HasSubstr("alt=\"exemplar 1: training sample 20, class &lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("alt=\"input &lt;img&gt;.png\""));
}

TEST(HtmlPageTest, SaysWhyAnExemplarIsMissing) {
  Explanation explanation = Example(0, 0);
  v1::Exemplar& exemplar = *explanation.response->mutable_provenance(0);
  exemplar.clear_sample();
  exemplar.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kDataLoss));
  exemplar.mutable_error()->set_message("checksum <differs>");
  EXPECT_THAT(HtmlCard(explanation, {}), HasSubstr("damaged: checksum &lt;differs&gt;"));
}

TEST(HtmlPageTest, MarksNoLabelThatWasHeldBack) {
  Explanation explanation = Example(7, std::nullopt);
  EXPECT_THAT(HtmlCard(explanation, {}), HasSubstr("class=\"other\""));
  explanation.response->set_disclosure(v1::DISCLOSURE_INDICES);
  EXPECT_THAT(HtmlCard(explanation, {}), Not(HasSubstr("class=\"other\"")));
}

}  // namespace
}  // namespace provnet
