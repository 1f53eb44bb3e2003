import { pause } from '@fairway/exec-kit';
import type { Environment } from '../scenarios/scenario.js';
import { type EnvironmentView, viewEnvironment } from './environment-view.js';

/** A runner that is to die in the middle of a rollout. */
export interface Ambush {
  /** Raised when the moment has come. */
  readonly death: AbortSignal;
  /** What the environment was like in that moment; undefined when it never came. Ends the watch. */
  end(): Promise<EnvironmentView | undefined>;
}

/** Watches an environment until a release has begun there and has not ended. @param before what ran until then */
export function waitBetweenReleases(
  kubeconfig: string,
  environment: Environment,
  before: EnvironmentView,
): Ambush {
  const death = new AbortController();
  let over = false;
  const watch = (async () => {
    while (!over) {
      const view = await viewEnvironment(kubeconfig, environment).catch(() => undefined); // taken down meanwhile
      if (view !== undefined && isBetween(before, view)) {
        death.abort();
        return view;
      }
      await pause(200);
    }
    return undefined;
  })();
  return {
    death: death.signal,
    end: () => {
      over = true;
      return watch;
    },
  };
}

/** Whether pods of the release before and of another one are there, and the record has one that is on its way. Pure. */
export function isBetween(before: EnvironmentView, now: EnvironmentView): boolean {
  const old = new Set(before.pods.map(({ templateHash }) => templateHash));
  const templates = now.pods.map(({ templateHash }) => old.has(templateHash));
  return templates.includes(true) && templates.includes(false) && now.releases.at(-1)?.state === 'pending';
}
