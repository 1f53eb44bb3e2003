import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fitSections, type Section, SUMMARY_BYTES, writeSummary } from '../src/index.ts';
import { commandsIn, printed, scratchFolder } from './runner.ts';

const section = fc.record({
  body: fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '\n'), maxLength: 60 }),
  priority: fc.nat({ max: 4 }),
});
/** Sections that can be told apart: each body begins with its own number. */
const sections = fc
  .array(section, { maxLength: 8 })
  .map((list): Section[] =>
    list.map((one, index) => ({ ...one, title: `t${index}`, body: `<${index}>${one.body}` })),
  );

const indexesIn = (text: string) => [...text.matchAll(/<(\d+)>/g)].map(([, index]) => Number(index));

describe('fitSections', () => {
  it('stays within the budget, in order, and tells what it left out', () => {
    fc.assert(
      fc.property(sections, fc.nat({ max: 600 }), (given, budget) => {
        const { text, dropped } = fitSections(given, budget);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(budget);
        if (text === '') {
          expect(dropped).toHaveLength(given.length);
          return;
        }
        const kept = indexesIn(text);
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
        expect(dropped).toEqual(given.map(({ title }) => title).filter((_, index) => !kept.includes(index)));
        for (const index of kept) expect(text).toContain(given[index]?.body.trimEnd());
        for (const title of dropped) expect(text).toContain(title);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps nothing of lower priority than what it leaves out, and leaves out nothing without need', () => {
    fc.assert(
      fc.property(sections, fc.nat({ max: 600 }), (given, budget) => {
        const { text, dropped } = fitSections(given, budget);
        const whole = `${given.map(({ body }) => body.trimEnd()).join('\n\n')}\n`;
        if (Buffer.byteLength(whole) <= budget) expect(text).toBe(whole);
        const priority = (title: string | undefined) =>
          given.find((one) => one.title === title)?.priority ?? 0;
        const highest = Math.max(-1, ...dropped.map(priority));
        for (const index of indexesIn(text)) expect(given[index]?.priority).toBeGreaterThanOrEqual(highest);
      }),
      { numRuns: 2000 },
    );
  });

  it('names the first ten of many, as text, in a time that does not grow with their square', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      title: index === 19_999 ? '[x](https://evil)' : `part ${index}`,
      body: 'x'.repeat(200),
      priority: 0,
    }));
    const { text, dropped } = fitSections(many, 100_000);
    expect(dropped.length).toBeGreaterThan(19_000);
    expect(text).toMatch(/_Left out to stay within GitHub's limit: part \d+, .* and \d+ more\._\n$/);
    const last = fitSections([{ title: '[x](https://evil)', body: 'x'.repeat(500), priority: 0 }], 200);
    expect(last.text).toContain('\\[x\\]\\(https:\u200b//evil\\)');
  });
});

describe('writeSummary', () => {
  let path: string;
  beforeEach(() => {
    path = join(scratchFolder(), 'summary');
    vi.stubEnv('GITHUB_STEP_SUMMARY', path);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('appends', async () => {
    await writeSummary('one');
    await writeSummary([{ body: 'two', priority: 1 }]);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('counts what the step has written already', async () => {
    writeFileSync(path, 'x'.repeat(SUMMARY_BYTES - 1000));
    const output = await printed(() =>
      writeSummary([
        { title: 'short', body: 'short', priority: 1 },
        { title: 'long', body: 'y'.repeat(2000), priority: 0 },
      ]),
    );
    expect(statSync(path).size).toBeLessThanOrEqual(SUMMARY_BYTES);
    expect(readFileSync(path, 'utf8')).toMatch(/short\n\n_Left out .*: long\._\n$/);
    expect(commandsIn(output)).toMatchObject([
      { name: 'warning', message: expect.stringContaining('left out: long') },
    ]);
  });

  it('does not fail the work that it tells of', async () => {
    mkdirSync(path);
    const output = await printed(() => writeSummary('x'));
    expect(commandsIn(output)).toMatchObject([{ name: 'warning' }]);
    vi.stubEnv('GITHUB_STEP_SUMMARY', '');
    await writeSummary('nowhere');
  });
});
