import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { pageOf } from '../src/render/page.ts';
import type { Story } from '../src/render/story.ts';
import { file } from './read.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const EVIL = '<img src=x onerror="window.broken = true"></script><script>window.broken = true</script>';

function story(): Story {
  const collector = new Collector();
  for (let index = 0; index < 30; index++) {
    collector.add({
      suite: 'green',
      name: `test ${index}`,
      status: 'passed',
      durationMs: index,
      file: 'a.test.ts',
    });
  }
  collector.add({
    suite: EVIL,
    name: 'breaks',
    status: 'failed',
    durationMs: 5,
    file: 'b.test.ts',
    failure: { message: EVIL, details: `at ${EVIL}`, location: { file: 'b.test.ts', line: 3 } },
  });
  collector.add({ suite: 'green', name: 'later', status: 'skipped', durationMs: 0, reason: 'not yet' });
  const results = collector.results();
  const base = { framework: 'vitest', ecosystem: 'node', command: '', attempts: [], coverage: new Map() };
  const whole = { ...base, shard: '', startedAt: 1_000, wallMs: 900, results };
  return {
    title: 'Tests',
    result: 'failed',
    reasons: ['1 of 32 tests is red.'],
    whole,
    shards: [
      { ...whole, shard: '1/2', wallMs: 400 },
      { ...whole, shard: '2/2', startedAt: 1_500 },
    ],
    red: results.failures.map((entry) => ({ test: entry, note: 'newly red' })),
    quarantined: [],
    expired: [],
    flaky: [],
    past: [
      { wallMs: 100, red: 0 },
      { wallMs: 200, red: 1 },
      { wallMs: 150, red: 1 },
    ],
    sourceUrl: ({ file: path, line }) => `https://github.com/o/r/blob/x/${path}#L${line}`,
    runUrl: 'https://github.com/o/r/actions/runs/1',
  };
}

test.skipIf(BROWSER === undefined)(
  'the page, opened, searched and filtered in a browser',
  { timeout: 120_000 },
  async () => {
    const browser = await chromium.launch({ executablePath: BROWSER ?? '', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (line) => {
        if (line.type() === 'error') errors.push(line.text());
      });
      await page.goto(pathToFileURL(file(pageOf(story()), 'report.html')).href);
      expect(await page.title()).toBe('Tests: failed');
      expect(await page.locator('details.test').count()).toBe(32);
      // What is red comes first, its hostile name is text, and a click opens its details.
      const first = page.locator('details.test').first();
      expect(await first.locator('summary').textContent()).toContain(EVIL);
      await first.locator('summary').click();
      expect(await first.locator('pre').first().textContent()).toBe(EVIL);
      expect(await first.locator('a.place').getAttribute('href')).toBe(
        'https://github.com/o/r/blob/x/b.test.ts#L3',
      );

      await page.getByRole('button', { name: 'skipped 1' }).click();
      expect(await page.locator('details.test').count()).toBe(1);
      await page.getByRole('button', { name: 'skipped 1' }).click();
      await page.getByRole('searchbox').fill('test 23');
      expect(await page.locator('details.test').allInnerTexts()).toEqual([
        expect.stringContaining('test 23'),
      ]);
      expect(await page.locator('#shown').textContent()).toBe('1 of 1 shown');

      expect(await page.locator('#shards .row').count()).toBe(2);
      expect(await page.locator('#files .row').count()).toBe(3);
      // The flame: the whole over files over tests; a click makes a part the whole, and another goes back.
      const parts = page.locator('#flame .flame');
      const names = await parts.allInnerTexts();
      expect(names.slice(0, 3)).toEqual(['all tests', 'a.test.ts', 'test 29']);
      expect(await page.locator('#flame .flame.bad').allInnerTexts()).toEqual([
        'all tests',
        'b.test.ts',
        'breaks',
      ]);
      const widths = await parts.evaluateAll((all) => all.slice(0, 2).map(({ style }) => style.width));
      expect(widths).toEqual(['100%', expect.stringMatching(/^98\.8/)]);
      await parts.nth(1).click();
      expect(await page.locator('#flame-at').textContent()).toContain('all tests › a.test.ts: 435 ms');
      expect(await parts.first().textContent()).toBe('a.test.ts');
      await parts.first().click();
      expect(await parts.allInnerTexts()).toEqual(names);
      expect(await page.locator('#past polyline').getAttribute('points')).toBe('0,0.5 1,0 2,0.25');
      expect(await page.evaluate('window.broken')).toBeUndefined();
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);
