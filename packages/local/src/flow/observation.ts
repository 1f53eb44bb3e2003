import { at, list, text } from '../engine/json-value.js';
import type { Environment } from '../scenarios/scenario.js';
import type { Notification } from '../services/inbox.js';
import { reachApp } from './app-address.js';
import { type EnvironmentView, viewEnvironment } from './environment-view.js';
import type { Parts } from './parts.js';
import { photoRoundTrip } from './photo-round-trip.js';
import { viewImages } from './registry-view.js';

/** The team's repository. */
export const consumerSlug = 'acme/photo-app';

/** The photo app's image in the registry of the run. */
export const imageName = 'photo-app';

/** The same of pull requests, kept apart. */
export const previewImage = 'photo-app/preview';

/** All that can be seen of the outside world at one moment. */
export interface Observation {
  readonly environments: Readonly<Record<Environment, EnvironmentView>>;
  /** Tag → digest. */
  readonly images: ReadonlyMap<string, string>;
  /** Notifications so far. */
  readonly notifications: readonly Notification[];
  /** Names of the pipeline's alerts that Alertmanager holds open. */
  readonly openAlerts: readonly string[];
}

/** Looks at cluster, registry, inbox and Alertmanager. */
export async function observe(parts: Parts): Promise<Observation> {
  const [staging, production, images, openAlerts] = await Promise.all([
    viewEnvironment(parts.kubeconfig, 'staging'),
    viewEnvironment(parts.kubeconfig, 'production'),
    viewImages(parts.registry, imageName),
    viewAlerts(parts.alertmanager),
  ]);
  return {
    environments: { staging, production },
    images,
    notifications: parts.inbox.received(),
    openAlerts,
  };
}

/** Alertmanager's API v2: GET /alerts lists what is open. Those of the app itself are not the pipeline's. */
async function viewAlerts(alertmanager: string): Promise<readonly string[]> {
  const answer = await fetch(`${alertmanager}/api/v2/alerts?active=true`);
  return list(await answer.json())
    .filter((alert) => JSON.stringify(at(alert, 'labels')).includes(consumerSlug))
    .map((alert) => text(at(alert, 'labels', 'alertname')));
}

/**
 * Uploads a photo through the cluster and reads it back.
 * @returns undefined when it came back as it went, otherwise what went wrong
 */
export async function tryPhotos(parts: Parts, view: EnvironmentView): Promise<string | undefined> {
  const reached = await reachApp(parts.kubeconfig, view);
  if (reached === undefined) return `no service answers in ${view.namespace}`;
  try {
    return await photoRoundTrip(reached.address);
  } finally {
    await reached.close();
  }
}
