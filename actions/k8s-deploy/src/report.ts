import { formatDuration, md, type Section, writeSummary } from '@fairway/action-kit';
import { differenceOf } from './apply/difference.js';
import { labelOf, type ObjectRef } from './cluster/object.js';
import { type Revision, rollbackCommand } from './release/record.js';
import type { Rollout } from './release/roll-out.js';
import type { Undoing } from './release/undo.js';
import type { Evidence } from './rollout/evidence.js';
import { type Finding, sentence } from './rollout/finding.js';
import { replicaBar } from './rollout/replica-bar.js';
import type { Site } from './site.js';
import type { Trial } from './strategy/trial.js';

export interface Report {
  readonly result: 'deployed' | 'unchanged' | 'paused' | 'rolled-back' | 'failed';
  readonly revision: number;
  /** The good revision before this one. */
  readonly previous: Revision | undefined;
  readonly rollout: Rollout;
  readonly evidence?: readonly Evidence[];
  readonly undoing?: Undoing;
  readonly trial?: Trial | undefined;
  /** Objects of earlier revisions that are still in the cluster and no longer in the manifests. */
  readonly leftovers: readonly ObjectRef[];
}

const TITLES: Readonly<Record<Report['result'], string>> = {
  deployed: '🟢 deployed',
  unchanged: '🟢 unchanged',
  paused: '🟡 on trial',
  'rolled-back': '🟠 rolled back',
  failed: '🔴 failed',
};

/** Writes the job summary: what happened first, then why, then what changed, then how to go back. */
export async function writeReport(site: Site, report: Report): Promise<void> {
  await writeSummary([
    headSection(site, report),
    ...failureSections(report),
    ...concernSection(report.rollout),
    ...(await changeSections(report)),
    ...(await trialReport(report)),
    ...timelineSection('Rollout', report.rollout),
    ...(report.undoing?.done ? timelineSection('Going back', report.undoing.rollout) : []),
    ...smokeSection(report.rollout),
    ...wayBackSection(report),
  ]);
}

/** The sections of a trial are loaded with the strategies. */
async function trialReport({ trial, rollout }: Report): Promise<Section[]> {
  if (trial === undefined) return [];
  const { trialSections } = await import('./strategy/trial-report.js');
  const course = trial.rollout === rollout ? [] : timelineSection('Trial', trial.rollout);
  return [...trialSections(trial), ...course];
}

function headSection(site: Site, { result, revision, rollout, leftovers }: Report): Section {
  const url = site.inputs.environmentUrl;
  const facts = [
    ['Release', `${md.code(site.release)} in ${md.code(site.namespace)}`],
    ['Revision', md.text(String(revision))],
    ['Objects', `${rollout.changed} of ${rollout.applied.length} changed`],
    ...site.inputs.images.map(({ name, reference }) => [`Image ${md.text(name)}`, md.code(reference)]),
    ...(url === '' ? [] : [['Address', md.link(url, url)]]),
    ...(leftovers.length === 0
      ? []
      : [
          [
            'No longer in the manifests',
            `${leftovers.map((ref) => md.code(labelOf(ref))).join(', ')} (add ${md.code('prune: true')} to delete)`,
          ],
        ]),
    ['API requests', String(site.client.connection.requests)],
  ];
  return {
    title: 'result',
    body: `${md.heading(2, `${TITLES[result]}: ${site.release}`)}\n\n${md.table(['', ''], facts)}`,
    priority: 10,
  };
}

function failureSections({ rollout, evidence = [], undoing }: Report): Section[] {
  if (!rollout.failure) return [];
  const { reason, remedy } = rollout.failure;
  const after = undoing === undefined ? '' : undoing.done ? afterUndoing(undoing) : undoing.why;
  const head = [
    `**Why:** ${md.text(reason)}`,
    `**What to do:** ${md.text(remedy)}`,
    after && `**Now:** ${md.text(after)}`,
  ];
  return [
    { title: 'reason', body: head.filter(Boolean).join('\n\n'), priority: 9 },
    ...evidence.map((one) => ({
      title: `evidence of ${one.finding.workload}`,
      body: evidenceBody(one),
      priority: 8,
    })),
  ];
}

function afterUndoing(undoing: Extract<Undoing, { done: true }>): string {
  const { failure } = undoing.rollout;
  return failure
    ? `going back to revision ${undoing.to} failed too: ${failure.reason}`
    : undoing.untouched
      ? `the new version was taken away; revision ${undoing.to} has served all the time.`
      : `revision ${undoing.to} was put back and is ready again.`;
}

function evidenceBody({ finding, previousLog, log, events, isWithheld }: Evidence): string {
  if (isWithheld) {
    const said = `Logs and events are not shown here, as ${md.code('evidence: none')} asks. Read them with`;
    return md.details(sentence(finding), `${said}\n\n${md.codeBlock(commandsFor(finding).join('\n'), 'sh')}`);
  }
  const parts = [
    log && `Last lines of its log:\n\n${md.codeBlock(log, 'text')}`,
    previousLog && `Last lines of the run before:\n\n${md.codeBlock(previousLog, 'text')}`,
    events.length > 0 && `Events:\n\n${md.codeBlock(events.join('\n'), 'text')}`,
  ].filter(Boolean);
  return md.details(sentence(finding), parts.join('\n\n') || 'There is no log and no event.');
}

/** What shows a person with access the evidence of a finding. */
function commandsFor({ namespace, pod, container, workload }: Finding): string[] {
  const kubectl = `kubectl -n ${namespace}`;
  if (pod === undefined) return [`${kubectl} describe ${workload.replace(' ', '/')}`];
  const inside = container === undefined ? '--all-containers' : `-c ${container}`;
  const logs = `${kubectl} logs ${pod} ${inside} --tail 40`;
  return [logs, `${logs} --previous`, `${kubectl} describe pod ${pod}`];
}

/** Differences shown; the count is in the head, and a release of hundreds of objects is not read one by one. */
const SHOWN_CHANGES = 50;

async function changeSections({ rollout }: Report): Promise<Section[]> {
  const changed = rollout.applied.filter(({ action }) => action !== 'unchanged');
  const shown = await Promise.all(
    changed.slice(0, SHOWN_CHANGES).map(async (one) => {
      const difference = one.action === 'changed' ? await differenceOf(one) : '';
      const title = `${one.action} ${labelOf(one.ref)}`;
      return difference === '' ? `- ${md.text(title)}` : md.details(title, md.codeBlock(difference, 'diff'));
    }),
  );
  if (shown.length === 0) return [];
  const more = changed.length - shown.length;
  const body = [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
  return [{ title: 'changes', body: `${md.heading(3, 'Changes')}\n\n${body}`, priority: 4 }];
}

function timelineSection(title: string, rollout: Rollout): Section[] {
  if (rollout.moments.length === 0) return [];
  const rows = rollout.moments
    .slice(-60)
    .map(({ atMs, object, detail }) => [
      formatDuration(atMs),
      md.code(object),
      replicaBar(detail),
      md.text(detail),
    ]);
  return [
    {
      title,
      body: md.details(`${title}, as it went`, md.table(['After', 'Object', 'Replicas', ''], rows)),
      priority: 3,
    },
  ];
}

function concernSection({ concerns }: Rollout): Section[] {
  if (concerns.length === 0) return [];
  const rows = concerns.map(({ message, remedy }) => [md.text(message), md.code(remedy)]);
  const body = md.table(['Scale check', 'What to do'], rows);
  return [{ title: 'scale checks', body, priority: 7 }];
}

function smokeSection({ smoke }: Rollout): Section[] {
  if (smoke.length === 0) return [];
  const rows = smoke.map(({ test, passed, detail }) => [
    passed ? '✅' : '❌',
    md.code(test.label),
    md.text(detail),
  ]);
  return [{ title: 'smoke tests', body: md.table(['', 'Smoke test', ''], rows), priority: 6 }];
}

function wayBackSection({ previous, result, revision }: Report): Section[] {
  if (result === 'paused') {
    const modes = [md.code('mode: promote'), md.code('mode: reject')].join(' or ');
    const body = `Revision ${revision} stays on trial until this action runs with ${modes}.`;
    return [{ title: 'what comes next', body, priority: 8 }];
  }
  if (!previous || result === 'rolled-back') return [];
  const body = `Run this action with ${md.code('mode: rollback')}, or with nothing but kubectl:\n\n${md.codeBlock(rollbackCommand(previous), 'sh')}`;
  return [
    { title: 'the way back', body: md.details(`Back to revision ${previous.number}`, body), priority: 2 },
  ];
}
