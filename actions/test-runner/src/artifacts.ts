import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, context, group, messageOf, notice } from '@fairway/action-kit';

/** What a job may hand another at most; a record is bounded far below it. */
const RECORD_BYTES = 128 * 1024 * 1024;

/** Jobs hand each other files as artifacts. Outside of a runner there is no such service. */
export function hasArtifacts(): boolean {
  return Boolean(process.env.ACTIONS_RUNTIME_TOKEN && process.env.ACTIONS_RESULTS_URL);
}

/**
 * Uploads files under a name that is new in this run, or replaces what an earlier attempt of the job left there.
 * Without the service it says where the files are instead, and gives false.
 * @throws ActionError 'artifact' when GitHub refuses
 */
export async function upload(name: string, files: readonly string[], root: string): Promise<boolean> {
  if (!hasArtifacts()) {
    notice(
      `The artifact '${name}' was not uploaded: this runner offers no artifact service. Its files are in ${root}.`,
    );
    return false;
  }
  try {
    await group(`Upload ${name}`, async () => {
      const { DefaultArtifactClient } = await import('@actions/artifact');
      const client = new DefaultArtifactClient();
      if (context().runAttempt > 1) await client.deleteArtifact(name).catch(() => undefined);
      await client.uploadArtifact(name, [...files], root);
    });
    return true;
  } catch (cause) {
    throw new ActionError('artifact', `The artifact '${name}' could not be uploaded: ${messageOf(cause)}`, {
      remedy:
        "Each part of a run needs a name of its own: give every job that runs tests another 'artifact-name', and every matrix leg its 'shard'. To upload nothing, write  upload: false",
      cause,
    });
  }
}

/** Artifacts of another run, which the API hands out to those who may read it. */
export interface Elsewhere {
  readonly runId: number;
  readonly token: string;
}

/**
 * Folders into which artifacts, whose names `wanted` takes, were downloaded; by artifact name.
 * @param elsewhere another run than this one
 */
export async function download(
  wanted: (name: string) => boolean,
  into: string,
  elsewhere?: Elsewhere,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!hasArtifacts() && elsewhere === undefined) return found;
  try {
    const { DefaultArtifactClient } = await import('@actions/artifact');
    const client = new DefaultArtifactClient();
    const from = elsewhere && findBy(elsewhere);
    const { artifacts } = await client.listArtifacts({ latest: true, ...from });
    for (const { id, name } of artifacts.filter((artifact) => wanted(artifact.name)).slice(0, 300)) {
      const path = join(into, `artifact-${id}`);
      await client.downloadArtifact(id, { path, ...from });
      found.set(name, path);
    }
    return found;
  } catch (cause) {
    // Going on without would let each shard make a plan of its own, and tests could fall between them.
    throw new ActionError('artifact', `The run's artifacts could not be read: ${messageOf(cause)}`, {
      remedy: elsewhere
        ? "Add 'actions: read' to this job's 'permissions:', and check that the run's artifacts have not expired."
        : 'Run the job again; if it fails the same way, see https://www.githubstatus.com.',
      cause,
    });
  }
}

function findBy({ runId, token }: Elsewhere) {
  const { owner, repo } = context();
  return { findBy: { token, workflowRunId: runId, repositoryOwner: owner, repositoryName: repo } };
}

/** A JSON file of a downloaded artifact, by its name; undefined when it is not there, too large, or not JSON. */
export async function readJson(folder: string, file: string): Promise<unknown> {
  try {
    const names = await readdir(folder);
    const path = join(folder, file);
    if (!names.includes(file) || (await stat(path)).size > RECORD_BYTES) return undefined;
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
