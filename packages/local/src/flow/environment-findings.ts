// What speaks against a claim about an environment; undefined when nothing does. All pure.
import type { EnvironmentView } from './environment-view.js';
import type { Evidence } from './evidence.js';
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

function names(view: EnvironmentView): string {
  return view.pods.map((pod) => pod.name).join(', ') || 'no pod';
}

export function notServed(vigil: Vigil | undefined): string | undefined {
  if (vigil === undefined || vigil.asked === 0) return 'nobody asked';
  return vigil.failures.length === 0
    ? undefined
    : `of ${vigil.asked} questions some got: ${vigil.failures.join('; ')}`;
}
