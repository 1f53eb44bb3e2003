const O=319,T=[319],R={97319:((N,w,p)=>{p.d(w,{pageOf:()=>E});var c=p(82864);const b=1/400;function k({files:t,failures:e,others:n}){const o=[...t.values()].reduce((l,{durationMs:m})=>l+m,0)*b,s=l=>(t.get((0,c.uF)(l))?.durationMs??0)>=o,a=Map.groupBy([...e,...n].filter(s),c.uF),i=[...t].map(([l,{durationMs:m,failed:A}])=>({path:x(l),flame:{name:l,ms:m,red:A>0,children:(a.get(l)??[]).map(y)}})),d=u("all tests",i,0);return g({...d,children:d.children.map(h)},o)}const v=12;function x(t){const e=t.split("/").filter(Boolean),n=e.slice(0,-1).slice(0,v);return[...n,e.slice(n.length).join("/")]}function y(t){return{name:t.name,ms:t.durationMs,red:(0,c.iI)(t.status),children:[]}}function u(t,e,n){const r=e.filter(({path:a})=>a.length===n+1),o=e.filter(({path:a})=>a.length>n+1),s=Map.groupBy(o,({path:a})=>a[n]??"");return f(t,[...r.map(({path:a,flame:i})=>({...i,name:a[n]??""})),...[...s].map(([a,i])=>u(a,i,n+1))])}function f(t,e){return{name:t,ms:e.reduce((n,{ms:r})=>n+r,0),red:e.some(({red:n})=>n),folder:!0,children:e}}function h(t){if(!t.folder)return t;const e=t.children.map(h),[n]=e;return e.length===1&&n!==void 0?{...n,name:`${t.name}/${n.name}`}:{...t,children:e}}function g(t,e){const n=t.children.toSorted((a,i)=>i.ms-a.ms),r=n.filter(({ms:a})=>a>0&&a>=e),o=n.slice(r.length).filter(({ms:a})=>a>0),s=o.length===0?[]:[{...f(`${o.length} more`,o),children:[]}];return{...t,children:[...r.map(a=>g(a,e)),...s]}}const M=`
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
`,$=`
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
`,C=`
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
`;function E(t){const e=JSON.stringify(S(t)).replaceAll("<","\\u003c").replaceAll("\u2028","\\u2028").replaceAll("\u2029","\\u2029");return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test report</title>
<style>${C}</style>
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
<script type="application/json" id="data">${e}<\/script>
<script>${$}${M}<\/script>
</body>
</html>
`}function S(t){const{whole:e}=t,n=new Map([...t.red,...t.quarantined,...t.expired,...t.flaky].map(({test:s,note:a})=>[s,a])),r=new Set(t.quarantined.map(({test:s})=>s)),o=Math.min(...t.shards.map(({startedAt:s})=>s),e.startedAt||Number.POSITIVE_INFINITY);return{title:t.title,result:t.result,reasons:t.reasons,totals:e.results.totals,omitted:e.results.omitted,wallMs:e.wallMs,command:e.command,tests:[...e.results.failures,...e.results.others].map(s=>({...I(s),status:r.has(s)?"quarantined":s.flaky?"flaky":s.status,note:n.get(s)??"",url:s.failure?.location?t.sourceUrl(s.failure.location):""})),shards:t.shards.map(({shard:s,startedAt:a,wallMs:i,results:d})=>({name:s||"the run",from:a-o,wallMs:i,red:d.totals.failed+d.totals.errored,tests:d.totals.tests})),files:[...e.results.files].map(([s,a])=>({name:s,...a})).toSorted((s,a)=>a.durationMs-s.durationMs).slice(0,40),flame:k(e.results),past:t.past}}function I(t){const e=t.failure?.location;return{suite:t.suite,name:t.name,ms:Math.round(t.durationMs),place:e?`${e.file}:${e.line}`:t.file??"",message:t.failure?.message??t.reason??"",details:t.failure?.details??""}}})};export{O as id,T as ids,R as modules};
