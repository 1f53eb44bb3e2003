/**
 * Whether an image has to be signed: when a pattern covers its name and none that begins with `!` takes it out.
 * `*` stands for anything, slashes included. Pure.
 *
 * @param name `registry/repository`, without tag and digest
 */
export function mustBeSigned(name: string, patterns: readonly string[]): boolean {
  const excepted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const asked = patterns.filter((pattern) => !pattern.startsWith('!'));
  return (asked.length === 0 || asked.some(covers(name))) && !excepted.some(covers(name));
}

/** The first pattern that asks for a signature and covers none of these names: a slip of the pen would verify nothing. */
export function idlePattern(names: readonly string[], patterns: readonly string[]): string | undefined {
  const asked = patterns.filter((pattern) => !pattern.startsWith('!') && pattern !== '*');
  return asked.find((pattern) => !names.some((name) => covers(name)(pattern)));
}

function covers(name: string): (pattern: string) => boolean {
  return (pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  };
}
