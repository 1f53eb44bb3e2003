import { count, string, tree } from '../readers/value.js';
import { headOf, jsonOf, linesOf, unreadable } from '../source.js';
import { walkXml } from '../xml.js';
import type { CoverageCollector } from './model.js';

/**
 * Reads a coverage report: lcov, Cobertura, Clover, JaCoCo, Go's cover profile or Istanbul's JSON, told apart by
 * their heads. Only lines are read: every format has them, and they are what a reviewer sees.
 * @returns what is wrong with the file, or undefined
 * @throws ActionError 'unreadable-report' for any other format
 */
export async function readCoverage(
  path: string,
  name: string,
  into: CoverageCollector,
): Promise<string | undefined> {
  const head = (await headOf(path, 64 * 1024)).trimStart();
  if (/^mode: (set|count|atomic)\b/.test(head)) return readGoProfile(path, into);
  if (/^(TN|SF):/m.test(head) && !head.startsWith('<')) return readLcov(path, into);
  if (head.startsWith('{')) return readIstanbul(path, name, into);
  if (/<report[\s>][\s\S]*<(sessioninfo|group|package)\b|report\.dtd/.test(head))
    return readJacoco(path, name, into);
  if (/<coverage\s[^>]*\b(clover|generated)=/.test(head)) return readClover(path, name, into);
  if (/<coverage[\s>]/.test(head)) return readCobertura(path, name, into);
  throw unreadable(
    name,
    'it is in no coverage format that is known (lcov, Cobertura, Clover, JaCoCo, Go, Istanbul JSON)',
  );
}

/** Source: geninfo(1), "Tracefile format". */
async function readLcov(path: string, into: CoverageCollector): Promise<string | undefined> {
  let file = '';
  for await (const line of linesOf(path)) {
    if (line.startsWith('SF:')) file = line.slice(3);
    else if (line.startsWith('DA:') && file !== '') {
      const [number, hits] = line.slice(3).split(',');
      into.line(file, Number(number), Number(hits) > 0);
    } else if (line === 'end_of_record') file = '';
  }
  return file === '' ? undefined : 'it is cut off: its last record does not end';
}

/** Source: golang.org/x/tools/cover, profile.go: `name.go:line.column,line.column statements count`. */
async function readGoProfile(path: string, into: CoverageCollector): Promise<string | undefined> {
  for await (const line of linesOf(path)) {
    const [, file, from, to, hits] = /^(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$/.exec(line) ?? [];
    if (file === undefined) continue;
    const last = Math.min(Number(to), Number(from) + 100_000);
    for (let number = Number(from); number <= last; number++) into.line(file, number, Number(hits) > 0);
  }
  return undefined;
}

/** Source: cobertura coverage-04.dtd. File names are relative to one of the `source` folders. */
async function readCobertura(
  path: string,
  name: string,
  into: CoverageCollector,
): Promise<string | undefined> {
  let file = '';
  let source: string | undefined;
  const sources: string[] = [];
  return walkXml(path, name, {
    open(element, attributes) {
      if (element === 'source') source = '';
      else if (element === 'class') file = prefixed(sources, attributes.filename ?? '');
      else if (element === 'line' && file !== '')
        into.line(file, Number(attributes.number), Number(attributes.hits) > 0);
    },
    text(piece) {
      if (source !== undefined && source.length < 4096) source += piece;
    },
    close(element) {
      if (element === 'source' && source !== undefined) {
        sources.push(source.trim());
        source = undefined;
      } else if (element === 'class') file = '';
    },
  });
}

function prefixed(sources: readonly string[], file: string): string {
  const [only] = sources;
  if (
    sources.length !== 1 ||
    only === undefined ||
    only === '' ||
    only === '.' ||
    /^([A-Za-z]:)?[\\/]/.test(file)
  )
    return file;
  return `${only.replace(/[\\/]$/, '')}/${file}`;
}

/** Source: JaCoCo's report.dtd. `ci` counts covered instructions of a line. */
async function readJacoco(path: string, name: string, into: CoverageCollector): Promise<string | undefined> {
  let folder = '';
  let file = '';
  return walkXml(path, name, {
    open(element, attributes) {
      if (element === 'package') folder = attributes.name ?? '';
      else if (element === 'sourcefile') file = `${folder}/${attributes.name ?? ''}`;
      else if (element === 'line' && file !== '')
        into.line(file, Number(attributes.nr), Number(attributes.ci) > 0);
    },
    text() {},
    close(element) {
      if (element === 'sourcefile') file = '';
    },
  });
}

/** Source: Clover's XML report; PHPUnit and Istanbul write it too. */
async function readClover(path: string, name: string, into: CoverageCollector): Promise<string | undefined> {
  let file = '';
  return walkXml(path, name, {
    open(element, attributes) {
      if (element === 'file') file = attributes.path ?? attributes.name ?? '';
      else if (element === 'line' && file !== '')
        into.line(file, Number(attributes.num), Number(attributes.count) > 0);
    },
    text() {},
    close(element) {
      if (element === 'file') file = '';
    },
  });
}

/** Istanbul's coverage-final.json: a statement counts for the line that it begins on. */
async function readIstanbul(
  path: string,
  name: string,
  into: CoverageCollector,
): Promise<string | undefined> {
  const files = Object.entries(tree(await jsonOf(path, name)));
  let statements = 0;
  for (const [file, entry] of files) {
    const hits = tree(tree(entry).s);
    for (const [id, statement] of Object.entries(tree(tree(entry).statementMap))) {
      statements++;
      into.line(
        string(tree(entry).path) || file,
        count(tree(tree(statement).start).line),
        count(hits[id]) > 0,
      );
    }
  }
  return statements === 0 && files.length > 0 ? 'it holds no statements: it is not Istanbul JSON' : undefined;
}
