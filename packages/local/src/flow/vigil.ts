import { pause, query } from '@fairway/exec-kit';
import { reachApp } from './app-address.js';
import type { EnvironmentView } from './environment-view.js';

/** What visitors saw who came to the app all the time. */
export interface Vigil {
  readonly asked: number;
  /** Questions that got no good answer. */
  readonly failed: number;
  /** What came instead of an answer, each once. */
  readonly failures: readonly string[];
}

/** Milliseconds between two questions. */
const rhythm = 100;

/** What visitors ask for, in turn: the page, what its script asks for, and what a load balancer would. */
const pages = ['/', '/photos?limit=5', '/healthz'];

/**
 * Asks the app of an environment, each time on a connection of its own, until the returned function is called: as
 * visitors come while a release goes on. Where the service's address is not good here, the API server passes the
 * question on, so that no single pod is clung to.
 */
export async function keepVigil(kubeconfig: string, view: EnvironmentView): Promise<() => Promise<Vigil>> {
  const reached = await reachApp(kubeconfig, view);
  await reached?.close();
  if (reached === undefined) return async () => ({ asked: 0, failed: 0, failures: ['no service answers'] });
  const proxy = `/api/v1/namespaces/${view.namespace}/services/photo-app:http/proxy`;
  const ask = reached.lasting
    ? (page: string) => askDirectly(`${reached.address}${page}`)
    : (page: string) => query('kubectl', [`--kubeconfig=${kubeconfig}`, 'get', '--raw', `${proxy}${page}`]);
  let over = false;
  let asked = 0;
  let failed = 0;
  const failures = new Set<string>();
  const vigil = (async () => {
    while (!over) {
      const page = pages[asked++ % pages.length] ?? '/';
      await ask(page).catch((error: unknown) => {
        failed++;
        failures.add(error instanceof Error ? error.message : String(error));
      });
      await pause(rhythm);
    }
  })();
  return async () => {
    over = true;
    await vigil;
    return { asked, failed, failures: [...failures] };
  };
}

async function askDirectly(address: string): Promise<void> {
  const answer = await fetch(address, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(5000),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
}
