import { join } from 'node:path';
import type { ActJob } from '../engine/act-log.js';
import { git } from '../engine/git.js';
import { amend, type Proposal, propose, withdraw } from '../engine/proposal.js';
import type { Chapter, ChapterEvent, PreviewLife } from '../scenarios/preview-life.js';
import { type Carried, type CarryOptions, carry, type Occasion } from './carry.js';
import type { Channel } from './change.js';
import type { GitHubView } from './github-side.js';
import { previewImage } from './observation.js';
import { proposalOccasion, type Settings, scheduleOccasion } from './occasions.js';
import { askPreview, type PreviewView, viewPreview, viewPreviewLeaving } from './preview-view.js';
import { digestOf } from './registry-view.js';

const team = { workflow: 'preview.yml', name: 'Preview' };

/** What was seen when the run of a chapter had ended. */
export interface ChapterSeen {
  readonly event: ChapterEvent;
  /** The pull request's newest commit. */
  readonly commit: string;
  /** Of the image that the run built, if the registry has it among the previews'; '' for none. */
  readonly digest: string;
  /** Undefined when there is no namespace. */
  readonly preview: PreviewView | undefined;
  /** What its host answered; '' where nobody asked, for it was to be gone. */
  readonly answer: string;
  readonly written: GitHubView;
}

/** All chapters as one: their jobs, each named after the event, and what was seen after each. */
export interface CarriedLife extends Carried {
  readonly commit: string;
  readonly proposal: number;
  readonly written: GitHubView;
  readonly chapters: readonly ChapterSeen[];
}

/** Lets everything happen to a pull request that its life tells of, and carries each through the preview's workflow. */
export async function carryLife(
  channel: Channel,
  {
    title,
    life,
    settings,
  }: { readonly title: string; readonly life: PreviewLife; readonly settings: Settings },
  options: CarryOptions,
): Promise<CarriedLife> {
  const { parts, stage, gitHub } = channel;
  const { consumer } = stage;
  const runs: { readonly event: ChapterEvent; readonly carried: Carried }[] = [];
  const chapters: ChapterSeen[] = [];
  let proposal: Proposal | undefined;
  try {
    for (const [index, chapter] of life.chapters.entries()) {
      options.signal?.throwIfAborted();
      proposal = await happen(channel, title, life, chapter, proposal);
      if (chapter.lost) continue;
      const folder = join(options.folder, `${index + 1}-${chapter.event}`);
      const occasion = await occasionOf(channel, chapter, proposal, settings);
      const carried = await carry(parts, stage, gitHub, occasion, { ...options, folder });
      runs.push({ event: chapter.event, carried });
      chapters.push(await look(channel, life, chapter, proposal, carried));
    }
  } finally {
    if (proposal !== undefined) await withdraw(consumer, proposal);
  }
  return {
    ...together(runs),
    commit: proposal?.head ?? '',
    proposal: life.number,
    written: gitHub.view(),
    chapters,
  };
}

/** What the chapter is about, in the repository and on GitHub. */
async function happen(
  { stage: { consumer }, gitHub }: Channel,
  title: string,
  { number, branch }: PreviewLife,
  { event, edits = [] }: Chapter,
  known: Proposal | undefined,
): Promise<Proposal> {
  const from = consumer.slug;
  if (known === undefined) {
    const opened = await propose(consumer, { number, title, branch, from, edits });
    gitHub.keep(opened);
    return opened;
  }
  if (event === 'schedule') return known;
  const changedAt = new Date().toISOString();
  const proposal = edits.length > 0 ? await amend(consumer, known, edits) : { ...known, changedAt };
  gitHub.keep(proposal, event === 'closed' ? 'closed' : 'open');
  return proposal;
}

/** The event's run, with the commit that it is about checked out. */
async function occasionOf(
  { stage: { consumer } }: Channel,
  { event }: Chapter,
  proposal: Proposal,
  settings: Settings,
): Promise<Occasion> {
  const isScheduled = event === 'schedule';
  await git(consumer.folder, 'checkout', '--quiet', isScheduled ? consumer.branch : proposal.merge);
  return isScheduled
    ? scheduleOccasion(consumer, team, proposal.base, settings)
    : proposalOccasion(consumer, proposal, settings, { ...team, action: event });
}

async function look(
  { parts, gitHub }: Channel,
  life: PreviewLife,
  { event }: Chapter,
  { head }: Proposal,
  { result }: Carried,
): Promise<ChapterSeen> {
  const isOver = event === 'closed' || event === 'schedule';
  const preview = await (isOver ? viewPreviewLeaving : viewPreview)(parts.kubeconfig, life.number);
  const built = result.jobs.find(({ name }) => name.endsWith('/ Build'))?.outputs.get('build.digest') ?? '';
  return {
    event,
    commit: head,
    digest: built === '' ? '' : await digestOf(parts.registry, previewImage, built),
    preview,
    answer: isOver || preview === undefined ? '' : await askPreview(parts, preview, life),
    written: gitHub.view(),
  };
}

/** The job as it is listed among those of other events. Pure. */
export function jobOf(event: ChapterEvent, name: string): string {
  return `${event}: ${name}`;
}

/** Pure. */
function together(runs: readonly { readonly event: ChapterEvent; readonly carried: Carried }[]): Carried {
  const results = runs.map(({ carried }) => carried.result);
  return {
    run: runs.at(-1)?.carried.run ?? 0,
    result: {
      exitCode: results.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
      jobs: runs.flatMap(({ event, carried }) =>
        carried.result.jobs.map((job): ActJob => ({ ...job, name: jobOf(event, job.name) })),
      ),
      seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
      engineMessages: results.flatMap(({ engineMessages }) => engineMessages),
    },
    violations: runs.flatMap(({ carried }) => carried.violations),
  };
}
