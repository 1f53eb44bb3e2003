import { join } from 'node:path';

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
 * Downloads the newest artifact of a name in this run into a folder.
 * @returns false when there is none
 * @throws Error when the service refuses or cannot be reached
 */
export async function fetchArtifact(name: string, into: string): Promise<boolean> {
  const { DefaultArtifactClient, ArtifactNotFoundError } = await import('@actions/artifact');
  const client = new DefaultArtifactClient();
  try {
    const { artifact } = await client.getArtifact(name);
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
 * @throws Error when the service refuses or cannot be reached
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
  for (const { id, name } of artifacts.filter((artifact) => wanted(artifact.name)).slice(0, MOST)) {
    const path = join(into, `artifact-${id}`);
    await client.downloadArtifact(id, { path, ...from });
    found.set(name, path);
  }
  return found;
}

function findBy({ owner, repo, runId, token }: Elsewhere) {
  return { findBy: { token, workflowRunId: runId, repositoryOwner: owner, repositoryName: repo } };
}
