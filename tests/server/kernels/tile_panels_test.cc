#include "server/kernels/tile_panels.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <tuple>
#include <vector>

#include "server/kernels/bf16_kernel.h"
#include "server/kernels/bf16_panels.h"

namespace provnet {
namespace {

// Queries, rows, tiles' widths a row. Around tiles of 16 queries and panels of 48 rows.
const std::tuple<int64_t, int64_t, int64_t> kSizes[] = {{1, 1, 1},   {1, 48, 2},  {15, 49, 1},
                                                        {16, 16, 3}, {17, 47, 2}, {31, 100, 1},
                                                        {64, 33, 5}, {70, 150, 4}};

class TilePanelsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!CpuHasTileKernels()) GTEST_SKIP() << "this processor has no AMX, or no permission for it";
  }

  // Numbers between -1 and 1 as bfloat16, two a word.
  std::vector<uint32_t> Bf16Words(int64_t count) {
    std::uniform_real_distribution<float> value(-1, 1);
    std::vector<uint32_t> words(static_cast<size_t>(count));
    for (uint32_t& word : words) word = Bf16Bits(value(random_)) | Bf16Bits(value(random_)) << 16;
    return words;
  }

  std::vector<uint32_t> Bytes(int64_t count) {
    std::vector<uint32_t> words(static_cast<size_t>(count));
    for (uint32_t& word : words) word = static_cast<uint32_t>(random_());
    return words;
  }

  static std::vector<uint32_t> Panels(const std::vector<uint32_t>& rows, int64_t count,
                                      int64_t words) {
    std::vector<uint32_t> panels(static_cast<size_t>(PanelCount(count) * kPanelRows * words));
    PackPanels(rows.data(), count, words, panels.data());
    return panels;
  }

  std::mt19937 random_{1};

 private:
  static uint32_t Bf16Bits(float value) {
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    return bits >> 16;
  }
};

double Bf16Value(uint32_t bits) {
  bits <<= 16;
  float value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

TEST_F(TilePanelsTest, Bf16EqualsTheProductInDoublePrecisionToRounding) {
  for (const auto& [b, m, tiles] : kSizes) {
    const int64_t words = tiles * kTileWords;
    const std::vector<uint32_t> queries = Bf16Words(b * words), rows = Bf16Words(m * words);
    const std::vector<uint32_t> panels = Panels(rows, m, words);
    // Wider than the product: what lies beyond is not written.
    const int64_t stride = m + 3;
    std::vector<float> out(static_cast<size_t>(b * stride), -7);
    MultiplyBf16Tiles({queries.data(), b, panels.data(), m, words}, out.data(), stride);
    for (int64_t i = 0; i < b; ++i) {
      for (int64_t j = 0; j < stride; ++j) {
        double expected = j < m ? 0 : -7;
        for (int64_t w = 0; w < words && j < m; ++w) {
          const uint32_t query = queries[static_cast<size_t>(i * words + w)];
          const uint32_t row = rows[static_cast<size_t>(j * words + w)];
          expected += Bf16Value(query & 0xFFFF) * Bf16Value(row & 0xFFFF) +
                      Bf16Value(query >> 16) * Bf16Value(row >> 16);
        }
        EXPECT_NEAR(out[static_cast<size_t>(i * stride + j)], expected, 1e-4)
            << "query " << i << " of " << b << ", row " << j << " of " << m;
      }
    }
  }
}

// So an answer doesn't depend on who else was in the batch.
TEST_F(TilePanelsTest, AQueryHasTheSameProductsInEveryBatch) {
  constexpr int64_t kQueries = 37, kRows = 61, kWords = 6 * kTileWords;
  const std::vector<uint32_t> queries = Bf16Words(kQueries * kWords);
  const std::vector<uint32_t> panels = Panels(Bf16Words(kRows * kWords), kRows, kWords);
  std::vector<float> together(kQueries * kRows), alone(kRows);
  MultiplyBf16Tiles({queries.data(), kQueries, panels.data(), kRows, kWords}, together.data(),
                    kRows);
  for (int64_t i = 0; i < kQueries; ++i) {
    MultiplyBf16Tiles({queries.data() + i * kWords, 1, panels.data(), kRows, kWords}, alone.data(),
                      kRows);
    EXPECT_EQ(std::memcmp(alone.data(), together.data() + i * kRows, sizeof(float) * kRows), 0)
        << i;
  }
}

TEST_F(TilePanelsTest, Int8EqualsTheVectorKernelExactly) {
  if (!CpuHasInt8Kernel()) GTEST_SKIP() << "no AVX512-VNNI";
  for (const auto& [b, m, tiles] : kSizes) {
    const int64_t words = tiles * kTileWords;
    const std::vector<uint32_t> queries = Bytes(b * words);
    const std::vector<uint32_t> panels = Panels(Bytes(m * words), m, words);
    std::vector<uint32_t> packed(queries.size());
    PackQueries(queries.data(), b, words, packed.data());
    const std::vector<Int8Query> noted_queries(static_cast<size_t>(b), {-0.5F, 0.25F});
    const std::vector<Int8Row> noted_rows(static_cast<size_t>(m), {0.125F, 12});
    std::vector<float> by_tiles(static_cast<size_t>(b * m)), by_vectors(by_tiles.size());
    MultiplyInt8Tiles({queries.data(), b, panels.data(), m, words}, noted_queries.data(),
                      noted_rows.data(), by_tiles.data(), m);
    MultiplyInt8Panels({packed.data(), b, panels.data(), m, words}, noted_queries.data(),
                       noted_rows.data(), by_vectors.data(), m);
    EXPECT_EQ(by_tiles, by_vectors) << b << " x " << m << " x " << words;
  }
}

// What computers without tiles serve with, on the same panels.
TEST_F(TilePanelsTest, TheVectorKernelAgrees) {
  if (!CpuHasBf16Kernel()) GTEST_SKIP() << "no AVX512-BF16";
  for (const auto& [b, m, tiles] : kSizes) {
    const int64_t words = tiles * kTileWords;
    const std::vector<uint32_t> queries = Bf16Words(b * words);
    const std::vector<uint32_t> panels = Panels(Bf16Words(m * words), m, words);
    std::vector<uint32_t> packed(queries.size());
    PackQueries(queries.data(), b, words, packed.data());
    std::vector<float> by_tiles(static_cast<size_t>(b * m)), by_vectors(by_tiles.size());
    MultiplyBf16Tiles({queries.data(), b, panels.data(), m, words}, by_tiles.data(), m);
    MultiplyBf16Panels({packed.data(), b, panels.data(), m, words}, by_vectors.data(), m);
    for (size_t i = 0; i < by_tiles.size(); ++i) EXPECT_NEAR(by_tiles[i], by_vectors[i], 1e-4) << i;
  }
}

}  // namespace
}  // namespace provnet
