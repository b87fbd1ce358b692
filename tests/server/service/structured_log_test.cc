#include "server/service/structured_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace provnet {
namespace {

using testing::HasSubstr;

TEST(StructuredLogTest, WritesOneJsonObjectALine) {
  std::ostringstream stream;
  const auto log = StructuredLog::ToStream(stream, LogFormat::kJson, LogLevel::kInfo);
  log.Write(LogLevel::kInfo, "model loaded", {{"model", "digits"}, {"version", 7}});
  const nlohmann::json line = nlohmann::json::parse(stream.str());
  EXPECT_EQ(line["event"], "model loaded");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["model"], "digits");
  EXPECT_EQ(line["version"], 7);
  EXPECT_THAT(line["time"].get<std::string>(), testing::EndsWith("Z"));
}

TEST(StructuredLogTest, NoValueForgesALine) {
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
    std::ostringstream stream;
    const auto log = StructuredLog::ToStream(stream, format, LogLevel::kInfo);
    log.Write(LogLevel::kInfo, "request", {{"id", "a\n{\"level\":\"error\"}\" \x01\xff"}});
    const std::string text = stream.str();
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    EXPECT_EQ(text.find('\x01'), std::string::npos);
    EXPECT_THAT(text, HasSubstr("\\n{"));
  }
}

TEST(StructuredLogTest, TextIsForPeople) {
  std::ostringstream stream;
  const auto log = StructuredLog::ToStream(stream, LogFormat::kText, LogLevel::kInfo);
  log.Write(LogLevel::kWarning, "ready", {{"port", 8500}, {"host", "a b"}});
  EXPECT_THAT(stream.str(), HasSubstr(" warning ready port=8500 host=\"a b\"\n"));
}

TEST(StructuredLogTest, LeavesOutWhatIsBelowTheLevel) {
  std::ostringstream stream;
  const auto log = StructuredLog::ToStream(stream, LogFormat::kJson, LogLevel::kWarning);
  EXPECT_FALSE(log.Enabled(LogLevel::kInfo));
  EXPECT_TRUE(log.Enabled(LogLevel::kError));
  log.Write(LogLevel::kInfo, "not this", {});
  EXPECT_EQ(stream.str(), "");
}

TEST(StructuredLogTest, NamesAreParsed) {
  EXPECT_EQ(*ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(*ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(*ParseLogFormat("text"), LogFormat::kText);
  EXPECT_THAT(std::string(ParseLogLevel("loud").status().message()), HasSubstr("\"loud\""));
  EXPECT_THAT(std::string(ParseLogFormat("xml").status().message()), HasSubstr("\"xml\""));
}

}  // namespace
}  // namespace provnet
