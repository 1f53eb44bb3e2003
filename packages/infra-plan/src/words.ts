import { type ChangeKind, hasChanges, type InfraPlan, totals } from './change.js';

/** The order in which a reviewer wants to see changes: what cannot be undone first. */
export const ORDER: readonly ChangeKind[] = [
  'delete',
  'replace',
  'forget',
  'update',
  'create',
  'import',
  'move',
  'read',
];

export const VERBS: Readonly<Record<ChangeKind, string>> = {
  delete: '🗑️ delete',
  replace: '♻️ replace',
  forget: '👻 forget',
  update: '✏️ change',
  create: '✨ create',
  import: '📥 import',
  move: '🚚 move',
  read: '🔍 read',
  'no-op': 'keep',
};

/** Which details go first when there is no room: new things need the least review. */
export const DETAIL_PRIORITY: Readonly<Record<ChangeKind, number>> = {
  delete: 60,
  replace: 62,
  forget: 58,
  update: 50,
  create: 30,
  import: 28,
  move: 26,
  read: 10,
  'no-op': 0,
};

/** `2 to create, 1 to change, 1 to replace, 0 to delete`, or that nothing differs. */
export function figures(plan: InfraPlan): string {
  if (!hasChanges(plan)) return 'No changes: what runs is what the code says.';
  const count = totals(plan);
  const others = (['forget', 'import', 'move'] as const)
    .map((kind) => [plan.changes.filter((change) => change.kind === kind).length, kind] as const)
    .filter(([number]) => number > 0)
    .map(([number, kind]) => `, ${number} to ${kind}`);
  const runs = plan.invocations.length > 0 ? `; actions: ${plan.invocations.length} to run` : '';
  const outputs = plan.outputs.length > 0 ? `; outputs: ${plan.outputs.length} to change` : '';
  return (
    `${count.add} to create, ${count.change} to change, ${count.replace} to replace, ` +
    `${count.delete} to delete${others.join('')}${runs}${outputs}`
  );
}
