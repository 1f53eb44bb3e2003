/** The longest text, in lines, that is compared line by line; the table behind it grows with the square. */
const MOST_LINES = 600;

/**
 * The lines that differ between two texts, marked `-`, `+` or a blank, with up to `around` equal ones about each and
 * `…` where more were left out. Undefined when the texts are too long to compare.
 */
export function lineDiff(before: string, after: string, around = 2): string[] | undefined {
  const [a, b] = [before.split('\n'), after.split('\n')];
  if (a.length > MOST_LINES || b.length > MOST_LINES) return undefined;
  const all = aligned(a, b);
  const near = new Set<number>();
  for (const [index, line] of all.entries()) {
    if (line.startsWith(' ')) continue;
    for (let at = index - around; at <= index + around; at++) near.add(at);
  }
  return all.flatMap((line, index) => {
    if (near.has(index)) return [line];
    return index === 0 || near.has(index - 1) ? ['  …'] : [];
  });
}

/** Both texts in one, by their longest common subsequence. */
function aligned(a: readonly string[], b: readonly string[]): string[] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i++]}`);
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${a[i++]}`);
    else lines.push(`+ ${b[j++]}`);
  }
  return lines;
}
