import { ActionError, lines, text } from '@fairway/action-kit';
import { type ImageName, isDigest, parseReference } from '@fairway/image-registry';
import type { Phase } from './inputs.js';

/** How many digests each phase takes. */
const DIGESTS: Readonly<Record<Phase, { readonly min: number; readonly max: number }>> = {
  build: { min: 0, max: 0 },
  merge: { min: 1, max: 100 },
  push: { min: 0, max: 1 },
  sign: { min: 1, max: 100 },
  verify: { min: 1, max: 1 },
};

/** @param handedOver the digests come from other jobs' artifacts, and are not given */
export function readDigests(phase: Phase, handedOver: boolean): string[] {
  const given = lines('digests');
  const digests = phase === 'sign' ? given.map((line) => line.replace(/^[^@]*@/, '')) : given;
  const wrong = digests.find((digest) => !isDigest(digest));
  const { min, max } = handedOver ? DIGESTS.build : DIGESTS[phase];
  if (wrong === undefined && digests.length >= min && digests.length <= max) return digests;
  const range = min === max ? `${min}` : `${min} to ${max}`;
  const flaw = wrong === undefined ? `has ${digests.length} lines` : `holds '${wrong.slice(0, 80)}'`;
  throw new ActionError('bad-input', `The input 'digests' ${flaw}; the phase ${phase} takes ${range}.`, {
    remedy: 'Give the output  digest  of the step that built the image, sha256:…, one a line.',
  });
}

/** What is signed: an image by its digest. */
export interface Signable {
  readonly image: ImageName;
  readonly digest: string;
}

/**
 * For phase `sign`, the images of the input `digests`: each digest is one of `image`, unless it says of which it is, as
 * the lines of the output `references` do.
 * @throws ActionError 'bad-input' for one of another registry, where the login does not hold
 */
export function readSignables(image: ImageName): Signable[] {
  return lines('digests').map((line) => {
    if (isDigest(line)) return { image, digest: line };
    const { name, tag, digest } = parseReference(line.replace(/^[\w-]+=/, ''));
    if (tag === '' && name.registry === image.registry) return { image: name, digest };
    throw new ActionError(
      'bad-input',
      `The input 'digests' holds '${line.slice(0, 200)}', which is no image by its digest in ${image.registry}.`,
      { remedy: `Write it as  ${image.full}@sha256:…  ; each registry needs a step of its own.` },
    );
  });
}

/** The beginning of an artifact's name, or empty. */
export function readArtifactName(input: string): string {
  const given = text(input);
  if (given === '' || /^[A-Za-z0-9][\w.-]{0,79}$/.test(given)) return given;
  throw new ActionError(
    'bad-input',
    `The input '${input}' is '${given.slice(0, 90)}', no name for an artifact.`,
    {
      remedy: `Letters, digits, '.', '_' and '-', at most 80 of them:  ${input}: image`,
    },
  );
}

/** The name under which builds hand their digests to the job that merges, or empty. */
export function readDigestArtifact(phase: Phase, platforms: readonly string[]): string {
  const given = readArtifactName('digest-artifact');
  if (given === '') return '';
  const refuse = (why: string, remedy: string) => {
    throw new ActionError('bad-input', `The input 'digest-artifact' ${why}.`, { remedy });
  };
  if (phase !== 'build' && phase !== 'merge')
    refuse(`has no place in phase ${phase}`, 'Give it to the phases  build  and  merge');
  if (phase === 'build' && platforms.length !== 1)
    refuse(
      `hands on the image of one platform, and 'platforms' names ${platforms.length}`,
      'Let a matrix give each job its own:  platforms: ${{ matrix.platform }}',
    );
  if (platforms.length === 0)
    refuse(
      "does not say which platforms to join: 'platforms' is empty",
      'Give the list that the matrix was made of',
    );
  return given;
}
