import type { AttributeChange, Shown } from './change.js';
import { canonical, isObject, type Json, member } from './json.js';
import type { HoldsSecret } from './secrets.js';

type Step = string | number;

/** A value before and after, with the marks that Terraform keeps beside it: `true`, or the same shape holding `true`s. */
export interface MarkedChange {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly afterUnknown: Json | undefined;
  readonly beforeSensitive: Json | undefined;
  readonly afterSensitive: Json | undefined;
}

/**
 * The attributes that differ, leaf by leaf. A part that is sensitive before or after is one leaf without text, on both
 * sides: a value that only now became sensitive is the same secret that it was.
 */
export function attributeChanges(
  change: MarkedChange,
  replacePaths: readonly (readonly Step[])[] = [],
  holdsSecret: HoldsSecret = () => false,
): AttributeChange[] {
  const forcing = new Set(replacePaths.map((path) => pathText(path)));
  const found: AttributeChange[] = [];
  walk(change, [], false);
  return found;

  function walk(at: MarkedChange, path: readonly Step[], forced: boolean): void {
    const forces = forced || (path.length > 0 && forcing.has(pathText(path)));
    const keys = at.beforeSensitive === true || at.afterSensitive === true ? [] : branches(at);
    if (keys.length > 0) {
      for (const key of keys) walk(child(at, key), [...path, key], forces);
    } else if (path.length > 0 && differs(at)) {
      found.push({ path: pathText(path), ...shownPair(at, holdsSecret), forcesReplacement: forces });
    }
  }
}

/** Before and after of one value, each as far as it may be shown. */
export function shownPair(
  at: MarkedChange,
  holdsSecret: HoldsSecret,
): { readonly before: Shown; readonly after: Shown } {
  const hidden = hasMark(at.beforeSensitive) || hasMark(at.afterSensitive);
  const after: Shown =
    at.afterUnknown === true
      ? { kind: hidden ? 'sensitive' : 'unknown' }
      : shown(at.after, hidden, holdsSecret);
  return { before: shown(at.before, hidden, holdsSecret), after };
}

function shown(value: Json | undefined, hidden: boolean, holdsSecret: HoldsSecret): Shown {
  if (value === undefined || value === null) return { kind: 'absent' };
  const quoted = typeof value === 'string';
  const text = quoted ? value : canonical(value);
  return hidden || holdsSecret(text) ? { kind: 'sensitive' } : { kind: 'value', text, quoted };
}

function hasMark(mark: Json | undefined): boolean {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark.some(hasMark);
  return isObject(mark) && Object.values(mark).some(hasMark);
}

/** The keys to go into; none where this is a leaf, or where one side is a leaf of another kind. */
function branches(at: MarkedChange): Step[] {
  const sides = [at.before, at.after, at.afterUnknown].filter(
    (side) => side !== undefined && side !== null && side !== false,
  );
  if (sides.length === 0) return [];
  if (sides.every(Array.isArray)) {
    const length = Math.max(...sides.map((side) => (side as readonly Json[]).length));
    return Array.from({ length }, (_, index) => index);
  }
  if (sides.every(isObject)) return [...new Set(sides.flatMap((side) => Object.keys(side)))].sort();
  return [];
}

function child(at: MarkedChange, key: Step): MarkedChange {
  return {
    before: member(at.before, key),
    after: member(at.after, key),
    afterUnknown: member(at.afterUnknown, key),
    beforeSensitive: member(at.beforeSensitive, key),
    afterSensitive: member(at.afterSensitive, key),
  };
}

function differs(at: MarkedChange): boolean {
  return at.afterUnknown === true || canonical(at.before) !== canonical(at.after);
}

/** `tags.team`, `rule[0].port`, `labels["app.kubernetes.io/name"]` */
export function pathText(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
