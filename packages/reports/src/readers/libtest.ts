import { type Collector, shorten } from '../collect.js';
import { DETAIL_CHARACTERS, type Status } from '../model.js';
import { LINE_CHARACTERS, linesOf } from '../source.js';

const STATUS: ReadonlyMap<string, Status> = new Map([
  ['ok', 'passed'],
  ['FAILED', 'failed'],
  ['ignored', 'skipped'],
]);

/** What Cargo says before it starts a program. */
const BINARY = /^\s*(?:Running (?:unittests )?(\S+)(?: \(|$)|Doc-tests (\S+))/;

/** Red tests of one program that are held until what they printed is told. */
const HELD = 20_000;

/**
 * What `cargo test` prints: stable Rust has no machine format. Source: library/test/src/formatters/pretty.rs. The
 * time of a single test is not told. A block `failures:` follows the tests of its binary; in it stands what they printed,
 * which may look like anything, until a second `failures:` heads their names.
 */
export async function readLibtest(path: string, name: string, into: Collector): Promise<string | undefined> {
  let suite = '';
  let failed: string[] = [];
  let output = new Map<string, string[]>();
  let current: string[] | undefined;
  let running = false;
  let telling = false;
  const flush = () => {
    for (const test of failed) {
      const details = shorten((output.get(test) ?? []).join('\n').trim(), DETAIL_CHARACTERS);
      const message = details
        .split('\n')
        .find((line) => /\S/.test(line) && !/^thread .* panicked at/.test(line));
      into.add({
        suite,
        name: test,
        status: 'failed',
        durationMs: 0,
        failure: { message: message ?? '', details },
      });
    }
    failed = [];
    output = new Map();
    current = undefined;
  };
  for await (const line of linesOf(path)) {
    // A test may well print "Running migrations": in what it printed only Cargo's own indentation is believed.
    const isOther = telling && !/^(?: {5}Running| {3}Doc-tests) /.test(line);
    const binary = isOther ? null : BINARY.exec(line);
    const ended = telling ? null : /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b/.exec(line);
    const section = /^---- (.+) stdout ----$/.exec(line);
    if (binary) {
      flush();
      telling = false;
      suite = binary[1] ?? `doc-tests ${binary[2]}`;
    } else if (!telling && /^running \d+ tests?$/.test(line)) {
      running = true;
    } else if (!telling && /^test result: /.test(line)) {
      running = false;
      flush();
    } else if (section) {
      current = [];
      if (output.size < HELD) output.set(section[1] ?? '', current);
    } else if (line === 'failures:') {
      telling = running && !telling;
      current = undefined;
    } else if (ended) {
      const status = STATUS.get(ended[2] ?? '') ?? 'errored';
      if (status === 'failed') {
        // Without its output, rather than without measure.
        if (failed.length >= HELD) flush();
        failed.push(ended[1] ?? '');
      } else into.add({ suite, name: ended[1] ?? '', status, durationMs: 0 });
    } else if (current && current.length < 400) current.push(line.slice(0, LINE_CHARACTERS));
  }
  flush();
  return running ? `a test program did not end (${name})` : undefined;
}
