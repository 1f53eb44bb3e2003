import type { Collector } from '../collect.js';
import { isRed, type Status, type TestCase } from '../model.js';
import { jsonOf } from '../source.js';
import { count, lineOf, list, string, type Tree, tree } from './value.js';

const STATUS: ReadonlyMap<string, Status> = new Map([
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['pending', 'skipped'],
]);

/** What `rspec --format json` writes. Source: rspec-core, lib/rspec/core/formatters/json_formatter.rb. */
export async function readRspecJson(
  path: string,
  name: string,
  into: Collector,
): Promise<string | undefined> {
  const report = tree(await jsonOf(path, name));
  if (!Array.isArray(report.examples)) return "it has no list 'examples'";
  for (const example of report.examples) into.add(testOf(tree(example)));
  const broken = count(tree(report.summary).errors_outside_of_examples_count);
  const messages = list(report.messages)
    .map(string)
    .filter((message) => message.startsWith('\nAn error occurred '));
  for (const message of messages.slice(0, broken)) into.add(brokenFile(message.trim()));
  return messages.length < broken
    ? `of ${broken} errors outside of examples it tells ${messages.length}`
    : undefined;
}

function testOf(example: Tree): TestCase {
  const status = STATUS.get(string(example.status)) ?? 'errored';
  const name = string(example.description);
  const full = string(example.full_description);
  // An example that several spec files share stands in a file of its own, which RSpec does not run: the id tells which
  // spec file it was run for.
  const written = string(example.file_path);
  const file = /^(.+?)\[[\d:]+\]$/.exec(string(example.id))?.[1] ?? written;
  const reason = string(example.pending_message);
  return {
    suite: full.endsWith(` ${name}`) ? full.slice(0, -name.length).trim() : file,
    name: name || full,
    file,
    status,
    durationMs: count(example.run_time) * 1000,
    ...(file === written && lineOf(example.line_number)),
    ...(status === 'skipped' && reason !== '' && { reason }),
    ...(isRed(status) && { failure: failureOf(tree(example.exception)) }),
  };
}

/** The frames of RSpec itself and of other gems come first in a backtrace and say nothing of the test. */
function failureOf(exception: Tree) {
  const said = string(exception.message).trim();
  const frames = list(exception.backtrace)
    .map(string)
    .filter((frame) => !/\/gems\/|^<internal:|\/bin\/rspec:/.test(frame));
  const type = string(exception.class);
  return {
    ...(type !== '' && { type }),
    message: said.split('\n', 1)[0] ?? '',
    details: [said, ...frames.map((frame) => `# ${frame}`)].join('\n'),
  };
}

/** A file that could not be loaded, or a hook around the whole suite that broke. */
function brokenFile(details: string): TestCase {
  const [message = ''] = details.split('\n', 1);
  const file = /while loading (\S+?)\.?(\s|$)/.exec(message)?.[1];
  return {
    suite: file ?? '',
    name: file === undefined ? '(the suite itself)' : '(the file itself)',
    status: 'errored',
    durationMs: 0,
    ...(file !== undefined && { file }),
    failure: { message, details },
  };
}
