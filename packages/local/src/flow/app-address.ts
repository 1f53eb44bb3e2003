import { run } from '@fairway/exec-kit';
import { freePorts } from '../services/ports.js';
import type { EnvironmentView } from './environment-view.js';

/** An address at which the app answers from this machine. */
export interface ReachedApp {
  readonly address: string;
  /** The address stays good after `close` and after this process. */
  readonly lasting: boolean;
  close(): Promise<void>;
}

/**
 * Finds a way to the app: where this machine is the cluster's node, kube-proxy makes the service's own address good
 * here; anywhere else `kubectl port-forward` leads there for as long as it is held open.
 * @returns undefined when the environment has no service or nothing answers within half a minute
 */
export async function reachApp(kubeconfig: string, view: EnvironmentView): Promise<ReachedApp | undefined> {
  if (view.clusterAddress === undefined) return undefined;
  const direct = new URL(`http://${view.clusterAddress}`).origin; // without :80
  if (await answers(direct, 5)) return { address: direct, lasting: true, close: async () => undefined };
  const [port = 0] = await freePorts(1);
  const ended = new AbortController();
  const forward = run(
    'kubectl',
    [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${view.namespace}`,
      'port-forward',
      'service/photo-app',
      `${port}:http`,
    ],
    { show: 'never', signal: ended.signal },
  );
  const close = async () => {
    ended.abort();
    await forward;
  };
  const address = `http://127.0.0.1:${port}`;
  if (await answers(address, 30)) return { address, lasting: false, close };
  await close();
  return undefined;
}

/** Whether /healthz answers within so many tries, half a second apart. */
async function answers(address: string, tries: number): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      const answer = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(1000) });
      if (answer.ok) return true;
    } catch {
      // not there, or not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}
