import {
  COMMENT_CHARACTERS,
  fitSections,
  group,
  info,
  md,
  type Section,
  writeSummary,
} from '@fairway/action-kit';
import { type Applied, applyAll } from './apply/apply.js';
import { refuseForeign } from './apply/belonging.js';
import { differenceOf } from './apply/difference.js';
import { missingDefinitions, observe } from './apply/observe.js';
import { deleteObjects, leftBehind } from './apply/prune.js';
import { hasStatus } from './cluster/api-error.js';
import { type KubeObject, keyOf, labelOf, refOf } from './cluster/object.js';
import { comment } from './github.js';
import type { DeployOutputs } from './outcome.js';
import { prepareObjects } from './prepare.js';
import { History } from './release/history.js';
import type { Site } from './site.js';
import { isDefinedBy } from './source/definitions.js';
import { isForElse } from './source/hooks.js';
import type { Strategy } from './strategy/strategy-inputs.js';

/** Shows what a deployment would change, by a dry run on the server. Nothing is touched, no lease is taken. */
export async function preview(site: Site, outputs: DeployOutputs): Promise<void> {
  const objects = await prepareObjects(site, true);
  const changes = await group('Compare with the cluster', () => compare(site, objects));
  const changed = changes.filter(({ action }) => action !== 'unchanged' && action !== 'kept');
  for (const { action, ref } of changed) info(`${action.padEnd(9)} ${labelOf(ref)}`);
  const sections = await previewSections(site, changes);
  await writeSummary(sections);
  await comment(site, fitSections(sections, COMMENT_CHARACTERS - 200).text);
  outputs.set('result', 'diff');
  outputs.set('changed', changed.length);
}

/**
 * With blue-green in the colour that serves: the difference to read is that of the content, not of the names. What was
 * released last says whether there is a colour: who only asks for a difference need not know with which strategy the
 * environment deploys. Pure.
 * @param last the last good release's objects, and the number that the next one will have
 */
export async function asItServes(
  manifests: readonly KubeObject[],
  last: { readonly objects: readonly KubeObject[]; readonly nextNumber: number },
  strategy: Strategy['kind'],
): Promise<readonly KubeObject[]> {
  const { canHaveColour, coloured, colourIn, colourOf } = await import('./strategy/colour.js');
  const present = colourIn(last.objects);
  if (strategy === 'blue-green') return coloured(manifests, present || colourOf(last.nextNumber));
  return present !== '' && canHaveColour(manifests) ? coloured(manifests, present) : manifests;
}

async function compare(site: Site, manifests: readonly KubeObject[]): Promise<Applied[]> {
  const namespace = await site.client
    .get({ apiVersion: 'v1', kind: 'Namespace', name: site.namespace })
    .catch((error: unknown) => {
      if (hasStatus(error, 403)) return 'hidden';
      throw error;
    });
  // The server cannot try anything in a namespace that is not there yet: then all of it is new.
  if (namespace === undefined)
    return manifests.map((object) => ({
      ref: refOf(object),
      action: 'created',
      before: undefined,
      after: object,
    }));
  const history = await History.read(site.client, site.release, site.namespace);
  const occasion = history.lastGood ? 'upgrade' : 'install';
  const last = { objects: history.lastGood?.objects ?? [], nextNumber: history.nextNumber };
  const dressed = await asItServes(manifests, last, site.inputs.strategy.kind);
  const objects = dressed.filter((one) => !isForElse(one, occasion));
  const live = await observe(site.client, objects, site.applySet);
  if (!site.inputs.forceConflicts) await refuseForeign(site.client, objects, live, site.applySet);
  const wanted = new Map(objects.map((object) => [keyOf(object), object]));
  const changes: Applied[] = [];
  const missing = await missingDefinitions(site.client, objects);
  const [testable, unknown] = partition(objects, (object) => !isDefinedBy(missing, object));
  await applyAll(site.client, testable, {
    force: site.inputs.forceConflicts,
    dryRun: true,
    release: objects,
    live,
    // Of a new object the reader wants to see the manifest, not what the server will fill in.
    onApplied: (one) =>
      changes.push(one.action === 'created' ? { ...one, after: wanted.get(keyOf(one.ref)) } : one),
  });
  for (const object of unknown)
    changes.push({ ref: refOf(object), action: 'created', before: undefined, after: object });
  const earlier = leftBehind(
    history.revisions.flatMap((revision) => revision.objects),
    objects,
  );
  if (site.inputs.prune)
    changes.push(
      ...(await deleteObjects(site.client, earlier, site.applySet, { dryRun: true, mayStay: true })),
    );
  const order = new Map(objects.map((object, index) => [labelOf(object), index]));
  return changes.toSorted(
    (a, b) => (order.get(labelOf(a.ref)) ?? Infinity) - (order.get(labelOf(b.ref)) ?? Infinity),
  );
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** The difference as Markdown: a line a reviewer reads first, then each object's own difference. */
export async function previewSections(
  site: Pick<Site, 'release' | 'namespace'>,
  changes: readonly Applied[],
): Promise<Section[]> {
  const count = (action: string) => changes.filter((change) => change.action === action).length;
  const parts = [
    [count('created'), 'to create'],
    [count('changed'), 'to change'],
    [count('deleted'), 'to delete'],
    [count('unchanged'), 'unchanged'],
  ].flatMap(([n, what]) => (n === 0 ? [] : `${n} ${what}`));
  const sections: Section[] = [
    {
      body: `${md.heading(3, `${site.release} in ${site.namespace}: ${parts.join(', ') || 'nothing'}`)}`,
      priority: 9,
      title: 'counts',
    },
  ];
  for (const change of changes) {
    if (change.action === 'unchanged' || change.action === 'kept') continue;
    const difference = await differenceOf(change);
    const priority = change.action === 'deleted' ? 7 : change.action === 'changed' ? 5 : 3;
    sections.push({
      title: labelOf(change.ref),
      body: md.details(
        `${change.action.replace(/d$/, '')}: ${labelOf(change.ref)}`,
        md.codeBlock(difference, 'diff'),
      ),
      priority,
    });
  }
  return sections;
}
