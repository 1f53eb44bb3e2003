import type { TestCase } from '../model.js';
import { flameOf } from './flame.js';
import { PAGE_FLAME_SCRIPT } from './page-flame-script.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import type { Story } from './story.js';

/**
 * A judged run as one self-contained page: no address is loaded, and the policy in its head forbids it to. Texts from
 * outside reach it only as JSON in a data block, and its script puts them in place as text, never as markup.
 */
export function pageOf(story: Story): string {
  const data = JSON.stringify(dataOf(story))
    // Inside <script> only these could end the block or start a comment.
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test report</title>
<style>${PAGE_STYLE}</style>
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
<script type="application/json" id="data">${data}</script>
<script>${PAGE_SCRIPT}${PAGE_FLAME_SCRIPT}</script>
</body>
</html>
`;
}

function dataOf(story: Story) {
  const { whole } = story;
  const notes = new Map(
    [...story.red, ...story.quarantined, ...story.expired, ...story.flaky].map(({ test, note }) => [
      test,
      note,
    ]),
  );
  const excused = new Set(story.quarantined.map(({ test }) => test));
  const start = Math.min(
    ...story.shards.map(({ startedAt }) => startedAt),
    whole.startedAt || Number.POSITIVE_INFINITY,
  );
  return {
    title: story.title,
    result: story.result,
    reasons: story.reasons,
    totals: whole.results.totals,
    omitted: whole.results.omitted,
    wallMs: whole.wallMs,
    command: whole.command,
    tests: [...whole.results.failures, ...whole.results.others].map((test) => ({
      ...testOf(test),
      status: excused.has(test) ? 'quarantined' : test.flaky ? 'flaky' : test.status,
      note: notes.get(test) ?? '',
      url: test.failure?.location ? story.sourceUrl(test.failure.location) : '',
    })),
    shards: story.shards.map(({ shard, startedAt, wallMs, results }) => ({
      name: shard || 'the run',
      from: startedAt - start,
      wallMs,
      red: results.totals.failed + results.totals.errored,
      tests: results.totals.tests,
    })),
    files: [...whole.results.files]
      .map(([name, tally]) => ({ name, ...tally }))
      .toSorted((a, b) => b.durationMs - a.durationMs)
      .slice(0, 40),
    flame: flameOf(whole.results),
    past: story.past,
  };
}

function testOf(test: TestCase) {
  const location = test.failure?.location;
  return {
    suite: test.suite,
    name: test.name,
    ms: Math.round(test.durationMs),
    place: location ? `${location.file}:${location.line}` : (test.file ?? ''),
    message: test.failure?.message ?? test.reason ?? '',
    details: test.failure?.details ?? '',
  };
}
