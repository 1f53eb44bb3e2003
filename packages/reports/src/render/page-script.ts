/** The report page's script, as it runs in the browser. It makes elements and sets their text; it never parses markup. */
export const PAGE_SCRIPT = `
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const make = (tag, className, text) => { const e = document.createElement(tag); if (className) e.className = className; if (text !== undefined) e.textContent = text; return e; };
const time = (ms) => ms < 1000 ? Math.round(ms) + ' ms' : ms < 60000 ? (ms / 1000).toFixed(1) + ' s' : Math.floor(ms / 60000) + ' m ' + Math.round(ms % 60000 / 1000) + ' s';
document.title = data.title + ': ' + data.result;
$('title').textContent = data.title + ': ' + data.result;
const t = data.totals;
$('counts').textContent = t.tests + ' tests, ' + t.passed + ' passed, ' + (t.failed + t.errored) + ' red, ' + t.skipped + ' skipped, ' + t.flaky + ' flaky, in ' + time(data.wallMs);
for (const reason of data.reasons) $('reasons').append(make('li', '', reason));

const ORDER = ['failed', 'errored', 'quarantined', 'flaky', 'skipped', 'passed'];
const chosen = new Set();
for (const status of ORDER) {
  const count = data.tests.filter((test) => test.status === status).length;
  if (count === 0) continue;
  const button = make('button', status, status + ' ' + count);
  button.type = 'button'; button.dataset.status = status; button.setAttribute('aria-pressed', 'false');
  button.onclick = () => { chosen.has(status) ? chosen.delete(status) : chosen.add(status); button.setAttribute('aria-pressed', String(chosen.has(status))); show(); };
  $('filters').append(button);
}
data.tests.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
const LIMIT = 500;
function show() {
  const words = $('search').value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = data.tests.filter((test) => {
    if (chosen.size > 0 && !chosen.has(test.status)) return false;
    const text = (test.suite + ' ' + test.name + ' ' + test.place + ' ' + test.message).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  $('tests').replaceChildren(...found.slice(0, LIMIT).map(row));
  const left = data.omitted.failures + data.omitted.others;
  $('shown').textContent = Math.min(found.length, LIMIT) + ' of ' + found.length + ' shown' + (left > 0 ? ', ' + left + ' more only counted' : '');
}
function row(test) {
  const details = make('details', 'test');
  const summary = make('summary');
  summary.append(make('span', 'mark ' + test.status, test.status), make('span', '', (test.suite ? test.suite + ' \\u203a ' : '') + test.name), make('span', 'ms', time(test.ms)));
  if (test.note) summary.append(make('span', 'note', test.note));
  details.append(summary);
  details.ontoggle = () => {
    if (details.childElementCount > 1) return;
    if (test.place) {
      const place = test.url && /^https?:/.test(test.url) ? Object.assign(make('a', 'place', test.place), { href: test.url }) : make('span', 'place', test.place);
      details.append(place);
    }
    for (const text of [test.message, test.details]) if (text) details.append(make('pre', '', text));
  };
  return details;
}
$('search').oninput = show;
show();

function bar(name, from, length, whole, text, bad) {
  const line = make('div', 'row'); const track = make('span', 'track'); const part = make('span', bad ? 'bar bad' : 'bar');
  part.style.left = 100 * from / whole + '%'; part.style.width = 100 * length / whole + '%';
  track.append(part); const label = make('span', '', name); label.title = name;
  line.append(label, track, make('span', '', text)); return line;
}
const end = Math.max(1, ...data.shards.map((s) => s.from + s.wallMs));
for (const s of data.shards) $('shards').append(bar(s.name + ', ' + s.tests + ' tests', s.from, s.wallMs, end, time(s.wallMs), s.red > 0));
const slowest = Math.max(1, ...data.files.map((f) => f.durationMs));
for (const f of data.files) $('files').append(bar(f.name, 0, f.durationMs, slowest, time(f.durationMs), f.failed > 0));
if (data.past.length > 1) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const top = Math.max(1, ...data.past.map((p) => p.wallMs));
  svg.setAttribute('viewBox', '0 0 ' + (data.past.length - 1) + ' 1'); svg.setAttribute('preserveAspectRatio', 'none');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', data.past.map((p, i) => i + ',' + (1 - p.wallMs / top)).join(' '));
  svg.append(line); $('past').append(svg, make('p', '', data.past.length + ' runs, the longest ' + time(top) + ', ' + data.past.filter((p) => p.red > 0).length + ' of them red'));
} else $('past').textContent = 'No earlier run is known yet.';
`;
