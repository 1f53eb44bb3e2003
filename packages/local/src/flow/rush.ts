import { pause } from '@fairway/exec-kit';
import { at, text } from '../engine/json-value.js';
import { reachApp } from './app-address.js';
import type { EnvironmentView } from './environment-view.js';
import { drawPng } from './photo-round-trip.js';

/** What came of visitors in numbers. */
export interface Rush {
  readonly asked: number;
  /** What came instead of an answer, each once, with how often. */
  readonly failures: readonly string[];
  /** Names of the pods that were ready when it ended. */
  readonly pods: readonly string[];
  /** Of these, the ones that Prometheus has counted requests to since it began. */
  readonly served: readonly string[];
  /** Seconds that it took. */
  readonly seconds: number;
}

/** What a rush needs to see while it goes on. */
export interface RushView {
  readonly look: () => Promise<EnvironmentView>;
  /** Pods that have answered visitors, by name. */
  readonly answering: () => Promise<readonly string[]>;
  /** Milliseconds between two looks. Default 3,000. */
  readonly everyMs?: number;
}

/** As many visitors at once; each uploads a photo and then looks at the gallery and at a thumbnail. */
const visitors = 6;
/** The longest that it lasts: metrics are 15 s old, the autoscaler looks every 15 s, and pods have to start. */
const limitMs = 180_000;

/**
 * Sends visitors until there are more pods than before and all of them have answered some, or time is up. A drawing of a
 * thumbnail keeps a pod busy for a while and costs whoever sends it nearly nothing, so that a small machine can be its own
 * crowd.
 */
export async function rush(kubeconfig: string, before: EnvironmentView, view: RushView): Promise<Rush> {
  const began = Date.now();
  const reached = await reachApp(kubeconfig, before);
  if (reached === undefined)
    return { asked: 0, failures: ['no service answers'], pods: [], served: [], seconds: 0 };
  const failures = new Map<string, number>();
  let asked = 0;
  let over = false;
  const crowd = Array.from({ length: visitors }, async () => {
    while (!over) {
      asked++;
      await visit(reached.address).catch((error: unknown) => {
        const said = error instanceof Error ? error.message : String(error);
        failures.set(said, (failures.get(said) ?? 0) + 1);
        return pause(200);
      });
    }
  });
  let ready: readonly string[] = [];
  let served: readonly string[] = [];
  try {
    do {
      await pause(view.everyMs ?? 3000);
      const pods = (await view.look()).pods.filter((pod) => pod.ready);
      ready = pods.map(({ name }) => name);
      const answering = new Set(await view.answering());
      served = ready.filter((name) => answering.has(name));
    } while (!isSpread(before, ready, served) && Date.now() - began < limitMs);
  } finally {
    over = true;
    await Promise.all(crowd);
    await reached.close();
  }
  return {
    asked,
    failures: [...failures].map(([said, times]) => `${times} × ${said}`),
    pods: ready,
    served,
    seconds: (Date.now() - began) / 1000,
  };
}

/** Whether there are more ready pods than before, and each has answered visitors. Pure. */
export function isSpread(
  before: EnvironmentView,
  ready: readonly string[],
  served: readonly string[],
): boolean {
  return ready.length > before.pods.length && served.length === ready.length;
}

const photo = drawPng(1200, 900);

async function visit(address: string): Promise<void> {
  const uploaded = await ask(`${address}/photos?name=rush.png`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', connection: 'close' },
    body: new Uint8Array(photo),
  });
  const thumbnail = text(at(JSON.parse(uploaded.toString('utf8')), 'links', 'thumbnail'));
  await ask(`${address}/`, { headers: { connection: 'close' } });
  await ask(new URL(thumbnail, address).href, { headers: { connection: 'close' } });
}

async function ask(address: string, request: RequestInit): Promise<Buffer> {
  const answer = await fetch(address, { ...request, signal: AbortSignal.timeout(30_000) });
  const body = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`${new URL(address).pathname} answered ${answer.status}`);
  return body;
}
