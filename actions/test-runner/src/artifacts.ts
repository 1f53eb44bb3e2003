import { ActionError, context, group, messageOf, notice } from '@fairway/action-kit';
import { fetchArtifacts, hasArtifacts, keepArtifact, readJson as readBounded } from '@fairway/artifact-kit';

export { hasArtifacts } from '@fairway/artifact-kit';

/** What a job may hand another at most; a record is bounded far below it. */
const RECORD_BYTES = 128 * 1024 * 1024;

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
    const replace = context().runAttempt > 1;
    await group(`Upload ${name}`, () => keepArtifact(name, files, root, { replace }));
    return true;
  } catch (cause) {
    throw new ActionError('artifact', `The artifact '${name}' could not be uploaded: ${messageOf(cause)}`, {
      remedy:
        "Each part of a run needs a name of its own: give every job that runs tests another 'artifact-name', and every matrix leg its 'shard'. To upload nothing, write  upload: false",
      cause,
    });
  }
}

/** Another run than this one, and who may read its artifacts. */
export interface OtherRun {
  readonly runId: number;
  readonly token: string;
}

/**
 * Folders into which artifacts, whose names `wanted` takes, were downloaded; by artifact name.
 * @throws ActionError 'artifact'
 */
export async function download(
  wanted: (name: string) => boolean,
  into: string,
  other?: OtherRun,
): Promise<Map<string, string>> {
  if (!hasArtifacts() && other === undefined) return new Map();
  const { owner, repo } = context();
  try {
    return await fetchArtifacts(wanted, into, other && { owner, repo, ...other });
  } catch (cause) {
    if (cause instanceof ActionError) throw cause; // it says itself what is wrong with an artifact
    // Going on without would let each shard make a plan of its own, and tests could fall between them.
    throw new ActionError('artifact', `The run's artifacts could not be read: ${messageOf(cause)}`, {
      remedy: other
        ? "Add 'actions: read' to this job's 'permissions:', and check that the run's artifacts have not expired."
        : 'Run the job again; if it fails the same way, see https://www.githubstatus.com.',
      cause,
    });
  }
}

/** A JSON file of a downloaded artifact; undefined when it is not there, too large, or not JSON. */
export function readJson(folder: string, file: string): Promise<unknown> {
  return readBounded(folder, file, RECORD_BYTES);
}
