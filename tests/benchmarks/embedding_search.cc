// Searches for the ten largest inner products among N generated unit vectors of 128 numbers:
// exactly, through our cells, and through two baselines: the inverted lists of FAISS, which divide
// the space as our cells do, and a graph (hnswlib). Prints JSON.
//
//   provnet-embedding-search [--rows=10000,100000,1000000] [--seconds=1] [--faiss] [--graph]
//
// The vectors lie as an embedding network's do: in clusters, 256 to each on average, at an angle of
// some 40 degrees around directions that are themselves gathered in ten classes. Queries are drawn
// alike. --graph also builds the graph, which takes minutes at a million.
#include <ATen/Parallel.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <hnswlib/hnswlib.h>
#include <torch/torch.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"
#include "server/attribution/cell_search.h"
#include "server/attribution/column_ranking.h"
#include "server/model/library_environment.h"
#include "trainer/search/cell_builder.h"

ABSL_FLAG(std::vector<std::string>, rows, (std::vector<std::string>{"10000", "100000", "1000000"}),
          "numbers of vectors");
ABSL_FLAG(double, seconds, 1, "time of each measurement");
ABSL_FLAG(bool, faiss, false, "also search inverted lists of FAISS");
ABSL_FLAG(bool, graph, false, "also search a graph of hnswlib");

namespace provnet {
namespace {

constexpr int64_t kDim = 128;
constexpr int64_t kQueries = 1000;
constexpr uint32_t kTopK = 10;
constexpr float kScale = 10;
// What both baselines are set to reach.
constexpr double kRecall = 0.99;
// As in our cells.
constexpr int64_t kRowsPerList = 256;

using Json = nlohmann::ordered_json;
using Results = std::vector<std::set<uint64_t>>;

at::Tensor Unit(const at::Tensor& rows) { return rows / rows.norm(2, 1, true); }

// `count` vectors around the directions.
at::Tensor Vectors(const at::Tensor& directions, int64_t count) {
  const at::Tensor near =
      directions.index_select(0, at::randint(directions.size(0), {count}, at::kLong));
  constexpr double kSpread = 0.85;
  return Unit(near + Unit(at::randn({count, kDim})) * kSpread);
}

at::Tensor Directions(int64_t rows) {
  const at::Tensor classes = Unit(at::randn({10, kDim}));
  const int64_t clusters = std::max<int64_t>(rows / 256, 10);
  return Unit(classes.repeat({clusters / 10, 1}) + Unit(at::randn({clusters / 10 * 10, kDim})));
}

// Median of the seconds that `search` takes for each of the blocks of `batch` queries, over and
// over.
template <typename Search>
double MedianSeconds(const at::Tensor& queries, int64_t batch, const Search& search) {
  std::vector<double> seconds;
  const absl::Time end = absl::Now() + absl::Seconds(absl::GetFlag(FLAGS_seconds));
  for (int64_t first = 0; absl::Now() < end || seconds.size() < 3; first += batch) {
    const at::Tensor block = queries.narrow(0, first % (queries.size(0) - batch + 1), batch);
    const absl::Time start = absl::Now();
    search(block);
    seconds.push_back(absl::ToDoubleSeconds(absl::Now() - start));
  }
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<int64_t>(seconds.size() / 2),
                   seconds.end());
  return seconds[seconds.size() / 2];
}

template <typename Search>
Json Timed(const at::Tensor& queries, const Search& search) {
  return {{"seconds_per_query_batch_1", MedianSeconds(queries, 1, search)},
          {"seconds_per_query_batch_32", MedianSeconds(queries, 32, search) / 32}};
}

double Recall(const Results& found, const Results& exact) {
  double hits = 0;
  for (size_t q = 0; q < exact.size(); ++q) {
    for (const uint64_t sample : found[q]) hits += exact[q].count(sample) > 0 ? 1 : 0;
  }
  return hits / static_cast<double>(exact.size() * kTopK);
}

Results ToResults(const std::vector<FoundSamples>& found) {
  Results results;
  for (const FoundSamples& row : found) {
    for (std::set<uint64_t>& samples = results.emplace_back();
         const ScoredColumn& column : row.best) {
      samples.insert(column.column);
    }
  }
  return results;
}

std::vector<std::vector<ScoredColumn>> TopRows(const at::Tensor& logits) {
  std::vector<std::vector<ScoredColumn>> best;
  for (int64_t b = 0; b < logits.size(0); ++b) {
    best.push_back(
        TopK({logits.data_ptr<float>() + b * logits.size(1), static_cast<size_t>(logits.size(1))},
             kTopK));
  }
  return best;
}

Results ExactResults(const at::Tensor& rows, const at::Tensor& queries) {
  Results results;
  for (int64_t first = 0; first < queries.size(0); first += 50) {
    for (const auto& best : TopRows(at::mm(queries.narrow(0, first, 50), rows.t()))) {
      std::set<uint64_t>& samples = results.emplace_back();
      for (const ScoredColumn& column : best) samples.insert(column.column);
    }
  }
  return results;
}

Precision Best() {
  return RowMatrix::HasBFloat16(c10::kCPU) ? Precision::kBFloat16 : Precision::kFloat32;
}

Json MeasureExact(const at::Tensor& rows, const at::Tensor& queries) {
  const auto matrix = PackRows(rows, Best(), c10::kCPU);
  const int64_t count = rows.size(0);
  return Timed(queries, [&](const at::Tensor& block) {
    const auto batch = static_cast<size_t>(block.size(0));
    ColumnRanking ranking(std::vector<uint64_t>(batch, static_cast<uint64_t>(count)),
                          std::vector<uint32_t>(batch, kTopK));
    matrix->VisitInnerProducts(block, count, [&](int64_t first, const at::Tensor& products) {
      ranking.Add(first, products);
    });
    ranking.Finish();
  });
}

Json MeasureCells(const at::Tensor& rows, const at::Tensor& queries, const Results& exact) {
  const absl::Time start = absl::Now();
  torch::manual_seed(3);
  const auto built = BuildCells(rows, queries.narrow(0, 0, kQueries / 2), kScale, 1);
  if (!built.ok() || !built->has_value()) return {{"error", "no cells reach the recall"}};
  const double build_seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const CellSearch search(rows, (*built)->cells, (*built)->probes, Best(), kScale);
  const auto find = [&](const at::Tensor& block) {
    return search.Search(block, std::vector<uint32_t>(static_cast<size_t>(block.size(0)), kTopK));
  };
  Json json = Timed(queries, find);
  json["recall_at_10"] = Recall(ToResults(find(queries)), exact);
  json["score_error"] = (*built)->score_error;
  json["cells"] = (*built)->cells.centroids.size(0);
  json["probes"] = (*built)->probes;
  json["build_seconds"] = build_seconds;
  json["bytes_beside_the_rows"] = (*built)->cells.centroids.numel() * 4 +
                                  static_cast<int64_t>((*built)->cells.cell_of.size()) * 4;
  return json;
}

// As many lists as our cells at this size, and the fewest of them read with which they reach the
// recall. What FAISS reports is the neighbours and their inner products: no softmax denominator.
Json MeasureFaiss(const at::Tensor& rows, const at::Tensor& queries, const Results& exact) {
  const absl::Time start = absl::Now();
  const int64_t count = rows.size(0);
  const int64_t lists = std::max<int64_t>(1, count / kRowsPerList);
  faiss::IndexFlatIP centroids(kDim);
  faiss::IndexIVFFlat index(&centroids, kDim, static_cast<size_t>(lists),
                            faiss::METRIC_INNER_PRODUCT);
  index.train(count, rows.data_ptr<float>());
  index.add(count, rows.data_ptr<float>());
  const double build_seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const auto find = [&](const at::Tensor& block) {
    const int64_t batch = block.size(0);
    std::vector<float> products(static_cast<size_t>(batch * kTopK));
    std::vector<int64_t> columns(products.size());
    index.search(batch, block.data_ptr<float>(), kTopK, products.data(), columns.data());
    Results results;
    for (auto first = columns.begin(); first != columns.end(); first += kTopK) {
      results.emplace_back(first, first + kTopK);
    }
    return results;
  };
  for (size_t probes = 1; probes <= index.nlist; ++probes) {
    index.nprobe = probes;
    const double recall = Recall(find(queries), exact);
    if (recall < kRecall) continue;
    Json json = Timed(queries, find);
    json["recall_at_10"] = recall;
    json["lists"] = lists;
    json["probes"] = probes;
    json["build_seconds"] = build_seconds;
    return json;
  }
  return {{"error", "the inverted lists do not reach the recall"}};
}

// The least `ef` with which the graph reaches the recall.
Json MeasureGraph(const at::Tensor& rows, const at::Tensor& queries, const Results& exact) {
  const absl::Time start = absl::Now();
  const auto count = static_cast<size_t>(rows.size(0));
  hnswlib::InnerProductSpace space(kDim);
  hnswlib::HierarchicalNSW<float> graph(&space, count, /*M=*/16, /*ef_construction=*/200);
  const float* values = rows.data_ptr<float>();
  graph.addPoint(values, 0);
  at::parallel_for(1, rows.size(0), 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) graph.addPoint(values + i * kDim, static_cast<size_t>(i));
  });
  const double build_seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const auto find = [&](const at::Tensor& block) {
    Results results;
    for (int64_t b = 0; b < block.size(0); ++b) {
      auto best = graph.searchKnn(block.data_ptr<float>() + b * kDim, kTopK);
      for (std::set<uint64_t>& samples = results.emplace_back(); !best.empty(); best.pop()) {
        samples.insert(best.top().second);
      }
    }
    return results;
  };
  for (size_t ef = 16; ef <= 4096; ef += ef / 2) {
    graph.setEf(ef);
    const double recall = Recall(find(queries), exact);
    if (recall < kRecall) continue;
    Json json = Timed(queries, find);
    json["recall_at_10"] = recall;
    json["ef"] = ef;
    json["build_seconds"] = build_seconds;
    return json;
  }
  return {{"error", "the graph does not reach the recall"}};
}

Json Measure(int64_t count) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(static_cast<uint64_t>(count));
  const at::Tensor directions = Directions(count);
  const at::Tensor rows = Vectors(directions, count), queries = Vectors(directions, kQueries);
  const Results exact = ExactResults(rows, queries);
  Json json{{"rows", count}, {"dim", kDim}, {"bytes", count * kDim * 4}};
  json["exact"] = MeasureExact(rows, queries);
  json["approximate"] = MeasureCells(rows, queries, exact);
  if (absl::GetFlag(FLAGS_faiss)) json["faiss"] = MeasureFaiss(rows, queries, exact);
  if (absl::GetFlag(FLAGS_graph)) json["graph"] = MeasureGraph(rows, queries, exact);
  return json;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  provnet::FitLibraryEnvironment(argv);
  absl::ParseCommandLine(argc, argv);
  nlohmann::ordered_json sizes = nlohmann::ordered_json::array();
  for (const std::string& rows : absl::GetFlag(FLAGS_rows)) {
    sizes.push_back(provnet::Measure(std::stoll(rows)));
    std::cerr << sizes.back().dump() << "\n";
  }
  std::cout << nlohmann::ordered_json{{"threads", at::get_num_threads()}, {"sizes", sizes}}.dump(1)
            << "\n";
}
