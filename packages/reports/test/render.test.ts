import { fitSections } from '@fairway/action-kit';
import { describe, expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import type { TestCase } from '../src/model.ts';
import { ctrfOf } from '../src/render/ctrf.ts';
import { sectionsOf } from '../src/render/markdown.ts';
import { pageOf } from '../src/render/page.ts';
import type { Story } from '../src/render/story.ts';
import { read } from './read.ts';
import { countCtrf } from './second-reader/json.ts';

const EVIL = '</script><img src=x onerror=alert(1)> @everyone\n::set-env name=A::b `|`';

function story(tests: readonly TestCase[]): Story {
  const collector = new Collector();
  for (const entry of tests) collector.add(entry);
  const results = collector.results();
  const whole = {
    shard: '',
    framework: 'vitest',
    ecosystem: 'node',
    command: '',
    startedAt: 1_000,
    wallMs: 500.5,
    attempts: [],
    results,
    coverage: new Map(),
  };
  return {
    title: 'Tests',
    result: 'failed',
    reasons: [EVIL],
    whole,
    shards: [whole],
    red: results.failures.map((entry) => ({ test: entry, note: EVIL })),
    quarantined: [],
    expired: [],
    flaky: [],
    past: [],
    sourceUrl: ({ file, line }) => `https://github.com/o/r/blob/x/${file}#L${line}`,
    runUrl: 'https://github.com/o/r/actions/runs/1',
  };
}

function red(count: number): TestCase[] {
  return Array.from({ length: count }, (_, index) => ({
    suite: EVIL,
    name: `${index} ${EVIL}`,
    status: 'failed',
    durationMs: index,
    failure: {
      message: EVIL,
      details: `${EVIL}\n${'x'.repeat(5_000)}`,
      location: { file: 'a.ts', line: index + 1 },
    },
  }));
}

describe('a run full of hostile names', () => {
  test('in Markdown nothing is markup, a mention or a command', () => {
    const text = sectionsOf(story(red(30)))
      .map(({ body }) => body)
      .join('\n');
    const outsideCode = text.replace(/(`{3,})[^\n]*\n[\s\S]*?\n\1/g, '').replace(/(`+)[^`][\s\S]*?\1/g, '');
    expect(outsideCode).not.toMatch(/<img|<\/script|@everyone/);
  });

  test('on the page it stays data', () => {
    const page = pageOf(story(red(3)));
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain('<img');
    expect(page).toContain("default-src 'none'");
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(JSON.parse(data).tests[0].message).toBe(EVIL);
  });
});

test('two thousand red tests fit a comment, and the verdict stays', () => {
  const { text, dropped } = fitSections(sectionsOf(story(red(2_000))), 65_000);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
  expect(text.startsWith('## ❌ Tests: failed')).toBe(true);
  expect(dropped.length).toBeGreaterThan(0);
  expect(text).toContain('Left out');
});

test('CTRF as it is written can be read', async () => {
  const tests = red(2);
  const { totals, failures, format } = await read(ctrfOf(story(tests)));
  expect(format).toBe('ctrf');
  expect(totals).toMatchObject({ tests: 2, failed: 2 });
  expect(failures[0]?.name).toBe(tests[0]?.name);
});

test('the CTRF that is attached is valid by the format’s own schema, and sums up to the same', () => {
  const tests: TestCase[] = [
    ...red(2),
    { suite: '', name: 'loose', status: 'errored', durationMs: 0.4 },
    {
      suite: 'a',
      name: 'comes and goes',
      status: 'passed',
      durationMs: 1,
      flaky: true,
      attempts: 3,
      file: 'a.ts',
    },
    { suite: 'a', name: 'late', status: 'skipped', durationMs: 0, reason: 'later' },
  ];
  const { declared, ...counted } = countCtrf(ctrfOf(story(tests)));
  expect(counted).toEqual({ tests: 5, failed: 3, errored: 0, skipped: 1 });
  expect(declared).toEqual(counted);
});
