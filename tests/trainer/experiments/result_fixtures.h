#ifndef PROVNET_TESTS_TRAINER_EXPERIMENTS_RESULT_FIXTURES_H_
#define PROVNET_TESTS_TRAINER_EXPERIMENTS_RESULT_FIXTURES_H_

#include "trainer/experiments/result_record.h"

namespace provnet {

// A result with one of everything, and with characters that a careless writer would trip over.
inline ResultRecord SmallRecord() {
  ResultRecord record;
  record.experiment = "heads";
  record.summary = "compares <heads> & more";
  record.options.dataset = "glyphs:600";
  record.options.seed = 18446744073709551615U;
  record.result.metrics = {{"embedding/30/index_top1", 0.125}};
  record.result.tables = {{.title = "Heads",
                           .columns = {"head", "accuracy"},
                           .rows = {{"<embedding>", "98.5 %"}},
                           .note = "A note & more"}};
  record.result.plots = {
      {.title = "It's a 'plot'; set output `x` <svg>",
       .x_label = "samples",
       .y_label = "%",
       .log_x = true,
       .series = {{.name = "first_one",
                   .x = {1, 10, 100},
                   .y = {0.5, 0.7, 0.9},
                   .y_error = {0.1, 0.1, 0.2}},
                  {.name = "other", .x = {1, 100}, .y = {0, 1}, .y_error = {}}}}};
  record.result.verdict = "It works";
  record.result.notes = {"What was done"};
  record.machine = {.cpu = "A CPU",
                    .cores = 2,
                    .memory_bytes = uint64_t{24} << 30,
                    .system = "Linux 6",
                    .compiler = "12.2",
                    .libraries = {{"LibTorch", "1.13.0"}}};
  record.date = absl::FromUnixSeconds(1700000000);
  record.command = "provnet-train experiment heads --dataset=glyphs:600";
  return record;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_EXPERIMENTS_RESULT_FIXTURES_H_
