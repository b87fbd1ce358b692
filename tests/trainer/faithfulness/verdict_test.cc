#include "trainer/faithfulness/verdict.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

StudyResult Found(const Interval& over_neighbours, const Interval& over_tracin) {
  StudyResult result;
  result.ceiling.best_score = 0.6;
  result.methods = {{"knn-features", MethodRole::kReference, {}, {0.5, 0.4, 0.6}},
                    {"head-embedding", MethodRole::kHead, {}, {0.1, 0.05, 0.15}},
                    {"sketch-256", MethodRole::kOnePass, {}, {0.3, 0.25, 0.35}}};
  result.best = BestMethod(result.methods, IsOnePass);
  result.leads = {{"knn-features", over_neighbours}, {"last-layer-tracin", over_tracin}};
  return result;
}

TEST(BestMethod, LooksOnlyAtWhatIsAccepted) {
  const StudyResult result = Found({}, {});
  EXPECT_EQ(result.best, 2U);
  EXPECT_EQ(BestMethod(result.methods, [](const MethodScore&) { return true; }), 0U);
  EXPECT_EQ(BestMethod(result.methods, [](const MethodScore&) { return false; }), 3U);
}

TEST(Verdict, RecommendsWhatLeadsOverEverything) {
  EXPECT_THAT(Verdict(Found({0.1, 0.05, 0.2}, {0.02, 0.01, 0.03})),
              AllOf(HasSubstr("Of 2 methods"), HasSubstr("sketch-256 foretells retraining best"),
                    HasSubstr("0.300 (0.250 to 0.350)"), HasSubstr("0.600"),
                    HasSubstr("leads over knn-features by 0.100 (0.050 to 0.200) and "
                              "last-layer-tracin by 0.020 (0.010 to 0.030)"),
                    HasSubstr("sketch-256 is the one to turn into a head")));
}

TEST(Verdict, DoesNotTurnAHeadIntoAHead) {
  StudyResult result = Found({0.1, 0.05, 0.2}, {0.02, 0.01, 0.03});
  result.best = 1;
  EXPECT_THAT(Verdict(result), HasSubstr("head-embedding, a head already, is the one to keep"));
  result.leads[0].difference.low = -0.1;
  EXPECT_THAT(Verdict(result), HasSubstr("don't speak for that head"));
}

TEST(Verdict, SaysWhatItIsNotSeparatedFrom) {
  EXPECT_THAT(
      Verdict(Found({0.1, 0.05, 0.2}, {0.02, -0.01, 0.03})),
      AllOf(HasSubstr("leads over knn-features"),
            HasSubstr("is not separated from last-layer-tracin"),
            HasSubstr("no reason to turn it into a head"), Not(HasSubstr("is the one to turn"))));
}

TEST(Verdict, SaysWhatItStaysBehind) {
  EXPECT_THAT(
      Verdict(Found({-0.1, -0.2, -0.05}, {0.02, 0.01, 0.03})),
      AllOf(HasSubstr("stays behind knn-features"), HasSubstr("no reason to turn it into a head")));
}

}  // namespace
}  // namespace provnet
