import { info } from '@fairway/action-kit';
import { type KubeObject, keyOf, labelOf } from '../../cluster/object.js';
import type { RolloutFailure } from '../../release/roll-out.js';
import type { Site } from '../../site.js';
import { previewName } from '../candidate.js';
import { whetherTaken } from './acceptance.js';
import { whetherReached } from './endpoints.js';
import { type Previews, weigh } from './router.js';
import { type Routing, routingOf } from './routing.js';

/**
 * Gives new versions that are ready their share of what the routes send.
 * @returns why they cannot get it; undefined when they have it
 */
export async function giveShare(
  site: Site,
  contenders: readonly { readonly routing: Routing }[],
  percent: number,
  signal: AbortSignal,
): Promise<RolloutFailure | undefined> {
  const services = once(contenders.flatMap(({ routing }) => routing.services));
  const routes = once(contenders.flatMap(({ routing }) => routing.routes));
  const unreached = await whetherReached(site, services, signal);
  if (unreached || signal.aborted) return unreached;
  for (const route of routes) {
    const weighted = weigh(route, previewsOf(services), percent);
    if (weighted === undefined) continue;
    await site.client.apply(weighted, { force: true });
    info(`${labelOf(weighted)} gives the new version ${percent} % of the requests.`);
  }
  return whetherTaken(site, routes, signal);
}

/**
 * Gives all requests back to the stable version. Where the share was an object of its own, that one is taken away with
 * the rest of the trial.
 * @returns whether there was any route to change
 */
export async function returnTraffic(site: Site, good: readonly KubeObject[]): Promise<boolean> {
  const { routes, services } = routingOf(good);
  const previews = previewsOf(services);
  const changed = routes.filter((route) => {
    const weighted = weigh(route, previews, 1);
    return weighted !== undefined && keyOf(weighted) === keyOf(route);
  });
  for (const route of changed) await site.client.apply(route, { force: true });
  if (changed.length > 0) info(`${changed.map(labelOf).join(', ')}: all requests go to the stable version.`);
  return changed.length > 0;
}

/** Several contenders may share a Service or a route. */
function once(objects: readonly KubeObject[]): readonly KubeObject[] {
  return [...new Map(objects.map((object) => [keyOf(object), object])).values()];
}

function previewsOf(services: readonly KubeObject[]): Previews {
  return new Map(services.map(({ metadata: { name } }) => [name, previewName(name)] as const));
}
