import type { Tree } from '@fairway/action-kit/tree';

export { list, string, type Tree, tree } from '@fairway/action-kit/tree';

/** A finite number that is not negative, or the fallback. */
export function count(value: unknown, fallback = 0): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
}

/** A line as a property, where it is one. */
export function lineOf(value: unknown): { line?: number } {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? { line: value } : {};
}

/** A JSON object, or undefined for anything else. */
export function parseTree(text: string): Tree | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined;
  } catch {
    return undefined;
  }
}
