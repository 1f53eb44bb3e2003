import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { type ConsumerRepository, layOutConsumer } from '../engine/consumer.js';
import { type StagedCopy, stageOwnRepository } from '../engine/staging.js';
import { gatherThirdParty, type ThirdPartyAction } from '../engine/third-party.js';
import { refOf } from '../engine/uses.js';
import { teamSetup } from './team-setup.js';

/** The slug that callers write. */
export const ownSlug = 'fairway-ci/fairway';

/** All repositories that a run reads: ours, the team's, and other people's. */
export interface Stage {
  readonly own: StagedCopy;
  readonly consumer: ConsumerRepository;
  readonly thirdParty: readonly ThirdPartyAction[];
  /** `owner/repo@ref` → folder, for act. */
  readonly localRepositories: ReadonlyMap<string, string>;
}

/**
 * Lays everything out below a folder.
 * @param root this repository
 */
export async function layOutStage(root: string, folder: string, consumerSlug: string): Promise<Stage> {
  const callerFile = join(root, 'workflows/cicd/caller.yml');
  const ref = refOf(ownSlug, await readFile(callerFile, 'utf8'));
  if (ref === undefined) {
    throw new ActionError('caller-unreadable', `workflows/cicd/caller.yml uses no workflow of ${ownSlug}.`, {
      remedy: `It has to hold a line as:  uses: ${ownSlug}/.github/workflows/cicd.yml@v1`,
    });
  }
  const own = await stageOwnRepository(root, join(folder, 'fairway'), { slug: ownSlug, ref });
  const consumer = await layOutConsumer(
    join(root, 'examples/photo-app'),
    {
      'cicd.yml': callerFile,
      'drill.yml': join(root, 'workflows/deploy/drill.yml'),
      'preview.yml': join(root, 'workflows/preview/caller.yml'),
      'rollback.yml': join(root, 'workflows/deploy/rollback.yml'),
      'test-report.yml': join(root, 'workflows/test-report/caller.yml'),
    },
    join(folder, 'consumer'),
    consumerSlug,
    teamSetup,
  );
  const sources = await Promise.all(own.definitions.map((file) => readFile(join(own.folder, file), 'utf8')));
  const thirdParty = await gatherThirdParty(sources, ownSlug, join(folder, 'third-party'));
  const localRepositories = new Map([[`${ownSlug}@${ref}`, own.folder]]);
  for (const action of thirdParty) localRepositories.set(`${action.repository}@${action.ref}`, action.folder);
  return { own, consumer, thirdParty, localRepositories };
}
