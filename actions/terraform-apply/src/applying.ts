import { ActionError, context, formatDuration, info, md } from '@fairway/action-kit';
import { outcome } from '@fairway/exec-kit';
import type { InfraPlan } from '@fairway/infra-plan';
import { applyArguments } from './arguments.js';
import { annotate } from './diagnostics.js';
import { listener, noProgress, type Progress } from './events.js';
import type { Inputs } from './inputs.js';
import { failureOf, stopped } from './mend.js';
import type { Planned } from './planning.js';
import { hasLeftState, rescueState } from './rescue.js';
import { command, type Session } from './session.js';

/** How an apply went. */
export interface Applied {
  /** Markdown. */
  readonly note: string;
  readonly failure?: ActionError;
}

/** Applies a plan's file, and nothing but it. A failure is returned, not thrown: half of it may have happened. */
export async function applyPlan(session: Session, planned: Planned, inputs: Inputs): Promise<Applied> {
  const progress = noProgress();
  const hadLeftState = hasLeftState(session);
  const result = await command(
    session,
    applyArguments({ planPath: planned.path, lockTimeout: inputs.lockTimeout }),
    {
      onStdoutLine: listener(progress),
    },
  );
  if (result.stderr.trim() !== '') info(result.stderr.trim());
  if (result.exitCode === 0 && !result.timedOut) {
    return { note: `✅ **Applied** in ${formatDuration(result.durationMs)}, exactly as planned.` };
  }
  const errors = progress.diagnostics.filter(({ severity }) => severity === 'error');
  annotate(errors, session.folder, context().workspace);
  const said = `${session.tool.product} ${outcome(result)}. ${result.stderr.trim()}`;
  const cause = stopped('Applying', result) ?? failureOf('Applying failed', errors, said);
  const left = leftOver(planned.plan, progress);
  const state =
    hasLeftState(session) && !hadLeftState
      ? await rescueState(session, inputs)
      : 'The state holds what was applied.';
  return { note: failureNote(progress, left, state), failure: withState(cause, progress, left, state) };
}

/** What the plan would have done and the apply never came to. */
export function leftOver(plan: InfraPlan, progress: Progress): string[] {
  const touched = new Set([...progress.applied, ...progress.failed, ...progress.begun]);
  return plan.changes
    .filter(({ kind }) => kind === 'create' || kind === 'update' || kind === 'replace' || kind === 'delete')
    .map(({ address }) => address)
    .filter((address) => !touched.has(address));
}

function withState(
  cause: ActionError,
  progress: Progress,
  left: readonly string[],
  state: string,
): ActionError {
  const next = 'Mend the cause, then plan and apply again: what is done is not done twice.';
  const message = `${cause.message}\n\nApplied: ${progress.applied.length}; failed: ${list(progress.failed)}; interrupted: ${list([...progress.begun])}; not begun: ${list(left)}.`;
  return new ActionError(cause.code, message, { remedy: `${cause.remedy} ${state} ${next}`, cause });
}

function list(addresses: readonly string[]): string {
  if (addresses.length === 0) return 'none';
  const more = addresses.length > 10 ? ` and ${addresses.length - 10} more` : '';
  return addresses.slice(0, 10).join(', ') + more;
}

function failureNote(progress: Progress, left: readonly string[], state: string): string {
  const rows = [
    ...progress.failed.map((address) => ['❌ failed', md.code(address)]),
    ...[...progress.begun].map((address) => ['⚠️ interrupted', md.code(address)]),
    ...progress.applied.map((address) => ['✅ applied', md.code(address)]),
    ...left.map((address) => ['⏸️ not begun', md.code(address)]),
  ];
  return `❌ **Applying failed part of the way.** ${md.text(state)}\n\n${md.table(['', 'what'], rows.slice(0, 200))}`;
}
