#ifndef PROVNET_TRAINER_AUDIT_PAGE_STYLE_H_
#define PROVNET_TRAINER_AUDIT_PAGE_STYLE_H_

namespace provnet {

// The style sheet of the audit's page. Colours are variables, so that dark differs in them alone.
inline constexpr char kAuditStyle[] = R"css(
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #16191f; --soft: #5c6573; --line: #e1e5eb;
  --accent: #2557d6; --track: #e6eaf1; --good: #0c7a43; --good-back: #e2f5ea; --bad: #b3261e; --bad-back: #fde8e6;
  --warn: #8a5a00; --warn-back: #fdf1d8; --picture: #0b0d11; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1216; --card: #181c22; --ink: #eceff4; --soft: #98a2b3; --line: #2a303a; --accent: #8fb0ff;
    --track: #2a313c; --good: #6fd39b; --good-back: #12301f; --bad: #ff9b92; --bad-back: #3a1a18; --warn: #f0c674;
    --warn-back: #352a12; --picture: #000; --on-accent: #0f1216; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer, .bar-inner { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h1 small { color: var(--soft); font-weight: 400; font-size: 1rem; letter-spacing: 0; }
.keys { margin-top: .75rem; } h2 { font-size: 1.15rem; margin: 1.25rem 0 .4rem; }
p { margin: 0 0 .6rem; } .lead, .hint { color: var(--soft); max-width: 50rem; }
.warning { color: var(--warn); background: var(--warn-back); padding: .6rem .9rem; border-radius: .6rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .6rem .9rem; }
.tiles dt { color: var(--soft); font-size: .8rem; }
.tiles dd { margin: 0; font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }
button, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .3rem .7rem; cursor: pointer; min-height: 2.2rem; max-width: 100%; }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:focus-visible, select:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bar { position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid var(--line); padding: .5rem 0; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.row label { color: var(--soft); font-size: .85rem; display: inline-flex; align-items: center; gap: .35rem; }
.spacer { flex: 1; } .tools { margin-top: .5rem; }
progress { width: 8rem; height: .6rem; accent-color: var(--accent); } #count { font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--track); border-radius: 1rem;
  padding: 1rem; margin: 0 0 .9rem; display: grid; grid-template-columns: 9rem 19rem minmax(0, 1fr); gap: 1.1rem;
  scroll-margin-top: 8rem; }
.card:focus { outline: none; } .card.current { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
.card[data-decision="wrong"] { border-left-color: var(--bad); } .card[data-decision="fine"] { border-left-color: var(--good); }
.card[data-decision="unsure"] { border-left-color: var(--warn); } [hidden] { display: none !important; }
img, .nopicture { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--picture);
  border-radius: .5rem; image-rendering: pixelated; }
.labels { font-size: 1.35rem; font-weight: 650; overflow-wrap: anywhere; } .labels s { color: var(--bad); }
.labels span { color: var(--good); } .source { color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
.decide { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .6rem; }
.decide .wrong[aria-pressed="true"] { background: var(--bad); border-color: var(--bad); color: var(--card); }
.decide .fine[aria-pressed="true"] { background: var(--good); border-color: var(--good); color: var(--card); }
.decide .unsure[aria-pressed="true"] { background: var(--warn); border-color: var(--warn); color: var(--card); }
kbd { font: 600 .75rem ui-monospace, monospace; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .3rem;
  background: var(--track); color: var(--soft); }
.evidence, .pictures { list-style: none; margin: 0; padding: 0; display: grid; gap: .7rem;
  grid-template-columns: repeat(auto-fill, minmax(5rem, 1fr)); align-content: start; }
.evidence li, .pictures li { font-size: .75rem; color: var(--soft); text-align: center; overflow-wrap: anywhere; }
.evidence strong, .pictures strong { color: var(--ink); font-size: .95rem; }
.group { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: .8rem 1rem; margin-bottom: .8rem; }
.group.conflict { border-left: .35rem solid var(--bad); } .group > p { margin-bottom: .5rem; }
.chip { display: inline-block; border-radius: 99rem; padding: .05rem .6rem; font-size: .8rem; color: var(--bad); background: var(--bad-back); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; background: var(--card); }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: right; } th { color: var(--soft); font-weight: 500; }
td.some { background: var(--bad-back); color: var(--bad); font-weight: 650; } td.own { color: var(--soft); }
footer { color: var(--soft); font-size: .85rem; padding-top: 1rem; padding-bottom: 2.5rem; }
@media (max-width: 56rem) { .card { grid-template-columns: 7rem minmax(0, 1fr); } .card .against { grid-column: 1 / -1; } }
@media (max-width: 30rem) { .card { padding: .8rem; gap: .8rem; } header, main, footer, .bar-inner { padding-left: .8rem; padding-right: .8rem; }
  .bar { position: static; } .evidence, .pictures { grid-template-columns: repeat(auto-fill, minmax(4rem, 1fr)); } }
)css";

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_PAGE_STYLE_H_
