import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BundleOptions, type BundleResult, runBundle } from '@fairway/testing';
import { ControlPlane, freePorts, prometheusProgram } from './control-plane.ts';
import { PretendedPods } from './pretended-pods.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));

/** Everything a strategy needs to be tried: a real API server and Prometheus, and a release of a few objects. */
export class Stage {
  readonly namespace = 'stage';
  readonly folder = mkdtempSync(join(tmpdir(), 'strategy-'));
  readonly plane: ControlPlane;
  readonly pods: PretendedPods;
  prometheus = '';
  /** Moments at which the watched Service reached nothing, after it had reached something. */
  readonly emptyMoments: string[] = [];
  #watching: NodeJS.Timeout | undefined;

  private constructor(plane: ControlPlane) {
    this.plane = plane;
    this.pods = new PretendedPods(plane, this.namespace);
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await ControlPlane.start());
    await stage.plane.call('POST', '/api/v1/namespaces', { metadata: { name: stage.namespace } });
    await stage.pods.start();
    await stage.#startPrometheus();
    // The compiled sources, run as the bundle would be: a bundle is built once, at the end of a change.
    mkdirSync(join(stage.folder, 'action', 'dist', 'main'), { recursive: true });
    cpSync(join(action, 'action.yml'), join(stage.folder, 'action', 'action.yml'));
    const entry = JSON.stringify(pathToFileURL(join(action, 'lib', 'main.js')).href);
    writeFileSync(join(stage.folder, 'action', 'dist', 'main', 'index.js'), `import ${entry};\n`);
    writeFileSync(join(stage.folder, 'action', 'dist', 'main', 'package.json'), '{"type":"module"}');
    mkdirSync(join(stage.folder, 'workspace'));
    return stage;
  }

  async #startPrometheus(): Promise<void> {
    const [port = 0] = await freePorts(1);
    const target = `127.0.0.1:${await this.pods.metrics()}`;
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'pods', honor_labels: true, static_configs: [{ targets: [target] }] }],
    };
    const file = join(this.folder, 'prometheus.json');
    writeFileSync(file, JSON.stringify(config));
    this.plane.run('prometheus', prometheusProgram, [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.folder, 'tsdb')}`,
      `--web.listen-address=0.0.0.0:${port}`,
    ]);
    this.prometheus = `http://127.0.0.1:${port}`;
    await this.#offerPrometheus(port);
  }

  /** The same Prometheus as a Service of the cluster; the API server's proxy goes to addresses of pods only. */
  async #offerPrometheus(port: number): Promise<void> {
    const labels = { app: 'prometheus' };
    const ports = [{ name: 'web', containerPort: port }];
    await this.#make(`/api/v1/namespaces/${this.namespace}/pods`, {
      metadata: { name: 'prometheus', labels },
      spec: { containers: [{ name: 'prometheus', image: 'prometheus', ports }] },
    });
    await this.#make(`/api/v1/namespaces/${this.namespace}/services`, {
      metadata: { name: 'prometheus' },
      spec: { selector: labels, ports: [{ port: 9090, targetPort: 'web' }] },
    });
  }

  async #make(path: string, body: object): Promise<void> {
    const { status, body: said } = await this.plane.call('POST', path, body);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(said)}`);
  }

  /** Ends a run as a dead runner does: with no word to anybody. Its lease names its process. */
  async killRun(): Promise<void> {
    const lease = (await this.get('/apis/coordination.k8s.io/v1/{ns}/leases/fairway.web')) as {
      spec: { holderIdentity: string };
    };
    const pid = Number(/ pid (\d+)$/.exec(lease.spec.holderIdentity)?.[1]);
    process.kill(pid, 'SIGKILL');
  }

  write(name: string, content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(this.folder, 'workspace', name), text);
  }

  deploy(inputs: BundleOptions['inputs'], more: Partial<BundleOptions> = {}): Promise<BundleResult> {
    return runBundle({
      action: join(this.folder, 'action'),
      workspace: join(this.folder, 'workspace'),
      inputs: {
        'kubeconfig-path': this.plane.kubeconfig,
        namespace: this.namespace,
        release: 'web',
        timeout: '30s',
        ...inputs,
      },
      timeoutMs: 90_000,
      ...more,
    });
  }

  async get(path: string): Promise<Record<string, unknown> | undefined> {
    const { status, body } = await this.plane.call(
      'GET',
      path.replace('{ns}', `namespaces/${this.namespace}`),
    );
    return status === 200 ? (body as Record<string, unknown>) : undefined;
  }

  async names(path: string): Promise<string[]> {
    const found = (await this.get(path)) as {
      items?: { metadata: { name: string; deletionTimestamp?: string } }[];
    };
    return (found.items ?? [])
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  /** Images behind a Service, with how many ready endpoints each has, when no more pods are about to change. */
  async behindService(name: string): Promise<Record<string, number>> {
    let seen = '';
    for (let look = 0; look < 60; look++) {
      const now = JSON.stringify(await this.#behind(name));
      if (now === seen) break;
      seen = now;
      await sleep(700);
    }
    return JSON.parse(seen) as Record<string, number>;
  }

  async #behind(name: string): Promise<Record<string, number>> {
    const images = new Map(
      this.pods.pods.map((pod) => [pod.metadata.name, pod.spec.containers[0]?.image ?? '']),
    );
    const counts: Record<string, number> = {};
    for (const pod of await this.#ready(name)) {
      const image = images.get(pod) ?? 'gone';
      counts[image] = (counts[image] ?? 0) + 1;
    }
    return counts;
  }

  /** Names of the pods that a Service reaches. */
  async #ready(name: string): Promise<string[]> {
    const query = `?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`;
    const slices = (await this.get(`/apis/discovery.k8s.io/v1/{ns}/endpointslices${query}`)) as {
      items?: { endpoints?: { conditions: { ready?: boolean }; targetRef?: { name: string } }[] | null }[];
    };
    return (slices.items ?? [])
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions.ready !== false)
      .map(({ targetRef }) => targetRef?.name ?? '');
  }

  /** Looks again and again whether a Service reaches anything, for as long as the stage is open. */
  watchService(name: string): void {
    let seen = false;
    this.#watching = setInterval(() => {
      void this.#ready(name).then((pods) => {
        if (pods.length > 0) seen = true;
        else if (seen) this.emptyMoments.push(new Date().toISOString());
      });
    }, 100);
  }

  async close(): Promise<void> {
    clearInterval(this.#watching);
    this.pods.stop();
    await this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
