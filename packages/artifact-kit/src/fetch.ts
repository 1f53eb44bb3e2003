import { join } from 'node:path';
import { ActionError, formatBytes } from '@fairway/action-kit';

/** Artifacts of another run, which the API hands out to those who may read it. */
export interface Elsewhere {
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  readonly token: string;
}

/** Artifacts that one call downloads at most; a matrix has no more than 256 legs. */
const MOST = 300;

/**
 * Bytes that one artifact may weigh, compressed. A pull request's own code can have written it: what is this large is
 * refused before it is downloaded and unpacked.
 */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Downloads the newest artifact of a name in this run into a folder.
 * @returns false when there is none
 * @throws Error when the service refuses or cannot be reached; ActionError 'artifact-too-large'
 */
export async function fetchArtifact(name: string, into: string): Promise<boolean> {
  const { DefaultArtifactClient, ArtifactNotFoundError } = await import('@actions/artifact');
  const client = new DefaultArtifactClient();
  try {
    const { artifact } = await client.getArtifact(name);
    weigh(artifact);
    await client.downloadArtifact(artifact.id, { path: into });
    return true;
  } catch (error) {
    if (error instanceof ArtifactNotFoundError) return false;
    throw error;
  }
}

/**
 * Downloads every artifact whose name `wanted` takes, each into a folder of its own below `into`.
 * @param elsewhere another run than this one
 * @returns the folders by artifact name
 * @throws Error when the service refuses or cannot be reached; ActionError 'artifact-too-large'
 */
export async function fetchArtifacts(
  wanted: (name: string) => boolean,
  into: string,
  elsewhere?: Elsewhere,
): Promise<Map<string, string>> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const client = new DefaultArtifactClient();
  const from = elsewhere && findBy(elsewhere);
  const { artifacts } = await client.listArtifacts({ latest: true, ...from });
  const found = new Map<string, string>();
  for (const artifact of artifacts.filter(({ name }) => wanted(name)).slice(0, MOST)) {
    weigh(artifact);
    const { id, name } = artifact;
    const path = join(into, `artifact-${id}`);
    await client.downloadArtifact(id, { path, ...from });
    found.set(name, path);
  }
  return found;
}

/** @throws ActionError 'artifact-too-large' */
export function weigh({ name, size }: { readonly name: string; readonly size: number }): void {
  if (size <= MOST_BYTES) return;
  throw new ActionError(
    'artifact-too-large',
    `The artifact '${name}' weighs ${formatBytes(size)}; at most ${formatBytes(MOST_BYTES)} are read.`,
    {
      remedy:
        'Look at what the job that uploads it puts into it. On a pull request from a fork, do not trust it.',
    },
  );
}

function findBy({ owner, repo, runId, token }: Elsewhere) {
  return { findBy: { token, workflowRunId: runId, repositoryOwner: owner, repositoryName: repo } };
}
