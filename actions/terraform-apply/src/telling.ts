import { relative } from 'node:path';
import {
  COMMENT_CHARACTERS,
  context,
  fitSections,
  md,
  reportFailure,
  type Section,
  writeSummary,
} from '@fairway/action-kit';
import type { Inputs } from './inputs.js';
import { withoutSecrets } from './known-secrets.js';
import type { ModuleOutputs } from './module-outputs.js';
import { secretsOf } from './session.js';

/** `infra/local in staging` */
export function titleOf(inputs: Inputs): string {
  const folder = relative(context().workspace, inputs.workingDirectory) || 'the root folder';
  const where = [inputs.environment, inputs.workspace].filter((part) => part !== '').join(', ');
  const verb = { plan: 'Plan for', apply: 'Apply to', check: 'Drift of' }[inputs.mode];
  const end = inputs.destroy ? 'The end of everything: ' : '';
  return `${end}${verb} ${folder}${where === '' ? '' : ` in ${where}`}`;
}

/** Writes the summary, and on a pull request keeps the plan's comment up to date. Telling never fails a plan. */
export async function tell(sections: readonly Section[], inputs: Inputs): Promise<void> {
  const secrets = secretsOf(inputs);
  const open = sections.map((part) => ({ ...part, body: withoutSecrets(part.body, secrets) }));
  await writeSummary(open);
  try {
    await comment(open, inputs);
  } catch (error) {
    reportFailure('Pull request comment', error);
  }
}

async function comment(sections: readonly Section[], inputs: Inputs): Promise<void> {
  const { owner, repo, pullRequest } = context();
  if (!inputs.comment || inputs.mode !== 'plan' || pullRequest === undefined || inputs.token === '') return;
  const { openGitHub, unlessDenied, upsertComment } = await import('@fairway/github-kit');
  const { text } = fitSections(sections, COMMENT_CHARACTERS - 500);
  await unlessDenied('The comment with the plan', 'pull-requests: write', () =>
    upsertComment(
      openGitHub(inputs.token),
      { owner, repo, number: pullRequest.number },
      markerOf(inputs),
      text,
    ),
  );
}

/** One comment for each folder, environment and workspace. */
function markerOf(inputs: Inputs): string {
  const folder = relative(context().workspace, inputs.workingDirectory) || '.';
  return ['terraform', folder, inputs.environment, inputs.workspace].join(':');
}

/** What is told when there is no plan to tell of. */
export function failureSections(inputs: Inputs, message: string): Section[] {
  const what = inputs.mode === 'apply' ? 'Nothing was applied.' : 'There is no plan.';
  return [
    {
      title: 'the heading',
      priority: 100,
      body: `${md.heading(3, titleOf(inputs))}\n\n❌ **${what}** Commit ${md.code(context().headSha.slice(0, 12))}`,
    },
    { title: 'the failure', priority: 90, body: md.codeBlock(message.slice(0, 20_000)) },
  ];
}

export function outputsSection(outputs: ModuleOutputs): Section[] {
  const rows = Object.entries(outputs).map(([name, value]) => [
    md.code(name),
    md.code((typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 500)),
  ]);
  if (rows.length === 0) return [];
  return [
    { title: 'the outputs', priority: 70, body: `**Outputs**\n\n${md.table(['output', 'value'], rows)}` },
  ];
}
