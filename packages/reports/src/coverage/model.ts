/** Which lines of a file ran. Lines from 1. */
export interface FileCoverage {
  readonly hit: ReadonlySet<number>;
  readonly missed: ReadonlySet<number>;
}

/** By path, relative to the repository, with `/`. */
export type Coverage = ReadonlyMap<string, FileCoverage>;

/** Lines gathered from reports; a line that ran in any of them ran. */
export class CoverageCollector {
  readonly #files = new Map<string, Map<number, boolean>>();

  line(file: string, line: number, ran: boolean): void {
    if (!Number.isSafeInteger(line) || line < 1 || line > 10_000_000) return;
    let lines = this.#files.get(file);
    if (lines === undefined) {
      lines = new Map();
      this.#files.set(file, lines);
    }
    lines.set(line, ran || lines.get(line) === true);
  }

  /** @param place a report's path → the repository's own, or undefined for what is none of its files */
  coverage(place: (path: string) => string | undefined): Coverage {
    const out = new Map<string, FileCoverage>();
    for (const [file, lines] of this.#files) {
      const path = place(file);
      if (path === undefined) continue;
      const part = { hit: linesWhere(lines, true), missed: linesWhere(lines, false) };
      const before = out.get(path);
      out.set(path, before ? mergeFile(before, part) : part);
    }
    return out;
  }
}

function linesWhere(lines: ReadonlyMap<number, boolean>, wanted: boolean): Set<number> {
  return new Set([...lines].filter(([, ran]) => ran === wanted).map(([line]) => line));
}

function mergeFile(a: FileCoverage, b: FileCoverage): FileCoverage {
  const hit = new Set([...a.hit, ...b.hit]);
  const missed = new Set([...a.missed, ...b.missed].filter((line) => !hit.has(line)));
  return { hit, missed };
}

/** The coverage of parts of a suite as that of the whole. */
export function mergeCoverage(parts: readonly Coverage[]): Coverage {
  const out = new Map<string, FileCoverage>();
  for (const [path, part] of parts.flatMap((coverage) => [...coverage])) {
    const before = out.get(path);
    out.set(path, before ? mergeFile(before, part) : part);
  }
  return out;
}

export interface Share {
  readonly covered: number;
  readonly lines: number;
}

/** Covered lines of all that could run. */
export function totalCoverage(coverage: Coverage): Share {
  let covered = 0;
  let lines = 0;
  for (const { hit, missed } of coverage.values()) {
    covered += hit.size;
    lines += hit.size + missed.size;
  }
  return { covered, lines };
}

/** Covered lines among those that a change added or altered; lines that cannot run do not count. */
export function patchCoverage(
  coverage: Coverage,
  changed: ReadonlyMap<string, ReadonlySet<number>>,
): Share & { readonly missed: ReadonlyMap<string, readonly number[]> } {
  let covered = 0;
  let lines = 0;
  const missed = new Map<string, number[]>();
  for (const [path, numbers] of changed) {
    const file = coverage.get(path);
    if (file === undefined) continue;
    const ran = [...numbers].filter((line) => file.hit.has(line)).length;
    const left = [...numbers].filter((line) => file.missed.has(line)).toSorted((a, b) => a - b);
    covered += ran;
    lines += ran + left.length;
    if (left.length > 0) missed.set(path, left);
  }
  return { covered, lines, missed };
}

/** Percent, or undefined when there is no line to cover. */
export function percent({ covered, lines }: Share): number | undefined {
  return lines === 0 ? undefined : (covered / lines) * 100;
}

/** Two decimals, rounded down: 79.996 % must not read as the 80 % that it misses. */
export function percentText(share: number): string {
  return (Math.floor(share * 100) / 100).toFixed(2);
}

/** `1-4,7`, from line numbers in order. */
export function ranges(lines: Iterable<number>): string {
  const out: string[] = [];
  let start: number | undefined;
  let last = 0;
  const close = () => {
    if (start !== undefined) out.push(start === last ? `${start}` : `${start}-${last}`);
  };
  for (const line of [...lines].toSorted((a, b) => a - b)) {
    if (start === undefined || line !== last + 1) {
      close();
      start = line;
    }
    last = line;
  }
  close();
  return out.join(',');
}

/** The lines of `1-4,7`; at most a million, for the text may be anyone's. */
export function linesOfRanges(text: string): Set<number> {
  const out = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(part) ?? [];
    for (let line = Number(from); line <= Number(to ?? from) && out.size < 1_000_000; line++) out.add(line);
  }
  return out;
}
