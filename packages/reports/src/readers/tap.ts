import { type Collector, shorten } from '../collect.js';
import { DETAIL_CHARACTERS, type Status, type TestCase } from '../model.js';
import { LINE_CHARACTERS, linesOf } from '../source.js';

interface Level {
  readonly title: string;
  planned: number | undefined;
  points: number;
}

interface Point {
  readonly suite: string;
  readonly name: string;
  readonly status: Status;
  readonly reason: string;
  diagnosis: string[];
}

const POINT = /^(ok|not ok)\b\s*(\d+)?\s*(?:- )?(.*)$/;

/**
 * Test Anything Protocol, versions 12 to 14, with subtests indented by four. Source: https://testanything.org/tap-version-14-specification.html.
 * A test that only sums up its subtests is left out: its subtests are counted. A plan that is not met is a problem.
 */
export async function readTap(path: string, name: string, into: Collector): Promise<string | undefined> {
  const levels: Level[] = [{ title: '', planned: undefined, points: 0 }];
  let last: Point | undefined;
  let inDiagnosis = false;
  let problem: string | undefined;
  const flush = () => {
    if (last) into.add(testOf(last));
    last = undefined;
  };
  for await (const raw of linesOf(path)) {
    const indent = /^ */.exec(raw)?.[0].length ?? 0;
    const line = raw.trim();
    if (inDiagnosis) {
      if (line === '...') inDiagnosis = false;
      else if (last && last.diagnosis.length < 400) last.diagnosis.push(raw.slice(0, LINE_CHARACTERS));
      continue;
    }
    if (line === '---') {
      inDiagnosis = true;
      continue;
    }
    const depth = Math.min(Math.floor(indent / 4), 64);
    const subtest = /^# Subtest:? ?(.*)$/.exec(line);
    if (subtest) {
      // The comment stands at the parent's indent (node:test) or at the subtest's own (node-tap).
      const own = indent % 4 === 0 && levels.length - 1 === depth ? depth + 1 : Math.max(1, depth);
      levels.length = Math.min(levels.length, own);
      levels.push({ title: subtest[1] ?? '', planned: undefined, points: 0 });
      continue;
    }
    if (/^Bail out!/.test(line)) {
      flush();
      return `the run gave up: ${line.slice(9, 200).trim() || 'Bail out!'}`;
    }
    const plan = /^1\.\.(\d+)/.exec(line);
    const level = levels[depth];
    if (plan && level) level.planned = Number(plan[1]);
    const point = POINT.exec(line);
    if (!point) continue;
    flush();
    const ended = levels.length - 1 > depth ? levels[depth + 1] : undefined;
    if (ended) problem ??= unmet(ended);
    levels.length = Math.min(levels.length, depth + 1);
    const here = levels[depth] ?? levels.at(-1);
    if (here) here.points++;
    if (ended && ended.points > 0) continue;
    last = pointOf(
      point,
      levels
        .map(({ title }) => title)
        .filter(Boolean)
        .join(' › '),
    );
  }
  flush();
  const root = levels[0];
  if (root && root.points === 0 && root.planned === undefined) return `it holds no test point (${name})`;
  return problem ?? (root && unmet(root));
}

function unmet(level: Level): string | undefined {
  if (level.planned === undefined || level.planned === level.points) return undefined;
  return `${level.title === '' ? 'the plan' : `the plan of '${level.title}'`} says ${level.planned} tests, and ${level.points} ran`;
}

function pointOf(match: RegExpExecArray, suite: string): Point {
  const [, ok, , rest = ''] = match;
  const directive = /(?:^|\s)#\s*(skip|todo)\S*\s*(.*)$/i.exec(rest);
  const name = directive ? rest.slice(0, directive.index).trim() : rest.trim();
  const failed = ok === 'not ok';
  const excused = directive !== null && (directive[1]?.toLowerCase() === 'skip' || failed);
  return {
    suite,
    name: name.replace(/\\#/g, '#') || '(a test without a name)',
    status: excused ? 'skipped' : failed ? 'failed' : 'passed',
    reason: directive?.[2] ?? '',
    diagnosis: [],
  };
}

function testOf(point: Point): TestCase {
  const duration = point.diagnosis
    .map((line) => /^\s*duration_ms: '?([\d.]+)'?$/.exec(line)?.[1])
    .find(Boolean);
  const details = shorten(point.diagnosis.join('\n'), DETAIL_CHARACTERS);
  const message = /^\s*(?:message|error): *['"|>-]*\s*(.*?)['"]?$/m.exec(details)?.[1] ?? '';
  return {
    suite: point.suite,
    name: point.name,
    status: point.status,
    durationMs: Number(duration ?? 0) || 0,
    ...(point.status === 'failed' && { failure: { message, details } }),
    ...(point.status === 'skipped' && point.reason !== '' && { reason: point.reason }),
  };
}
