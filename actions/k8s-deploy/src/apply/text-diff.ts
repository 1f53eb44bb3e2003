/** A line of a unified difference: `' '` stayed, `'-'` went, `'+'` came, `'@'` stands for lines left out. */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+' | '@';
  readonly text: string;
}

/** Above this many cells the middle is shown as replaced whole: exact would cost seconds. */
const CELLS = 4_000_000;

/** The shortest line difference (longest common subsequence), with three lines of context around each change. */
export function diffLines(before: string, after: string, context = 3): DiffLine[] {
  const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const b = after === '' ? [] : after.replace(/\n$/, '').split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const middle = middleDiff(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ mark: ' ', text }));
  return withContext([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))], context);
}

function middleDiff(a: readonly string[], b: readonly string[]): DiffLine[] {
  const went = (text: string): DiffLine => ({ mark: '-', text });
  const came = (text: string): DiffLine => ({ mark: '+', text });
  if (a.length * b.length > CELLS) return [...a.map(went), ...b.map(came)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const cell = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      lines.push({ mark: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || cell(i + 1, j) >= cell(i, j + 1))) {
      lines.push(went(left));
      i++;
    } else {
      lines.push(came(right ?? ''));
      j++;
    }
  }
  return lines;
}

function withContext(lines: readonly DiffLine[], context: number): DiffLine[] {
  const near = new Set<number>();
  lines.forEach(({ mark }, at) => {
    if (mark === ' ') return;
    const to = Math.min(lines.length - 1, at + context);
    for (let i = Math.max(0, at - context); i <= to; i++) near.add(i);
  });
  const shown: DiffLine[] = [];
  lines.forEach((line, at) => {
    if (near.has(at)) shown.push(line);
    else if (shown.at(-1)?.mark !== '@') shown.push({ mark: '@', text: '…' });
  });
  return near.size === 0 ? [] : shown;
}
