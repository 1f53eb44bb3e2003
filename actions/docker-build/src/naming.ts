import { type Context, info, messageOf, warning } from '@fairway/action-kit';
import { query } from '@fairway/exec-kit';
import type { Repository } from '@fairway/image-registry/open';
import type { Inputs } from './inputs.js';
import { commitTime, ociLabels } from './labels.js';
import { onlyForward, planTags, type Tag } from './tags.js';

/** What the image will be called and say of itself. */
export interface Naming {
  readonly tags: readonly string[];
  /** `registry/repository:tag`, one for each tag. */
  readonly references: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  /** Seconds since 1970 of the commit: the image says that it was made then. */
  readonly created?: number;
}

/** @param repository where to look for newer releases; undefined where nothing is pushed */
export async function nameImage(
  inputs: Inputs,
  context: Context,
  repository: Repository | undefined,
): Promise<Naming> {
  const planned = planTags(inputs.tagRules, {
    eventName: context.eventName,
    refType: context.refType,
    refName: context.refName,
    sha: context.sha,
    ...(context.pullRequest && { pullRequest: context.pullRequest.number }),
    now: new Date(),
  });
  const names = (tags: readonly Tag[]) => tags.map(({ name }) => name);
  const kept = names(repository && !isPart(inputs) ? await guarded(planned, repository) : planned);
  const tags = isPart(inputs) ? [] : kept;
  const created = commitTime(context.event) ?? (await commitTimeFromGit(context));
  return {
    tags,
    references: tags.map((tag) => `${inputs.image.full}:${tag}`),
    labels: ociLabels(context, kept[0] ?? '', created, inputs.labels),
    ...(created !== undefined && { created }),
  };
}

/** The image of one platform, pushed without a name: the merged image gets the tags. */
export function isPart({ phase, digestArtifact }: Inputs): boolean {
  return phase === 'build' && digestArtifact !== '';
}

/** Without knowing what is in the registry a moving tag is not moved: holding it back is mended by one more run. */
async function guarded(planned: readonly Tag[], repository: Repository): Promise<readonly Tag[]> {
  if (planned.every(({ moving }) => moving === undefined)) return planned;
  try {
    const { kept, held } = onlyForward(planned, await repository.tags());
    for (const { name, newer } of held)
      info(`The tag '${name}' stays where it is: the registry has ${newer}, which is newer.`);
    return kept;
  } catch (error) {
    const moving = planned.filter((tag) => tag.moving !== undefined).map(({ name }) => name);
    warning(
      `The tags ${moving.join(', ')} were not moved, since the registry does not list its tags: ${messageOf(error)}`,
    );
    return planned.filter((tag) => tag.moving === undefined);
  }
}

async function commitTimeFromGit(context: Context): Promise<number | undefined> {
  if (!/^[0-9a-f]{40,64}$/.test(context.sha)) return undefined;
  try {
    const args = ['-C', context.workspace, 'show', '--no-patch', '--format=%ct', context.sha];
    const seconds = Number((await query('git', args)).split('\n').at(-1));
    return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
  } catch {
    return undefined; // no checkout, or no git: the image then says nothing of when its commit was made
  }
}
