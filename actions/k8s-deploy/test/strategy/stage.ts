import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    this.prometheus = `http://127.0.0.1:${port}`;
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

  async close(): Promise<void> {
    this.pods.stop();
    await this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
