import { md, type Section } from '@fairway/action-kit';
import type { InfraPlan, ResourceChange } from './change.js';
import { changeBlock, shownText } from './diff-block.js';
import type { Violation } from './gate.js';
import { DETAIL_PRIORITY, figures, ORDER, VERBS } from './words.js';

/** What a rendering tells beside the plan. */
export interface Telling {
  /** What is planned: `infra/local in staging`. */
  readonly title: string;
  readonly violations?: readonly Violation[];
  /** Markdown under the figures: what was applied, how to go on. */
  readonly note?: string;
  /** The commit that was planned, so that a comment which stayed behind is known for old. */
  readonly commit?: string;
}

const ROWS = 200;
const RESOURCES_A_SECTION = 20;

/** A plan as sections for a comment or a summary; `fitSections` leaves out the least important where they do not fit. */
export function renderPlan(plan: InfraPlan, telling: Telling): Section[] {
  const changes = plan.changes.toSorted(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.address < b.address ? -1 : 1),
  );
  return [
    { title: 'the heading', body: heading(plan, telling), priority: 100 },
    ...violationSection(telling.violations ?? []),
    ...(telling.note ? [{ title: 'the note', body: telling.note, priority: 95 }] : []),
    ...changeTable(changes),
    ...detailSections(changes),
    ...invocationSection(plan),
    ...outputSection(plan),
    ...driftSection(plan),
    {
      title: 'the foot',
      body: [
        md.text(plan.tool),
        `plan ${md.code(plan.fingerprint.slice(0, 12))}`,
        ...(telling.commit ? [`commit ${md.code(telling.commit.slice(0, 12))}`] : []),
      ].join(' · '),
      priority: 90,
    },
  ];
}

function heading(plan: InfraPlan, telling: Telling): string {
  return `${md.heading(3, telling.title)}\n\n**${md.text(figures(plan))}**`;
}

function violationSection(violations: readonly Violation[]): Section[] {
  if (violations.length === 0) return [];
  const lines = violations.slice(0, 50).map(({ change, protectedBy }) => {
    const why =
      protectedBy === undefined ? 'destroying is not allowed' : `protected by ${md.code(protectedBy)}`;
    return `- ${VERBS[change.kind]} ${md.code(change.address)}: ${why}`;
  });
  const more = violations.length > 50 ? [`- and ${violations.length - 50} more`] : [];
  return [
    {
      title: 'what is blocked',
      priority: 98,
      body: ['⛔ **Blocked.** This plan may not be applied:', '', ...lines, ...more].join('\n'),
    },
  ];
}

function changeTable(changes: readonly ResourceChange[]): Section[] {
  if (changes.length === 0) return [];
  const rows = changes
    .slice(0, ROWS)
    .map((change) => [VERBS[change.kind], md.code(change.address), why(change)]);
  const more = changes.length > ROWS ? `\n\n_and ${changes.length - ROWS} more_` : '';
  return [{ title: 'the table of changes', priority: 80, body: md.table(['', 'what', 'why'], rows) + more }];
}

function why(change: ResourceChange): string {
  const forcing = change.attributes.filter((attribute) => attribute.forcesReplacement).slice(0, 5);
  return [
    change.deposed === undefined ? '' : `left behind by a replacement (${md.code(change.deposed)})`,
    change.previousAddress === undefined ? '' : `was ${md.code(change.previousAddress)}`,
    change.reason === undefined ? '' : md.text(change.reason),
    forcing.length === 0 ? '' : `because of ${forcing.map(({ path }) => md.code(path)).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function detailSections(changes: readonly ResourceChange[]): Section[] {
  return ORDER.flatMap((kind): Section[] => {
    const same = changes.filter((change) => change.kind === kind && change.attributes.length > 0);
    const sections: Section[] = [];
    for (let at = 0; at < same.length; at += RESOURCES_A_SECTION) {
      const some = same.slice(at, at + RESOURCES_A_SECTION);
      const range = same.length > RESOURCES_A_SECTION ? ` ${at + 1} to ${at + some.length}` : '';
      sections.push({
        title: `details of what is to ${kind}${range}`,
        priority: DETAIL_PRIORITY[kind],
        body: md.details(
          `${VERBS[kind]}${range}: ${some.length} in detail`,
          some.map((change) => changeBlock(change)).join('\n\n'),
        ),
      });
    }
    return sections;
  });
}

/** What is run is not undone by a later plan, and no gate weighs it: it is shown as plainly as a change. */
function invocationSection(plan: InfraPlan): Section[] {
  if (plan.invocations.length === 0) return [];
  const rows = plan.invocations
    .slice(0, ROWS)
    .map(({ address, event, resource }) => [
      md.code(address),
      resource === '' ? md.text(event) : `${md.text(event)} ${md.code(resource)}`,
    ]);
  const more = plan.invocations.length > ROWS ? `\n\n_and ${plan.invocations.length - ROWS} more_` : '';
  return [
    { title: 'the actions that are run', body: md.table(['▶️ run', 'when'], rows) + more, priority: 78 },
  ];
}

function outputSection(plan: InfraPlan): Section[] {
  if (plan.outputs.length === 0) return [];
  const rows = plan.outputs
    .slice(0, ROWS)
    .map((output) => [
      md.code(output.name),
      md.code(shownText(output.before)),
      md.code(shownText(output.after)),
    ]);
  return [
    {
      title: 'outputs',
      priority: 35,
      body: md.details(`Outputs: ${plan.outputs.length}`, md.table(['output', 'before', 'after'], rows)),
    },
  ];
}

function driftSection(plan: InfraPlan): Section[] {
  if (plan.drift.length === 0) return [];
  return [
    {
      title: 'drift',
      priority: 45,
      body: md.details(
        `Changed by another way since the last apply: ${plan.drift.length}`,
        plan.drift
          .slice(0, 50)
          .map((change) => changeBlock(change))
          .join('\n\n'),
      ),
    },
  ];
}
