import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadArtifactOptions } from '@actions/artifact';
import { ActionError, context, formatBytes, warning } from '@fairway/action-kit';
import { unzip } from './unzip.js';

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

/** A zip says little of what is in it: of zeros a thousandth is enough. */
const UNPACKED = { bytes: 1024 * 1024 * 1024, files: 10_000 };

/**
 * Downloads the newest artifact of a name in this run into a folder.
 * @returns false when there is none
 * @throws Error when the service refuses or cannot be reached; ActionError 'artifact-too-large',
 * 'artifact-changed' or 'bad-artifact'
 */
export async function fetchArtifact(name: string, into: string): Promise<boolean> {
  const { DefaultArtifactClient, ArtifactNotFoundError } = await import('@actions/artifact');
  const client = new DefaultArtifactClient();
  try {
    const { artifact } = await client.getArtifact(name);
    await download(artifact, into, (options) => client.downloadArtifact(artifact.id, options));
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
 * @throws Error when the service refuses or cannot be reached; ActionError 'artifact-too-large',
 * 'artifact-changed' or 'bad-artifact'
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
  const all = artifacts.filter(({ name }) => wanted(name));
  if (all.length > MOST) warning(`Of ${all.length} artifacts ${MOST} are read: no matrix leaves that many.`);
  const found = new Map<string, string>();
  for (const artifact of all.slice(0, MOST)) {
    const { id, name } = artifact;
    const path = join(into, `artifact-${id}`);
    await download(artifact, path, (options) => client.downloadArtifact(id, { ...options, ...from }));
    found.set(name, path);
  }
  return found;
}

interface Listed {
  readonly name: string;
  readonly size: number;
  /** `sha256:…` of what was uploaded, where the service tells it. */
  readonly digest?: string;
}

/**
 * Downloads an artifact as it was uploaded, and unpacks it here: the client would unpack whatever comes, without an end
 * and before it knows that it is what was uploaded.
 */
async function download(
  artifact: Listed,
  into: string,
  fetch: (options: DownloadArtifactOptions) => Promise<{ readonly digestMismatch?: boolean }>,
): Promise<void> {
  weigh(artifact);
  const folder = await mkdtemp(join(context().temp, 'fairway-artifact-'));
  try {
    const { digestMismatch } = await fetch({
      path: folder,
      skipDecompress: true,
      ...(artifact.digest !== undefined && { expectedHash: artifact.digest }),
    });
    if (digestMismatch) {
      throw new ActionError('artifact-changed', `The artifact '${artifact.name}' is not what was uploaded.`, {
        remedy: 'Run the job again. If it stays, run the job that uploads it again.',
      });
    }
    const [archive = ''] = await readdir(folder);
    await mkdir(into, { recursive: true });
    await unzip(join(folder, archive), into, UNPACKED);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
