import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { ControlPlane } from './control-plane.ts';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
  };
  readonly status: { readonly phase?: string; readonly podIP?: string };
}

const NODE = 'pretended';

/** How a version behaves; the image names it. */
export interface Behaviour {
  /** HTTP status that it answers on every path. */
  status: number;
  /** Of a hundred requests, so many end in a 500, as its own metrics say. */
  errors: number;
  /** It dies at its start and stays down. */
  crashes?: boolean;
  /** It runs and never becomes ready. */
  slow?: boolean;
}

/**
 * Plays the kubelet for pods that nobody runs: their status is written as if they ran, at this machine's own address,
 * where each version's port answers for real. Everything else (API, controllers, endpoints, proxy) is real.
 */
export class PretendedPods {
  readonly behaviours = new Map<string, Behaviour>();
  readonly #plane: ControlPlane;
  readonly #namespace: string;
  readonly #servers: Server[] = [];
  readonly #counts = new Map<string, { good: number; bad: number }>();
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  pods: Pod[] = [];

  constructor(plane: ControlPlane, namespace: string) {
    this.#plane = plane;
    this.#namespace = namespace;
  }

  async start(): Promise<void> {
    await this.#plane.call('POST', '/api/v1/nodes', { metadata: { name: NODE } });
    this.#timer = setInterval(() => void this.#turn(), 150);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Makes a version answer on a port of this machine. */
  async serve(image: string, port: number, behaviour: Behaviour): Promise<void> {
    this.behaviours.set(image, behaviour);
    const server = createServer((_, response) => {
      response.statusCode = behaviour.status;
      response.end(image);
    });
    this.#servers.push(server);
    await new Promise<void>((done) => server.listen(port, '0.0.0.0', done));
  }

  /** What a scrape of all pods would give: counters that grow with the requests each pod has had. */
  async metrics(): Promise<number> {
    const server = createServer((_, response) => {
      const lines = this.#running().flatMap(({ metadata: { name, namespace } }) => {
        const { good, bad } = this.#counts.get(name) ?? { good: 0, bad: 0 };
        const labels = (code: number) => `{namespace="${namespace}",pod="${name}",code="${code}"}`;
        return [`requests_total${labels(200)} ${good}`, `requests_total${labels(500)} ${bad}`];
      });
      response.end(`${lines.join('\n')}\n`);
    });
    this.#servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  #running(): Pod[] {
    return this.pods.filter(({ status }) => status.phase === 'Running');
  }

  async #turn(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const answer = await this.#plane.call('GET', `/api/v1/namespaces/${this.#namespace}/pods`);
      this.pods = ((answer.body as { items?: Pod[] }).items ?? []).filter(
        (pod) => !pod.metadata.deletionTimestamp,
      );
      for (const pod of this.pods) {
        if (pod.status.podIP === undefined) await this.#begin(pod);
        else this.#traffic(pod);
      }
    } finally {
      this.#busy = false;
    }
  }

  async #begin(pod: Pod): Promise<void> {
    const { name, namespace } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
    await this.#plane.call('POST', `${path}/binding`, { metadata: { name }, target });
    const status = statusOf(pod, this.behaviours.get(pod.spec.containers[0]?.image ?? ''));
    await this.#plane.call('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
  }

  /** The kubelet's word that the containers have ended. */
  async #end({ metadata: { name, namespace } }: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`;
    await this.#plane.call('DELETE', path);
  }

  #traffic(pod: Pod): void {
    const behaviour = this.behaviours.get(pod.spec.containers[0]?.image ?? '');
    const count = this.#counts.get(pod.metadata.name) ?? { good: 0, bad: 0 };
    const errors = behaviour?.errors ?? 0;
    this.#counts.set(pod.metadata.name, { good: count.good + 100 - errors, bad: count.bad + errors });
  }
}

function statusOf(pod: Pod, behaviour: Behaviour | undefined): object {
  const { name, image } = pod.spec.containers[0] ?? { name: '', image: '' };
  const now = new Date().toISOString();
  const dead = behaviour?.crashes === true;
  const ready = !dead && behaviour?.slow !== true;
  const condition = (type: string) => ({ type, status: ready ? 'True' : 'False', lastTransitionTime: now });
  const died = { exitCode: 3, reason: 'Error', startedAt: now, finishedAt: now };
  const state = !dead
    ? { running: { startedAt: now } }
    : { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } };
  return {
    phase: 'Running',
    podIP: ownAddress(),
    podIPs: [{ ip: ownAddress() }],
    startTime: now,
    conditions: [condition('Initialized'), condition('ContainersReady'), condition('Ready')],
    containerStatuses: [
      {
        name,
        image,
        imageID: image,
        ready,
        started: !dead,
        restartCount: dead ? 3 : 0,
        state,
        ...(dead && { lastState: { terminated: died } }),
      },
    ],
  };
}

/** An address of this machine that is not loopback: the API server's proxy refuses that one. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
