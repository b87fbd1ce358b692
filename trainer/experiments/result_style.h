#ifndef PROVNET_TRAINER_EXPERIMENTS_RESULT_STYLE_H_
#define PROVNET_TRAINER_EXPERIMENTS_RESULT_STYLE_H_

namespace provnet {

// The style sheet of a result page. Colours are variables, so that dark differs in them alone; a
// drawing's black takes the colour of text.
inline constexpr char kResultStyle[] = R"css(
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #16191f; --soft: #5c6573; --line: #e1e5eb; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1216; --card: #181c22; --ink: #eceff4; --soft: #98a2b3; --line: #2a303a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; }
h2 { margin: 0 0 .6rem; font-size: 1.05rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.soft, .note { color: var(--soft); }
.note { font-size: .85rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1.1rem; margin: 1rem 0;
  overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
td:not(:first-child), th:not(:first-child) { text-align: right; padding-left: .9rem; padding-right: 0; white-space: nowrap; }
.words td:not(:first-child), .words th:not(:first-child) { text-align: left; white-space: normal; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; max-width: 52rem; margin: 0 auto; }
svg [color="black"] { color: var(--ink); }
svg [fill="black"] { fill: var(--ink); }
)css";

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_RESULT_STYLE_H_
