// What speaks against a claim about an environment; undefined when nothing does. All pure.
import type { EnvironmentView } from './environment-view.js';
import type { Evidence } from './evidence.js';
import { isBetween } from './interrupting.js';
import type { Vigil } from './vigil.js';

export function runsDigest(view: EnvironmentView, { digest, after }: Evidence): string | undefined {
  if (digest === '') return 'the run names no digest';
  if (![...after.images.values()].includes(digest)) return `the registry has no ${digest}`;
  const ready = view.pods.filter((pod) => pod.ready);
  if (ready.length === 0) return 'no pod is ready';
  const others = view.pods.filter((pod) => pod.digest !== digest);
  return others.length === 0 ? undefined : others.map((pod) => `${pod.name} runs ${pod.digest}`).join('; ');
}

export function sameTemplate(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const known = new Set(before.pods.map((pod) => `${pod.templateHash} ${pod.digest}`));
  if (known.size === 0) return 'nothing ran before the push';
  if (!after.pods.some((pod) => pod.ready)) return 'no pod is ready';
  const others = after.pods.filter((pod) => !known.has(`${pod.templateHash} ${pod.digest}`));
  return others.length === 0 ? undefined : `${others.map((pod) => pod.name).join(', ')} came with the push`;
}

export function samePods(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const [old, now] = [before, after].map((view) =>
    view.pods
      .map((pod) => pod.uid)
      .sort()
      .join(),
  );
  return old === now ? undefined : `before: ${names(before)}; after: ${names(after)}`;
}

/** Which states the releases have that came with the push, where these are not the ones that were to be. */
export function otherStates(
  before: EnvironmentView,
  after: EnvironmentView,
  states: readonly string[],
): string | undefined {
  const last = Math.max(0, ...before.releases.map(({ number }) => number));
  const added = after.releases.filter(({ number }) => number > last);
  if (added.map(({ state }) => state).join() === states.join()) return undefined;
  const told = added.map(({ number, state, reason }) => `${number} ${state}${reason && `: ${reason}`}`);
  return told.join('; ') || 'nothing was recorded';
}

/** What speaks against the pods running the good release before the present one, all of them and ready. */
export function otherRelease(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const [present, earlier] = before.releases.filter(({ state }) => state === 'good').reverse();
  if (present === undefined || earlier === undefined)
    return 'there was no earlier good release to go back to';
  if (present.digest === earlier.digest)
    return 'both releases run the same image: nothing can be told from it';
  if (!after.pods.some((pod) => pod.ready)) return 'no pod is ready';
  const others = after.pods.filter((pod) => pod.digest !== earlier.digest);
  return others.length === 0 ? undefined : others.map((pod) => `${pod.name} runs ${pod.digest}`).join('; ');
}

export function notReplaced(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const old = new Set(before.pods.map(({ uid }) => uid));
  if (old.size === 0) return 'nothing ran before';
  const ready = after.pods.filter((pod) => pod.ready);
  const same = after.pods.filter(({ uid }) => old.has(uid));
  if (same.length > 0) return `still there: ${same.map(({ name }) => name).join(', ')}`;
  return ready.length >= old.size ? undefined : `${ready.length} of ${old.size} are ready`;
}

export function notBetween(before: EnvironmentView, cutOff: EnvironmentView | undefined): string | undefined {
  if (cutOff === undefined) return 'the rollout was over before anybody was killed';
  return isBetween(before, cutOff) ? undefined : `what ran then: ${names(cutOff)}`;
}

function names(view: EnvironmentView): string {
  return view.pods.map((pod) => pod.name).join(', ') || 'no pod';
}

export function notServed(vigil: Vigil | undefined): string | undefined {
  if (vigil === undefined || vigil.asked === 0) return 'nobody asked';
  return vigil.failures.length === 0
    ? undefined
    : `of ${vigil.asked} questions some got: ${vigil.failures.join('; ')}`;
}
