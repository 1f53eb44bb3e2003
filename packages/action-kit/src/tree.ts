/** Reading JSON that others wrote, without trusting its shape: what has the wrong type counts as absent. */
export type Tree = Readonly<Record<string, unknown>>;

export function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown, fallback = 0): number {
  return typeof value === 'number' ? value : fallback;
}

/** What stands at a path of object keys; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => tree(inner)[key], value);
}
