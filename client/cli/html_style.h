#ifndef PROVNET_CLIENT_CLI_HTML_STYLE_H_
#define PROVNET_CLIENT_CLI_HTML_STYLE_H_

namespace provnet {

// The page's style sheet. Colours are variables, so that dark differs in them alone.
inline constexpr char kHtmlStyle[] = R"css(
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #16191f; --soft: #5c6573; --line: #e1e5eb;
  --accent: #2f6bff; --track: #e6eaf1; --good: #0c7a43; --good-back: #e2f5ea; --bad: #b3261e; --bad-back: #fde8e6;
  --warn: #8a5a00; --warn-back: #fdf1d8; --picture: #0b0d11; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1216; --card: #181c22; --ink: #eceff4; --soft: #98a2b3; --line: #2a303a; --accent: #7aa2ff;
    --track: #2a313c; --good: #6fd39b; --good-back: #12301f; --bad: #ff9b92; --bad-back: #3a1a18; --warn: #f0c674;
    --warn-back: #352a12; --picture: #000; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h1 small { color: var(--soft); font-weight: 400; font-size: 1rem; letter-spacing: 0; }
.lead { margin: .4rem 0 1.25rem; color: var(--soft); max-width: 46rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0 0 1.25rem; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .7rem .9rem; }
.tiles dt { color: var(--soft); font-size: .8rem; }
.tiles dd { margin: 0; font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }
nav { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-bottom: 1rem; }
nav button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 99rem;
  padding: .35rem .9rem; cursor: pointer; }
nav button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--card); }
nav button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav button:disabled { opacity: .5; cursor: default; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.1rem; margin: 0 0 1rem;
  display: grid; grid-template-columns: 22rem minmax(0, 1fr); gap: 1.5rem; }
.card.wrong { border-left: .35rem solid var(--bad); }
.card.failed { display: block; border-left: .35rem solid var(--bad); }
.input { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 1.1rem; align-content: start; }
h2 { margin: 0 0 .4rem; font-size: .85rem; font-weight: 500; color: var(--soft); overflow-wrap: anywhere; }
img, .nopicture { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--picture);
  border-radius: .5rem; image-rendering: pixelated; }
.nopicture { display: grid; place-content: center; padding: .5rem; color: #cdd3dc; font-size: .7rem; overflow: hidden; }
p { margin: 0; }
.class { display: flex; align-items: baseline; gap: .45rem; }
.class strong { font-size: 1.05rem; overflow-wrap: anywhere; }
.input .class { flex-wrap: wrap; }
.input .class .k { flex-basis: 100%; color: var(--soft); font-size: .8rem; }
.input .class strong { font-size: 2rem; line-height: 1.1; }
.share { margin-left: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
.rank { color: var(--soft); font-size: .8rem; }
.rank::after { content: "."; }
.bar { display: block; height: .35rem; margin: .3rem 0 .45rem; border-radius: 1rem; background: var(--track); overflow: hidden; }
.bar span { display: block; height: 100%; border-radius: 1rem; background: var(--accent); }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; }
.chip { display: inline-block; border-radius: 99rem; padding: .1rem .6rem; font-size: .8rem; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.plain { color: var(--soft); background: var(--track); }
.exemplars { list-style: none; margin: 0; padding: 0; display: grid; gap: .9rem;
  grid-template-columns: repeat(auto-fit, minmax(6.6rem, 1fr)); }
.exemplars li { max-width: 10rem; }
.exemplars img, .exemplars .nopicture { margin-bottom: .35rem; }
.other .class strong { color: var(--warn); text-decoration: underline wavy; text-underline-offset: .2em; }
.source { color: var(--soft); font-size: .75rem; }
.source span { overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .85rem; padding-bottom: 2.5rem; }
.wrong-only .card:not([data-wrong]), .low-only .card:not([data-low]) { display: none; }
@media (max-width: 60rem) { .card { grid-template-columns: 1fr; } }
@media (max-width: 30rem) { .input { grid-template-columns: 6rem minmax(0, 1fr); } .card { padding: .85rem; }
  .exemplars { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
)css";

// Shows all cards, the wrong ones, or those of low agreement.
inline constexpr char kHtmlScript[] = R"js(
const buttons = document.querySelectorAll('nav button');
for (const button of buttons) button.addEventListener('click', () => {
  document.querySelector('main').className = button.dataset.show;
  for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
});
)js";

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_HTML_STYLE_H_
