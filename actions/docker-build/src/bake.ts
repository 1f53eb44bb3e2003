import { join } from 'node:path';
import { group, info } from '@fairway/action-kit';
import { parseImageName } from '@fairway/image-registry';
import { resolveTargets } from './bake-file.js';
import { targetImage } from './bake-inputs.js';
import { findBuildx } from './buildx.js';
import type { Inputs } from './inputs.js';
import type { Out } from './outputs.js';
import { NO_IDENTITY } from './plan.js';
import type { Account } from './summary.js';

/** What came of one target. */
interface Baked {
  readonly image: string;
  readonly digest: string;
  readonly reference: string;
  readonly tags: readonly string[];
}

/**
 * Builds each target of bake files as an image of its own: named, looked at, pushed and signed before the next begins.
 * What targets share is built once, by the builder's own cache. The first that fails ends it.
 *
 * @param runOne one run of the action, for one image, in a folder of its own
 */
export async function bake(
  inputs: Inputs,
  outputs: Out,
  folder: string,
  runOne: (inputs: Inputs, folder: string) => Promise<Account>,
): Promise<void> {
  const { files, targets: wanted, imageName } = inputs.bake;
  const targets = await resolveTargets(await findBuildx(), files, wanted, NO_IDENTITY);
  await group('Targets', async () => {
    for (const { name } of targets) info(`${name} → ${targetImage(imageName, name, targets.length)}`);
  });
  const baked: Record<string, Baked> = {};
  const accounts: Account[] = [];
  try {
    for (const target of targets) {
      const image = parseImageName(targetImage(imageName, target.name, targets.length));
      const build = { ...inputs.build, bakeTarget: target };
      const account = await runOne({ ...inputs, image, build }, join(folder, target.name));
      accounts.push(account);
      baked[target.name] = bakedFrom(account);
    }
  } finally {
    outputs.set('images', JSON.stringify(baked));
    outputs.set(
      'names',
      Object.values(baked)
        .map(({ image }) => image)
        .join('\n'),
    );
    outputs.set('references', referenceLines(baked));
    // Of several none is the image: what names one must not name whichever came last.
    if (targets.length > 1) {
      for (const name of ['digest', 'reference', 'provenance', 'sbom', 'signature', 'layout'] as const)
        outputs.set(name, '');
      outputs.set(
        'tags',
        Object.values(baked)
          .flatMap(({ tags }) => tags)
          .join('\n'),
      );
      outputs.set('pushed', inputs.push && accounts.length === targets.length);
    }
  }
}

/** `target=reference`, a line for each image that has a digest. */
function referenceLines(baked: Readonly<Record<string, Baked>>): string {
  return Object.entries(baked)
    .filter(([, { reference }]) => reference !== '')
    .map(([target, { reference }]) => `${target}=${reference}`)
    .join('\n');
}

function bakedFrom({ image, digest, tags }: Account): Baked {
  return {
    image,
    digest,
    reference: digest === '' ? '' : `${image}@${digest}`,
    tags: tags.map((tag) => `${image}:${tag}`),
  };
}
