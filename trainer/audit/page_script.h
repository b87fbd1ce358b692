#ifndef PROVNET_TRAINER_AUDIT_PAGE_SCRIPT_H_
#define PROVNET_TRAINER_AUDIT_PAGE_SCRIPT_H_

namespace provnet {

// What makes the audit's page a tool: tabs, keys, decisions (kept in the browser under the bundle's
// digest) and their export. Reads the JSON in #audit: {"key", "classes"}. Texts only ever enter the
// page as text, never as HTML.
inline constexpr char kAuditScript[] = R"js(
'use strict';
const audit = JSON.parse(document.getElementById('audit').textContent);
const cards = [...document.querySelectorAll('.card')];
const byId = id => document.getElementById(id);
const storageKey = 'provnet-audit:' + audit.key;
let decisions = {}, current = null;
try { decisions = JSON.parse(localStorage.getItem(storageKey)) || {}; } catch (e) { decisions = {}; }

const keep = () => {
  try { localStorage.setItem(storageKey, JSON.stringify(decisions)); byId('unsaved').hidden = true; }
  catch (e) { byId('unsaved').hidden = false; }
};
const shown = () => cards.filter(card => !card.hidden);

const draw = card => {
  const decision = decisions[card.dataset.index];
  card.dataset.decision = decision ? decision.decision : '';
  for (const button of card.querySelectorAll('.decide button'))
    button.setAttribute('aria-pressed', String(Boolean(decision) && button.className === decision.decision));
  const select = card.querySelector('select');
  select.value = decision && decision.decision === 'wrong' ? decision.label : card.dataset.suggested;
};
const count = () => {
  const done = cards.filter(card => decisions[card.dataset.index]).length;
  byId('progress').value = done;
  byId('count').textContent = done + ' of ' + cards.length + ' judged';
};
const filter = () => {
  const label = byId('by-class').value, state = byId('by-state').value;
  for (const card of cards) {
    const judged = decisions[card.dataset.index];
    const fitsState = state === 'all' || (state === 'open' ? !judged : Boolean(judged) && judged.decision === state);
    card.hidden = (label !== 'all' && card.dataset.label !== label) || !fitsState;
  }
  byId('none').hidden = shown().length > 0;
};
const focusOn = card => {
  if (current) current.classList.remove('current');
  current = card;
  if (!card) return;
  card.classList.add('current');
  card.focus({preventScroll: true});
  card.scrollIntoView({block: 'nearest'});
};
const move = step => {
  const list = shown(), at = list.indexOf(current);
  if (list.length) focusOn(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))]);
};
const decide = (card, decision, label) => {
  const index = card.dataset.index;
  if (decision === null) delete decisions[index];
  else {
    decisions[index] = {index: Number(index), source_id: card.dataset.source, given: Number(card.dataset.label), decision};
    if (decision === 'wrong') decisions[index].label = Number(label ?? card.querySelector('select').value);
  }
  draw(card); keep(); count();
};
const save = (name, type, text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const sorted = () => Object.values(decisions).sort((a, b) => a.index - b.index);
const quoted = value => '"' + String(value).replace(/"/g, '""') + '"';

for (const card of cards) {
  const select = card.querySelector('select');
  audit.classes.forEach((name, id) => {
    const option = document.createElement('option');
    option.value = id;
    option.textContent = name;
    option.disabled = String(id) === card.dataset.label;
    select.append(option);
  });
  draw(card);
  card.addEventListener('click', event => {
    focusOn(card);
    const button = event.target.closest('.decide button');
    if (button) decide(card, card.dataset.decision === button.className ? null : button.className);
  });
  select.addEventListener('change', () => decide(card, 'wrong'));
}
for (const tab of document.querySelectorAll('[data-tab]')) tab.addEventListener('click', () => {
  for (const other of document.querySelectorAll('[data-tab]')) {
    other.setAttribute('aria-pressed', String(other === tab));
    byId(other.dataset.tab).hidden = other !== tab;
  }
  byId('tools').hidden = tab.dataset.tab !== 'labels';
});
byId('by-class').addEventListener('change', filter);
byId('by-state').addEventListener('change', filter);
byId('save-json').addEventListener('click', () => save('decisions.json', 'application/json',
  JSON.stringify({manifest_sha256: audit.key, classes: audit.classes, decisions: sorted()}, null, 1) + '\n'));
byId('save-csv').addEventListener('click', () => save('decisions.csv', 'text/csv',
  'index,source_id,given,decision,label\n' + sorted().map(d => [d.index, quoted(d.source_id),
    quoted(audit.classes[d.given]), d.decision, 'label' in d ? quoted(audit.classes[d.label]) : ''].join(',') + '\n').join('')));
byId('clear').addEventListener('click', () => {
  if (!confirm('Forget all decisions on this bundle?')) return;
  decisions = {};
  cards.forEach(draw); keep(); count(); filter();
});
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === 'SELECT' || byId('labels').hidden) return;
  const choice = {w: 'wrong', f: 'fine', u: 'unsure'}[event.key];
  if (event.key === 'j' || event.key === 'ArrowDown') move(1);
  else if (event.key === 'k' || event.key === 'ArrowUp') move(-1);
  else if (current && !current.hidden && choice) { decide(current, choice); move(1); }
  else if (current && !current.hidden && event.key === 'Backspace') decide(current, null);
  else if (current && !current.hidden && /^[0-9]$/.test(event.key) && Number(event.key) < audit.classes.length) {
    if (event.key === current.dataset.label) decide(current, 'fine');
    else decide(current, 'wrong', event.key);
    move(1);
  } else return;
  event.preventDefault();
});
count(); filter(); move(0);
window.scrollTo(0, 0);
)js";

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_PAGE_SCRIPT_H_
