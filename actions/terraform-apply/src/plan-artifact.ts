import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, context, info, messageOf } from '@fairway/action-kit';
import { fetchArtifact, keepArtifact } from '@fairway/artifact-kit';

/** The one file in the artifact. */
const FILE = 'plan.sealed';

/** A plan is stale soon after. */
const PLAN_DAYS = 1;

/** A name that may hold a folder, as GitHub takes it. Source: @actions/artifact, path-and-artifact-name-validation.ts. */
export function artifactName(text: string): string {
  return text.replace(/[":<>|*?\r\n\\/]+/g, '-');
}

/**
 * Keeps a sealed plan as an artifact of the run. One of the same name from an earlier attempt of the job gives way.
 * @throws ActionError 'artifact'
 */
export async function keepPlan(name: string, sealed: Buffer): Promise<void> {
  await keepSealed(name, sealed, PLAN_DAYS);
  info(`The plan is kept, sealed, as the artifact ${name}.`);
}

/**
 * Keeps what is sealed as an artifact of the run, for some days.
 * @throws ActionError 'artifact'
 */
export async function keepSealed(name: string, sealed: Buffer, retentionDays: number): Promise<void> {
  const folder = await mkdtemp(join(context().temp, 'fairway-plan-'));
  try {
    await writeFile(join(folder, FILE), sealed, { mode: 0o600 });
    const options = { replace: true, retentionDays, compressionLevel: 0 };
    await keepArtifact(artifactName(name), [join(folder, FILE)], folder, options);
  } catch (error) {
    throw new ActionError(
      'artifact',
      `The sealed artifact '${name}' could not be kept: ${messageOf(error)}`,
      {
        remedy:
          'Run the job again. If it stays, see https://www.githubstatus.com, and that the name is unique in the run.',
        cause: error,
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Fetches what {@link keepPlan} kept in an earlier job of this run; undefined when there is none.
 * @throws ActionError 'artifact'
 */
export async function fetchPlan(name: string): Promise<Buffer | undefined> {
  const folder = await mkdtemp(join(context().temp, 'fairway-plan-'));
  try {
    return (await fetchArtifact(artifactName(name), folder)) ? await readFile(join(folder, FILE)) : undefined;
  } catch (error) {
    if (error instanceof ActionError) throw error; // it says itself what is wrong with the artifact
    throw new ActionError('artifact', `The sealed plan '${name}' could not be fetched: ${messageOf(error)}`, {
      remedy: "Run the planning job again, and give this job 'actions: read' under 'permissions:'.",
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
