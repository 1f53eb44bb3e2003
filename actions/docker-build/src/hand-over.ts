import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, info, messageOf } from '@fairway/action-kit';
import { fetchArtifact, keepArtifact, readJson } from '@fairway/artifact-kit';
import { readContent } from '@fairway/image-registry';
import { type Job, opened } from './job.js';
import type { Naming } from './naming.js';
import { artifactOf, digestIn, RECORD_BYTES, RECORD_FILE } from './part-record.js';

const REVISION = 'org.opencontainers.image.revision';

/** Keeps the digest of the image of one platform for the job that merges; the outputs of a matrix would overwrite each other. */
export async function handOver({ inputs, folder, account }: Job): Promise<void> {
  const [platform = ''] = inputs.build.platforms;
  const name = artifactOf(inputs.digestArtifact, inputs.image.full, platform);
  const file = join(folder, RECORD_FILE);
  await writeFile(file, JSON.stringify({ image: inputs.image.full, platform, digest: account.digest }));
  try {
    await keepArtifact(name, [file], folder, { replace: true, retentionDays: 1 });
  } catch (cause) {
    throw noService(`The digest could not be kept as the artifact '${name}'`, cause);
  }
  info(`Handed on ${account.digest} for ${platform}, as the artifact ${name}.`);
}

/**
 * The digests that the builds left, one for each platform asked for, in that order. Each is looked at in the registry:
 * only an image for its platform, built from the same commit as this job, is merged.
 * @throws ActionError 'missing-part', 'bad-part' or 'artifact'
 */
export async function handedOver(job: Job, naming: Naming): Promise<string[]> {
  const digests: string[] = [];
  for (const platform of job.inputs.build.platforms) {
    const digest = await recordedDigest(job, platform);
    await checkPart(job, digest, platform, naming.labels.get(REVISION));
    digests.push(digest);
  }
  return digests;
}

async function recordedDigest({ inputs, folder }: Job, platform: string): Promise<string> {
  const name = artifactOf(inputs.digestArtifact, inputs.image.full, platform);
  const into = await mkdtemp(join(folder, 'part-'));
  const found = await fetchArtifact(name, into).catch((cause: unknown) => {
    if (cause instanceof ActionError) throw cause; // it says itself what is wrong with the artifact
    throw noService(`The artifact '${name}' could not be fetched`, cause);
  });
  if (!found) {
    throw new ActionError(
      'missing-part',
      `No build of ${inputs.image.full} for ${platform} handed on a digest.`,
      {
        remedy: `Let the job that merges need the jobs that build, and give both the same  platforms,  image  and  digest-artifact. The artifact looked for was '${name}'.`,
      },
    );
  }
  return digestIn(await readJson(into, RECORD_FILE, RECORD_BYTES), { image: inputs.image.full, platform });
}

async function checkPart(
  { registry }: Job,
  digest: string,
  platform: string,
  revision: string | undefined,
): Promise<void> {
  const { images } = await readContent(opened(registry).repository, digest);
  const flaw = partFlaw(images, platform, revision);
  if (flaw === undefined) return;
  throw new ActionError(
    'bad-part',
    `The digest handed on for ${platform} is not what was to be built: ${flaw}.`,
    {
      remedy: `Run the building jobs again. If it stays, look at which job of this run wrote the artifact; the digest was ${digest}.`,
    },
  );
}

/** Why images are not the part of a platform, or undefined when they are. Pure. */
export function partFlaw(
  images: readonly { readonly platform: string; readonly labels: Readonly<Record<string, string>> }[],
  platform: string,
  revision: string | undefined,
): string | undefined {
  const [image] = images;
  if (image === undefined || images.length > 1) return `it holds ${images.length} images`;
  const [os, architecture, variant] = platform.split('/');
  const [itsOs, itsArchitecture, itsVariant] = image.platform.split('/');
  const other = variant !== undefined && itsVariant !== undefined && variant !== itsVariant;
  if (os !== itsOs || architecture !== itsArchitecture || other) return `it is for ${image.platform}`;
  const built = image.labels[REVISION];
  return built === revision ? undefined : `it was built from ${built ?? 'no commit that it names'}`;
}

function noService(what: string, cause: unknown): ActionError {
  return new ActionError('artifact', `${what}: ${messageOf(cause)}`, {
    remedy:
      'Run the job again; if it fails the same way, see https://www.githubstatus.com. Without an artifact service give the digests by  digests:  instead.',
    cause,
  });
}
