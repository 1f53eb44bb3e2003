import { ActionError, formatDuration, md, type Section, writeSummary } from '@fairway/action-kit';
import type { Site } from '../site.js';
import { type Advice, adviceFor } from './advice.js';
import type { Course, Disturbance } from './course.js';
import type { DrillPlan } from './drill-inputs.js';
import { type Lost, losses } from './tally.js';

/** Why a drill did not pass, with the mend. */
export function failureOf(course: Course): ActionError {
  const { tally } = course.load;
  const foreseen = course.foreseen[0];
  if (course.hasLost) {
    const advice = adviceOf(course);
    const causes = advice.map(({ cause }) => cause).join('; ');
    return new ActionError(
      'requests-lost',
      `${tally.lost.length} of ${tally.sent} requests were lost. ${mainLoss(course)} ${sentenceCase(causes)}.`,
      { remedy: advice.map(({ remedy }) => remedy).join('\n') },
    );
  }
  const problem = course.problem ??
    foreseen ?? { reason: 'the drill did not pass', remedy: 'See the summary.' };
  return new ActionError('drill-failed', `${sentenceCase(problem.reason)}.`, { remedy: problem.remedy });
}

function adviceOf(course: Course): Advice[] {
  const guilty = course.disturbances.flatMap((one) => {
    const { lost } = course.load.tally.between(one.atMs, one.endMs);
    return adviceFor(one.workload, lost);
  });
  if (guilty.length === 0) {
    return [
      {
        cause: 'none of them was sent while something was disturbed',
        remedy: "See whether the service bears the load at all: a lower 'drill-rate' tells.",
      },
    ];
  }
  return [...new Map(guilty.map((advice) => [advice.cause, advice])).values()];
}

function mainLoss(course: Course): string {
  const [first] = losses(course.load.tally.lost);
  const during = course.disturbances.find(
    (one) => first && first.firstMs >= one.atMs && first.firstMs < one.endMs,
  );
  if (first === undefined) return '';
  const when = during ? `, from ${formatDuration(first.firstMs - during.atMs)} after: ${during.what}` : '';
  return `${first.target}: ${first.kept + first.fresh} × ${first.failure}${when}.`;
}

/** The job summary: the verdict first, then why, then each disturbance, then what was lost and when. */
export async function writeDrillReport(site: Site, plan: DrillPlan, course: Course): Promise<void> {
  await writeSummary([
    headSection(site, plan, course),
    ...reasonSection(course),
    ...disturbanceSection(course),
    ...lossSection(course.load.tally.lost),
    timelineSection(course),
  ]);
}

function headSection(site: Site, plan: DrillPlan, course: Course): Section {
  const { tally, nowMs } = course.load;
  const ms = (share: number) => {
    const within = tally.answeredWithin(share);
    return within === undefined ? '–' : formatDuration(within);
  };
  const facts = [
    ['Release', `${md.code(site.release)} in ${md.code(site.namespace)}`],
    ['Asked', site.inputs.smokeTests.map(({ label }) => md.code(label)).join(', ')],
    ['Requests', `${tally.sent} in ${formatDuration(nowMs)}, ${plan.rate} a second`],
    ['Lost', String(tally.lost.length)],
    ['Answered within', `${ms(0.5)} (half), ${ms(0.99)} (99 %), ${ms(1)} (all)`],
    ...(tally.repeated > 0
      ? [['Repeated', `${tally.repeated}: an idle connection was closed in the moment of its use`]]
      : []),
    ...(tally.skipped > 0 ? [['Not sent', `${tally.skipped}: the runner was too busy`]] : []),
  ];
  const title = course.hasPassed ? '🟢 drill passed' : '🔴 drill failed';
  return {
    title: 'result',
    body: `${md.heading(2, `${title}: ${site.release}`)}\n\n${md.table(['', ''], facts)}`,
    priority: 10,
  };
}

function reasonSection(course: Course): Section[] {
  if (course.hasPassed) return [];
  const { message, remedy } = failureOf(course);
  const body = [`**Why:** ${md.text(message)}`, '**What to do:**', md.codeBlock(remedy, 'yaml')].join('\n\n');
  return [{ title: 'reason', body, priority: 9 }];
}

function disturbanceSection(course: Course): Section[] {
  const rows = course.disturbances.map((one) => row(one, course));
  const not = course.foreseen.map(({ reason }) => ['❌', '', 'not done', md.text(reason), '', '']);
  if (rows.length + not.length === 0) return [];
  const heads = ['', 'After', 'Disturbance', 'All pods ready again', 'Requests', 'Lost'];
  return [{ title: 'disturbances', body: md.table(heads, [...rows, ...not]), priority: 8 }];
}

function row({ what, atMs, endMs, recovery }: Disturbance, course: Course): string[] {
  const { sent, lost } = course.load.tally.between(atMs, endMs);
  const good = lost.length === 0 && recovery.problem === undefined;
  const back = recovery.readyMs === undefined ? 'never' : `after ${formatDuration(recovery.readyMs)}`;
  const why = recovery.problem ? `: ${recovery.problem.reason}` : '';
  return [
    good ? '✅' : '❌',
    formatDuration(atMs),
    md.text(what),
    md.text(`${back}${why}`),
    String(sent),
    String(lost.length),
  ];
}

/** Rows shown; of a hundred sorts of failure the hundredth tells no more. */
const SHOWN = 20;

function lossSection(lost: readonly Lost[]): Section[] {
  if (lost.length === 0) return [];
  const rows = losses(lost)
    .slice(0, SHOWN)
    .map(({ failure, target, kept, fresh, firstMs, lastMs }) => [
      md.code(target),
      md.text(failure),
      String(kept),
      String(fresh),
      `${formatDuration(firstMs)} to ${formatDuration(lastMs)}`,
    ]);
  const heads = ['Asked', 'What went wrong', 'On kept connections', 'On new ones', 'When'];
  return [
    {
      title: 'lost requests',
      body: `${md.heading(3, 'Lost requests')}\n\n${md.table(heads, rows)}`,
      priority: 7,
    },
  ];
}

function timelineSection({ moments }: Course): Section {
  const rows = moments.slice(-100).map(({ atMs, what }) => [formatDuration(atMs), md.text(what)]);
  return { title: 'timeline', body: md.details('As it went', md.table(['After', ''], rows)), priority: 3 };
}

function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
