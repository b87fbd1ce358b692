#include "trainer/data/idx_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/temp_dir.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/idx_reader.h"

namespace provnet {
namespace {

TEST(IdxWriterTest, WhatIsWrittenReadsBackTheSame) {
  const TempDir folder;
  const DatasetPair glyphs = MakeGlyphs(100, 3);
  ASSERT_TRUE(WriteIdx(glyphs, folder / "new/deep").ok());
  const auto read = ReadIdx(folder / "new/deep");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->train.pixels, glyphs.train.pixels);
  EXPECT_EQ(read->train.labels, glyphs.train.labels);
  EXPECT_EQ(read->test.pixels, glyphs.test.pixels);
  EXPECT_EQ(read->test.labels, glyphs.test.labels);
}

TEST(IdxWriterTest, RefusesWhatTheFormatCannotHold) {
  const TempDir folder;
  DatasetPair colour = MakeGlyphs(100, 3);
  colour.test.channels = 3;
  EXPECT_EQ(WriteIdx(colour, folder.path()).code(), absl::StatusCode::kInvalidArgument);
  DatasetPair many = MakeGlyphs(100, 3);
  many.train.labels[7] = 256;
  const absl::Status status = WriteIdx(many, folder.path());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("256"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace provnet
