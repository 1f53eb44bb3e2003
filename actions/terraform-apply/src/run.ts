import { ActionError, context, group, info, messageOf, notice } from '@fairway/action-kit';
import { figures, hasChanges, judge, renderPlan, totals, type Violation } from '@fairway/infra-plan';
import { applyPlan } from './applying.js';
import { initialise, validate } from './initialise.js';
import type { Inputs } from './inputs.js';
import { outputsInPlan, outputsInState } from './module-outputs.js';
import { makePlan, type Planned, readPlan } from './planning.js';
import type { StepOutputs } from './result.js';
import { handOn, reviewedPlan } from './reviewed-plan.js';
import { openSession, type Session } from './session.js';
import { failureSections, outputsSection, tell, titleOf } from './telling.js';
import { findTool, type InfraTool } from './tool.js';

/** The step: plan, apply what was planned, or look for drift. */
export async function terraformApply(inputs: Inputs, outputs: StepOutputs): Promise<void> {
  const tool = await toldIfItFails(inputs, () => findTool(inputs));
  const session = openSession(tool, inputs);
  if (inputs.mode === 'apply') await apply(session, inputs, tool, outputs);
  else await plan(session, inputs, tool, outputs);
}

async function plan(session: Session, inputs: Inputs, tool: InfraTool, outputs: StepOutputs): Promise<void> {
  const planned = await toldIfItFails(inputs, () => plannedAfresh(session, inputs));
  publish(planned, outputs);
  outputs.set('outputs', JSON.stringify(outputsInPlan(planned.document, session.secrets)));
  const drift = inputs.mode === 'check' && hasChanges(planned.plan);
  const violations = inputs.mode === 'check' ? [] : judge(planned.plan, inputs);
  await tell(renderPlan(planned.plan, { ...headOf(inputs), violations }), inputs);
  if (drift) {
    outputs.set('result', 'drift');
    throw drifted(planned);
  }
  refuseViolations(violations, outputs);
  // Also a plan that changes nothing: that of an earlier attempt of the job would be found in its place.
  if (inputs.mode === 'plan' && inputs.planArtifact !== '') await handOnOrSay(planned, inputs, tool);
  outputs.set('result', hasChanges(planned.plan) ? 'changes' : 'no-changes');
}

/** What fails before there is a plan is told where the plan would have been. */
async function toldIfItFails<T>(inputs: Inputs, part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    await tell(failureSections(inputs, messageOf(error)), inputs);
    throw error;
  }
}

async function plannedAfresh(session: Session, inputs: Inputs): Promise<Planned> {
  await group('Initialise', () => initialise(session, inputs));
  await group('Validate', () => validate(session));
  return group('Plan', () => makePlan(session, inputs));
}

async function handOnOrSay(planned: Planned, inputs: Inputs, tool: InfraTool): Promise<void> {
  if (inputs.planKey !== '') return handOn(planned, inputs, tool);
  info(
    "No plan leaves this job without a 'plan-key', for plans hold secrets. Applying will plan again and compare.",
  );
}

async function apply(session: Session, inputs: Inputs, tool: InfraTool, outputs: StepOutputs): Promise<void> {
  const planned = await toldIfItFails(inputs, () => plannedBefore(session, inputs, tool));
  publish(planned, outputs);
  const violations = judge(planned.plan, inputs);
  const changed = inputs.planFingerprint !== '' && planned.plan.fingerprint !== inputs.planFingerprint;
  if (changed || violations.length > 0) {
    const note = changed ? '⛔ **This is not the plan that was reviewed.** Nothing was applied.' : '';
    await tell(renderPlan(planned.plan, { ...headOf(inputs), violations, note }), inputs);
    outputs.set('result', 'blocked');
    if (changed) throw otherPlan(inputs, planned);
  }
  refuseViolations(violations, outputs);
  await carryOut(session, planned, inputs, outputs);
}

async function plannedBefore(session: Session, inputs: Inputs, tool: InfraTool): Promise<Planned> {
  const source = await group('Fetch the reviewed plan', () => reviewedPlan(inputs, tool, session.scratch));
  await group('Initialise', () => initialise(session, inputs));
  return group('Plan', () =>
    source.kind === 'file' ? readPlan(session, source.path) : makePlan(session, inputs),
  );
}

async function carryOut(
  session: Session,
  planned: Planned,
  inputs: Inputs,
  outputs: StepOutputs,
): Promise<void> {
  const needed = hasChanges(planned.plan);
  const applied = needed
    ? await group('Apply', () => applyPlan(session, planned, inputs))
    : { note: 'Nothing was to be applied.' };
  if (applied.failure === undefined) outputs.set('result', needed ? 'applied' : 'no-changes');
  // What was applied is told also when its outputs cannot be read.
  const found = applied.failure === undefined ? await attempt(() => outputsInState(session)) : { value: {} };
  const known = found.value ?? {};
  outputs.set('outputs', JSON.stringify(known));
  const sections = renderPlan(planned.plan, { ...headOf(inputs), note: applied.note });
  await tell([...sections, ...outputsSection(known)], inputs);
  if (applied.failure !== undefined) throw applied.failure;
  if (found.error !== undefined) throw found.error;
}

async function attempt<T>(part: () => Promise<T>): Promise<{ readonly value?: T; readonly error?: unknown }> {
  try {
    return { value: await part() };
  } catch (error) {
    return { error };
  }
}

function headOf(inputs: Inputs): { readonly title: string; readonly commit: string } {
  return { title: titleOf(inputs), commit: context().headSha };
}

function publish(planned: Planned, outputs: StepOutputs): void {
  for (const [name, count] of Object.entries(totals(planned.plan))) {
    outputs.set(name as keyof ReturnType<typeof totals>, count);
  }
  outputs.set('changes', hasChanges(planned.plan));
  outputs.set('fingerprint', planned.plan.fingerprint);
  outputs.set('plan-path', planned.path);
  outputs.set('plan-json-path', planned.jsonPath);
  notice(figures(planned.plan), { title: planned.plan.tool });
}

function refuseViolations(violations: readonly Violation[], outputs: StepOutputs): void {
  if (violations.length === 0) return;
  outputs.set('result', 'blocked');
  const told = violations.slice(0, 10).map(({ change, protectedBy }) => {
    const why = protectedBy === undefined ? '' : ` (protected by '${protectedBy}')`;
    return `${change.kind} ${change.address}${why}`;
  });
  const more = violations.length > 10 ? ` and ${violations.length - 10} more` : '';
  const guarded = violations.some(({ protectedBy }) => protectedBy !== undefined);
  throw new ActionError('plan-blocked', `The plan may not be applied: ${told.join(', ')}${more}.`, {
    remedy: guarded
      ? "Change the code so that what is protected survives. If it is really to go, take its pattern out of 'protect' in a reviewed commit."
      : 'If this is meant, allow it for this run:  allow-destroy: true  . If it is not, see which attribute forces it in the summary; a moved block keeps what was only renamed.',
  });
}

function otherPlan(inputs: Inputs, planned: Planned): ActionError {
  const [reviewed, now] = [inputs.planFingerprint, planned.plan.fingerprint].map((text) => text.slice(0, 12));
  return new ActionError(
    'plan-changed',
    `What would be done now is not what was reviewed (plan ${now}, reviewed ${reviewed}). Nothing was applied.`,
    {
      remedy:
        'Run the planning job again and review the new plan. If two plans in a row always differ, a value such as timestamp() changes at every plan: keep it out of the code, or hand on the plan itself with a plan-key.',
    },
  );
}

function drifted(planned: Planned): ActionError {
  return new ActionError('drift', `What runs is not what the code says: ${figures(planned.plan)}.`, {
    remedy: 'See the summary for what differs. Take the change into the code, or apply the code to undo it.',
  });
}
