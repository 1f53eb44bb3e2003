import { Parser } from 'tap-parser';
import { type Counted, type Counts, counts, type Status } from './counts.ts';

/** TAP, by the parser of node-tap: the innermost points are the tests. */
export function countTap(tap: string): Counts {
  const statuses: Status[] = [];
  const listen = (parser: Parser) => {
    const groups = new Set<string>();
    parser.on('child', (child: Parser) => {
      groups.add(child.name);
      listen(child);
    });
    parser.on('assert', ({ ok, skip, todo, name }) => {
      if (groups.has(name)) return;
      statuses.push(skip || (todo && !ok) ? 'skipped' : ok ? 'passed' : 'failed');
    });
  };
  const parser = new Parser({ strict: false });
  listen(parser);
  parser.end(tap);
  return counts(statuses);
}

/** `go test -json`, by the lines of plain text in its output events, which the tool writes beside its actions. */
export function countGo(events: string): Counts {
  const text = events
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { Action: string; Output?: string })
    .filter(({ Action }) => Action === 'output')
    .map(({ Output }) => Output ?? '')
    .join('');
  return counts(
    [...text.matchAll(/^ *--- (PASS|FAIL|SKIP): /gm)].map(([, word]) =>
      word === 'PASS' ? 'passed' : word === 'FAIL' ? 'failed' : 'skipped',
    ),
  );
}

/** Dart: the ends of tests alone, without what began or was printed in between. */
export function countDart(events: string): Counted {
  const ends = events
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; result: string; hidden: boolean; skipped: boolean })
    .filter(({ type, hidden }) => type === 'testDone' && !hidden);
  const status = ({ result, skipped }: (typeof ends)[number]): Status => {
    if (skipped) return 'skipped';
    return result === 'success' ? 'passed' : result === 'failure' ? 'failed' : 'errored';
  };
  return counts(ends.map(status));
}

/** `cargo test`: the line that ends each program's tests. */
export function countLibtest(text: string): Counts {
  const lines = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm)];
  const sum = (group: number) => lines.reduce((total, line) => total + Number(line[group]), 0);
  return { tests: sum(1) + sum(2) + sum(3), failed: sum(2), errored: 0, skipped: sum(3) };
}
