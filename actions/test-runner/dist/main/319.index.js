const A=319,N=[319],O={97319:((I,h,d)=>{d.d(h,{pageOf:()=>$});var m=d(82864);const g=1/400;function w({files:e,failures:t,others:n}){const r=Map.groupBy([...t,...n],m.W7),i=[...e].map(([o,{durationMs:l,failed:S}])=>({path:k(o),flame:{name:o,ms:l,red:S>0,children:(r.get(o)??[]).map(v)}})),s=i.reduce((o,{flame:l})=>o+l.ms,0),a=c("all tests",i,0);return f({...a,children:a.children.map(u)},s*g)}const b=12;function k(e){const t=e.split("/").filter(Boolean),n=t.slice(0,-1).slice(0,b);return[...n,t.slice(n.length).join("/")]}function v(e){return{name:e.name,ms:e.durationMs,red:(0,m.iI)(e.status),children:[]}}function c(e,t,n){const r=t.filter(({path:a})=>a.length===n+1),i=t.filter(({path:a})=>a.length>n+1),s=Map.groupBy(i,({path:a})=>a[n]??"");return p(e,[...r.map(({path:a,flame:o})=>({...o,name:a[n]??""})),...[...s].map(([a,o])=>c(a,o,n+1))])}function p(e,t){return{name:e,ms:t.reduce((n,{ms:r})=>n+r,0),red:t.some(({red:n})=>n),folder:!0,children:t}}function u(e){if(!e.folder)return e;const t=e.children.map(u),[n]=t;return t.length===1&&n!==void 0?{...n,name:`${e.name}/${n.name}`}:{...e,children:t}}function f(e,t){const n=e.children.toSorted((a,o)=>o.ms-a.ms),r=n.filter(({ms:a})=>a>0&&a>=t),i=n.slice(r.length).filter(({ms:a})=>a>0),s=i.length===0?[]:[{...p(`${i.length} more`,i),children:[]}];return{...e,children:[...r.map(a=>f(a,t)),...s]}}const x=`
function flame(whole) {
  const path = [whole];
  const draw = () => {
    const root = path.at(-1); const parts = []; let deepest = 0;
    const place = (node, from, depth) => {
      const width = node.ms / root.ms; deepest = Math.max(deepest, depth);
      const part = make('button', node.red ? 'flame bad' : 'flame', node.name);
      part.type = 'button'; part.title = node.name + ', ' + time(node.ms) + ', ' + (100 * node.ms / whole.ms).toFixed(1) + ' % of all';
      part.style.left = 100 * from + '%'; part.style.width = 100 * width + '%'; part.style.top = 1.5 * depth + 'rem';
      part.onclick = () => { if (node !== root) path.push(node); else if (path.length > 1) path.pop(); draw(); };
      parts.push(part);
      for (const child of node.children) { if (child.ms / root.ms < 0.001) break; place(child, from, depth + 1); from += child.ms / root.ms; }
    };
    place(root, 0, 0);
    $('flame').replaceChildren(...parts); $('flame').style.height = 1.5 * (deepest + 1) + 'rem';
    $('flame-at').textContent = path.length === 1 ? 'A click on a part makes it the whole.' : path.map((node) => node.name).join(' \\u203a ') + ': ' + time(root.ms) + '. A click on the top goes back.';
  };
  if (whole.ms > 0) draw(); else $('flame-at').textContent = 'No test took any time.';
}
flame(data.flame);
`,y=`
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
`,M=`
:root { color-scheme: light dark; --line: #8884; --red: #d1242f; --green: #1a7f37; --amber: #bf8700; --soft: #8882; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
nav { position: sticky; top: 0; background: Canvas; padding: .6rem 0; border-bottom: 1px solid var(--line); display: flex; gap: .6rem; flex-wrap: wrap; align-items: center; }
#search { flex: 1 1 16rem; padding: .4rem .6rem; font: inherit; }
button { font: inherit; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 1rem; background: transparent; color: inherit; cursor: pointer; }
button[aria-pressed=true] { background: var(--soft); border-color: currentColor; }
details.test { border-bottom: 1px solid var(--line); padding: .35rem 0; } details.test summary { cursor: pointer; overflow-wrap: anywhere; }
.mark { display: inline-block; min-width: 6.2rem; font-weight: 600; } .failed, .errored { color: var(--red); } .passed { color: var(--green); } .flaky, .quarantined { color: var(--amber); }
.place, .ms, .note { opacity: .7; margin-left: .6rem; font-size: .9em; }
pre { background: var(--soft); padding: .7rem; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.row { display: grid; grid-template-columns: minmax(8rem, 24rem) 1fr 7rem; gap: .6rem; align-items: center; margin: .15rem 0; } .row span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { position: relative; height: .9rem; background: var(--soft); } .bar { position: absolute; top: 0; bottom: 0; min-width: 2px; background: var(--green); } .bar.bad { background: var(--red); }
#flame { position: relative; } .flame { position: absolute; height: 1.4rem; padding: 0 .3rem; border: 1px solid Canvas; border-radius: .2rem; background: color-mix(in srgb, var(--amber) 45%, Canvas); text-align: left; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: .8rem; min-width: 1px; } .flame.bad { background: color-mix(in srgb, var(--red) 45%, Canvas); }
svg { width: 100%; height: 4rem; overflow: visible; } polyline { fill: none; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
`;function $(e){const t=JSON.stringify(C(e)).replaceAll("<","\\u003c").replaceAll("\u2028","\\u2028").replaceAll("\u2029","\\u2029");return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test report</title>
<style>${M}</style>
</head>
<body>
<header><h1 id="title"></h1><p id="counts"></p><ul id="reasons"></ul></header>
<nav aria-label="Filter">
<input id="search" type="search" placeholder="Search tests, files, messages" aria-label="Search tests">
<span id="filters" role="group" aria-label="Status"></span>
<output id="shown"></output>
</nav>
<main>
<section id="tests" aria-label="Tests"></section>
<section><h2>Shards</h2><div id="shards"></div></section>
<section><h2>Where the time went</h2><div id="flame"></div><p id="flame-at"></p></section>
<section><h2>Slowest files</h2><div id="files"></div></section>
<section><h2>Earlier runs</h2><div id="past"></div></section>
</main>
<script type="application/json" id="data">${t}<\/script>
<script>${y}${x}<\/script>
</body>
</html>
`}function C(e){const{whole:t}=e,n=new Map([...e.red,...e.quarantined,...e.expired,...e.flaky].map(({test:s,note:a})=>[s,a])),r=new Set(e.quarantined.map(({test:s})=>s)),i=Math.min(...e.shards.map(({startedAt:s})=>s),t.startedAt||Number.POSITIVE_INFINITY);return{title:e.title,result:e.result,reasons:e.reasons,totals:t.results.totals,omitted:t.results.omitted,wallMs:t.wallMs,command:t.command,tests:[...t.results.failures,...t.results.others].map(s=>({...E(s),status:r.has(s)?"quarantined":s.flaky?"flaky":s.status,note:n.get(s)??"",url:s.failure?.location?e.sourceUrl(s.failure.location):""})),shards:e.shards.map(({shard:s,startedAt:a,wallMs:o,results:l})=>({name:s||"the run",from:a-i,wallMs:o,red:l.totals.failed+l.totals.errored,tests:l.totals.tests})),files:[...t.results.files].map(([s,a])=>({name:s,...a})).toSorted((s,a)=>a.durationMs-s.durationMs).slice(0,40),flame:w(t.results),past:e.past}}function E(e){const t=e.failure?.location;return{suite:e.suite,name:e.name,ms:Math.round(e.durationMs),place:t?`${t.file}:${t.line}`:e.file??"",message:e.failure?.message??e.reason??"",details:e.failure?.details??""}}})};export{A as id,N as ids,O as modules};
