import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ActEvent, ActLog } from '../src/engine/act-log.ts';

// Recorded from act 0.2.89 with our change, running test/fixtures/called-workflows.
function replay(name: string): { log: ActLog; events: ActEvent[] } {
  let now = 0;
  const log = new ActLog(() => (now += 100));
  const lines = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8').split('\n');
  return { log, events: lines.flatMap((line) => log.take(line)) };
}

describe('a recorded green run', () => {
  const { log } = replay('act-called-workflows-green');

  it('names every job by its whole path, matrix legs and third level included', () => {
    expect(log.jobs.map((job) => job.name).sort()).toEqual([
      'after',
      'pipeline',
      'pipeline / detect',
      'pipeline / notify',
      'pipeline / production',
      'pipeline / production / canary (1)',
      'pipeline / production / canary (2)',
      'pipeline / production / deploy',
      'pipeline / quick',
      'pipeline / staging',
      'pipeline / staging / canary (1)',
      'pipeline / staging / canary (2)',
      'pipeline / staging / deploy',
      'pipeline / test',
      'pipeline / test / report',
      'pipeline / test / shard 1/3',
      'pipeline / test / shard 2/3',
      'pipeline / test / shard 3/3',
    ]);
  });

  it('knows the jobs that only call a workflow', () => {
    const calling = log.jobs.filter((job) => job.calls).map((job) => job.name);
    expect(calling.sort()).toEqual([
      'pipeline',
      'pipeline / production',
      'pipeline / staging',
      'pipeline / test',
    ]);
  });

  it('keeps outputs, summaries and annotations', () => {
    const job = (name: string) => log.jobs.find((candidate) => candidate.name === name);
    expect(job('pipeline / staging / deploy')?.outputs.get('d.url')).toBe('http://x/staging');
    expect(job('pipeline / quick')?.summaries).toEqual(['# hi\n']);
    expect(job('pipeline / quick')?.annotations).toEqual([
      { level: 'error', message: 'boom \n two', file: 'a.ts', line: 3 },
      { level: 'notice', message: 'n' },
    ]);
  });

  it('measures jobs by the arrival of their lines', () => {
    for (const job of log.jobs) expect(job.seconds).toBeGreaterThan(0);
  });
});

describe('a recorded red run', () => {
  const { log, events } = replay('act-called-workflows-red');
  const results = Object.fromEntries(log.jobs.map((job) => [job.name, job.result]));

  it('gives each leg its own result, the called workflow one of its own, and skips what needed it', () => {
    expect(results).toMatchObject({
      'pipeline / test / shard 1/3': 'success',
      'pipeline / test / shard 2/3': 'failure',
      'pipeline / test / shard 3/3': 'success',
      'pipeline / test / report': 'success',
      'pipeline / test': 'failure',
      'pipeline / staging': 'skipped',
      'pipeline / production': 'skipped',
      'pipeline / notify': 'success',
      pipeline: 'failure',
      after: 'success',
    });
  });

  it('says each ending once', () => {
    const endings = events.flatMap((event) => (event.kind === 'ended' ? [event.job.name] : []));
    expect(endings).toHaveLength(new Set(endings).size);
    expect(endings).toHaveLength(log.jobs.length);
  });
});

describe('hostile and broken lines', () => {
  it.each(['{"job":', '{}', '[]', 'null', '{"job":7,"msg":{}}', 'Error: Job failed'])('takes %s', (line) => {
    const log = new ActLog();
    expect(() => log.take(line)).not.toThrow();
    expect(log.jobs).toEqual([]);
  });

  it('takes what act was told to mask out of everything it passes on', () => {
    const log = new ActLog();
    const entry = (fields: object) => JSON.stringify({ job: 'a', jobID: 'a', msg: '', ...fields });
    log.take(entry({ command: 'add-mask', arg: 'one\ntwo', raw: '::add-mask::one' }));
    const events = log.take(entry({ raw_output: true, msg: 'one and two\n', step: 'say two' }));
    log.take(entry({ command: 'summary', content: 'the one' }));
    expect(JSON.stringify(events.map((event) => ('line' in event ? event.line : '')))).toBe(
      '["*** and ***"]',
    );
    expect(log.jobs[0]?.summaries).toEqual(['the ***']);
  });
});
