import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLine } from '../src/build-log.ts';
import { BuildTrace, dockerfileSteps, durationOf } from '../src/build-trace.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const status = (value: unknown) => JSON.stringify(value);
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

function traced(...lines: string[]): { trace: BuildTrace; log: string[] } {
  const trace = new BuildTrace();
  const log = lines.flatMap((line) => trace.read(line)).flatMap((event) => logLine(event) ?? []);
  return { trace, log };
}

describe('reading', () => {
  it('follows a step from its start to its end, with its output by line', () => {
    const { trace, log } = traced(
      status({ vertexes: [{ digest: 'a', name: '[1/2] RUN make' }] }),
      status({ vertexes: [{ digest: 'a', name: '[1/2] RUN make', started: at(0) }] }),
      status({ logs: [{ vertex: 'a', stream: 1, data: base64('one\ntw') }] }),
      status({ logs: [{ vertex: 'a', stream: 1, data: base64('o\n 10%\r 50%\r100%\nlast') }] }),
      status({ vertexes: [{ digest: 'a', name: '[1/2] RUN make', started: at(0), completed: at(1.5) }] }),
    );
    expect(log).toEqual([
      '#1 [1/2] RUN make',
      '#1 │ one',
      '#1 │ two',
      '#1 │ 100%',
      '#1 │ last',
      '#1 ✓ 1.5 s',
    ]);
    expect(dockerfileSteps(trace).map(durationOf)).toEqual([1500]);
  });

  it('knows what came from the cache, and which steps are the Dockerfile’s own', () => {
    const { trace, log } = traced(
      status({
        vertexes: [
          {
            digest: 'i',
            name: '[internal] load build definition from Dockerfile',
            started: at(0),
            completed: at(0),
          },
          { digest: 'a', name: '[build 1/2] FROM x', started: at(0), completed: at(0), cached: true },
          { digest: 'b', name: '[linux/amd64 build 2/2] COPY . .', started: at(0), completed: at(1) },
          { digest: 'c', name: 'exporting to image', started: at(1), completed: at(2) },
        ],
      }),
    );
    expect(dockerfileSteps(trace).map(({ name, cached }) => [name, cached])).toEqual([
      ['[build 1/2] FROM x', true],
      ['[linux/amd64 build 2/2] COPY . .', false],
    ]);
    expect(log).toContain('#2 [build 1/2] FROM x · cached');
  });

  it('reads a Dockerfile check with its line', () => {
    const { trace } = traced(
      status({
        warnings: [
          {
            vertex: 'a',
            level: 1,
            short: base64('FromAsCasing: no'),
            detail: [base64('why')],
            url: 'https://docs.docker.com/x',
            range: [{ start: { line: 3 }, end: { line: 3 } }],
          },
        ],
      }),
    );
    expect(trace.warnings).toEqual([
      { message: 'FromAsCasing: no', detail: 'why', url: 'https://docs.docker.com/x', line: 3 },
    ]);
  });

  it('does not call a missing cache an error', () => {
    const { log } = traced(
      status({
        vertexes: [
          {
            digest: 'a',
            name: 'importing cache manifest from r/a:x',
            started: at(0),
            completed: at(0),
            error: 'r/a:x: not found',
          },
        ],
      }),
    );
    expect(log).toEqual(['#1 importing cache manifest from r/a:x', '#1 no such cache yet']);
  });

  it('takes anything for text that is not BuildKit’s', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(() => new BuildTrace().read(line)).not.toThrow();
      }),
    );
    expect(traced('{"error":"x"}').trace.messages).toEqual(['{"error":"x"}']);
  });

  it('survives statuses of any shape', () => {
    const shape = fc.record({
      vertexes: fc.anything(),
      logs: fc.array(fc.record({ vertex: fc.anything(), data: fc.anything() })),
      warnings: fc.array(fc.record({ short: fc.anything(), range: fc.anything(), detail: fc.anything() })),
    });
    fc.assert(fc.property(shape, (value) => void new BuildTrace().read(status(value) ?? '')));
  });
});
