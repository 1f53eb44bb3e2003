/** The first `1.2.3` in a program's answer to a version question, or undefined. */
export function versionIn(answer: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(answer)?.[1];
}

/** Whether `version` is `minimum` or later, by major, minor and patch. A pre-release counts as its release. */
export function atLeast(version: string, minimum: string): boolean {
  const [a, b] = [numbers(version), numbers(minimum)];
  for (const [index, part] of b.entries()) {
    const difference = (a[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
