/** The report page's style sheet: light and dark, readable in print. */
export const PAGE_STYLE = `
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
`;
