import { createHash } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { isDigest, toTag } from '@fairway/image-registry';

/** What the build of one platform hands to the job that merges. */
export interface PartRecord {
  readonly image: string;
  readonly platform: string;
  readonly digest: string;
}

/** The one file in the artifact, and how large it may be. */
export const RECORD_FILE = 'part.json';
export const RECORD_BYTES = 4096;

/** An artifact's name: of its own for each of several images that one run builds, and for each platform where that is told apart. */
export function artifactOf(base: string, image: string, platform?: string): string {
  const which = createHash('sha256').update(image).digest('hex').slice(0, 8);
  return `${base}-${which}${platform === undefined ? '' : `-${toTag(platform)}`}`;
}

/**
 * The digest in a record that came from another job. Any job of the run can write an artifact, so nothing of it is
 * believed but what fits: the image, the platform, and the form of a digest.
 * @throws ActionError 'bad-part'
 */
export function digestIn(record: unknown, expected: Omit<PartRecord, 'digest'>): string {
  const { image, platform, digest } = (
    typeof record === 'object' && record !== null ? record : {}
  ) as Partial<Record<keyof PartRecord, unknown>>;
  const { image: wanted, platform: forPlatform } = expected;
  if (image !== wanted || platform !== forPlatform || typeof digest !== 'string' || !isDigest(digest)) {
    throw new ActionError(
      'bad-part',
      `What the build for ${forPlatform} handed on is no record of ${wanted}.`,
      {
        remedy:
          "Give the jobs that build and the job that merges the same  image  and  digest-artifact, and let no other job of the run use that artifact's name.",
      },
    );
  }
  return digest;
}
