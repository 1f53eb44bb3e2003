import type { InfraPlan, ResourceChange } from './change.js';

/** What a plan may not do. */
export interface GateRules {
  /** Patterns of addresses that must survive; `*` stands for any text, dots and brackets included. */
  readonly protect: readonly string[];
  /** Let deletions and replacements of what is not protected pass. */
  readonly allowDestroy: boolean;
}

/** One change that the rules forbid. */
export interface Violation {
  readonly change: ResourceChange;
  /** The pattern that protects it; none when it is only that destroying is not allowed. */
  readonly protectedBy?: string;
}

/**
 * The changes that the rules forbid, in the plan's order; none means that the plan may be applied. Creating and
 * changing in place always pass. A protected thing is guarded whatever `allowDestroy` says, against being moved out
 * of the state too: what is forgotten is no longer guarded by anything.
 */
export function judge(plan: InfraPlan, rules: GateRules): Violation[] {
  return plan.changes.flatMap((change): Violation[] => {
    const destroys = change.kind === 'delete' || change.kind === 'replace';
    if (!destroys && change.kind !== 'forget') return [];
    // After a move, a rule written for the old name still means the same thing.
    const names = [change.address, change.previousAddress ?? change.address];
    const protectedBy = rules.protect.find((pattern) => names.some((name) => matches(pattern, name)));
    if (protectedBy !== undefined) return [{ change, protectedBy }];
    return destroys && !rules.allowDestroy ? [{ change }] : [];
  });
}

/** Whether an address fits a pattern, in which only `*` is special. Linear in time: no pattern can make it hang. */
export function matches(pattern: string, address: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === address;
  if (address.length < first.length + last.length) return false;
  if (!address.startsWith(first) || !address.endsWith(last)) return false;
  const end = address.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = address.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
