/** A JSON value from outside, narrowed to an object; undefined when it is none. */
export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A JSON value from outside as text: what is no string is empty. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A JSON value from outside as a list: what is none is empty. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value at a path of keys, as {@link record} sees each level. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) here = record(here)?.[key];
  return here;
}
