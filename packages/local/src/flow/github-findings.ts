// What speaks against a claim about what is written on GitHub; undefined when nothing does. All pure.
import type { Evidence } from './evidence.js';

/** @param marker how the comment's own marker begins, after `fairway:` */
export function notCommented(
  { written, proposal }: Pick<Evidence, 'written' | 'proposal'>,
  marker: string,
  words: readonly string[],
): string | undefined {
  const there = written.last.comments.filter(
    ({ issue, body }) => issue === proposal && body.includes(`<!-- fairway:${marker}`),
  );
  if (there.some(({ body }) => words.every((word) => body.includes(word)))) return undefined;
  const all = written.last.comments.map(({ issue, body }) => `#${issue} ${body.slice(0, 80)}`).join('; ');
  return there.length === 0
    ? `there is none; there are: ${all || 'none at all'}`
    : `it says: ${there.map(({ body }) => body.slice(0, 400)).join('\n')}`;
}

/** The check has to be on the commit of the change, once, and on no other commit than before. */
export function notChecked(
  { written, commit }: Pick<Evidence, 'written' | 'commit'>,
  name: string,
  conclusion: string,
): string | undefined {
  const added = written.last.checks.slice(written.before.checks.length);
  const astray = added.filter(({ headSha }) => headSha !== commit);
  if (astray.length > 0) return `checks of other commits: ${astray.map(({ headSha }) => headSha).join(', ')}`;
  const there = added.filter((check) => check.name === name);
  if (there.length === 1 && there[0]?.conclusion === conclusion) return undefined;
  return there.length === 0
    ? 'there is none'
    : `there are: ${there.map((check) => check.conclusion ?? 'none yet').join(', ')}`;
}

export function writtenByFirst({
  written: { before, first },
}: Pick<Evidence, 'written'>): string | undefined {
  const comments = first.comments.slice(before.comments.length).map(({ body }) => body.slice(0, 80));
  const checks = first.checks.slice(before.checks.length).map(({ name }) => `the check ${name}`);
  const scans = first.scans - before.scans;
  const all = [...comments, ...checks, ...(scans > 0 ? [`${scans} scans`] : [])];
  return all.length === 0 ? undefined : all.join('; ');
}
