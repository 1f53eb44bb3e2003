import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leadPath } from '@fairway/local';

const tools = await leadPath('kubernetes', 'node-services');
const etcd = tools.path('node-services', 'usr/bin/etcd');
export const kubernetes = tools.path('kubernetes');
export const prometheusProgram = tools.path('node-services', 'usr/bin/prometheus');

const TOKEN = 'test-admin-token';

/** A real etcd, API server and controllers on loopback, with nothing that would run a pod. */
export class ControlPlane {
  readonly folder = mkdtempSync(join(tmpdir(), 'control-plane-'));
  readonly kubeconfig = join(this.folder, 'kubeconfig');
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #running = new Map<string, { readonly end: () => Promise<void>; readonly again: () => void }>();
  port = 0;

  static async start(): Promise<ControlPlane> {
    const plane = new ControlPlane();
    try {
      await plane.#boot();
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  async #boot(): Promise<void> {
    const [client = 0, peer = 0, api = 0, controllers = 0] = await freePorts(4);
    this.port = api;
    const at = (name: string) => join(this.folder, name);
    mkdirSync(at('pki'));
    execFileSync('openssl', ['genrsa', '-out', at('sa.key'), '2048'], { stdio: 'ignore' });
    writeFileSync(at('tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
    writeFileSync(this.kubeconfig, kubeconfigText(api));
    this.run('etcd', etcd, [
      `--data-dir=${at('etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
    ]);
    this.run('kube-apiserver', kubernetes, [
      'kube-apiserver',
      `--etcd-servers=http://127.0.0.1:${client}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${api}`,
      `--cert-dir=${at('pki')}`,
      `--token-auth-file=${at('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.97.0.0/16',
      `--service-account-key-file=${at('sa.key')}`,
      `--service-account-signing-key-file=${at('sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      // No token controller and no kubelet: pods need no service account here.
      '--disable-admission-plugins=ServiceAccount',
    ]);
    await this.#until(async () => (await this.call('GET', '/readyz')).status === 200, 'the API server');
    this.run('kube-controller-manager', kubernetes, [
      'kube-controller-manager',
      `--kubeconfig=${this.kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${controllers}`,
      `--cert-dir=${at('pki')}`,
      '--leader-elect=false',
      '--controllers=deployment-controller,replicaset-controller,endpointslice-controller,endpoints-controller,garbage-collector-controller,namespace-controller,disruption-controller',
      '--concurrent-gc-syncs=2',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ]);
  }

  /** Starts a program that ends with this control plane. */
  run(name: string, path: string, args: readonly string[]): void {
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000);
    });
    const ended = new Promise<void>((done) => {
      child.once('exit', () => done());
      child.once('error', () => done());
    });
    const end = async (): Promise<void> => {
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(3000)]);
      child.kill('SIGKILL');
      await ended;
    };
    this.#ends.unshift(end);
    this.#running.set(name, { end, again: () => this.run(name, path, args) });
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) writeFileSync(join(this.folder, `${name}.log`), said);
    });
  }

  /** Ends a program, as an upgrade of the control plane does, and starts it again after a while. */
  async restart(name: string, awayMs: number): Promise<void> {
    const program = this.#running.get(name);
    await program?.end();
    await sleep(awayMs);
    program?.again();
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<{ status: number; body: unknown }> {
    const { request } = await import('node:https');
    return new Promise((resolve) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method,
          rejectUnauthorized: false,
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': contentType },
          timeout: 5000,
        },
        async (answer) => {
          const parts: Buffer[] = [];
          for await (const part of answer) parts.push(part as Buffer);
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text });
        },
      );
      asking.on('error', (error) => resolve({ status: 0, body: error.message }));
      asking.on('timeout', () => asking.destroy());
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async #until(test: () => Promise<boolean>, what: string): Promise<void> {
    for (let look = 0; look < 300; look++) {
      if (await test()) return;
      await sleep(200);
    }
    throw new Error(`${what} did not come up; see ${this.folder}`);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function kubeconfigText(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    clusters: [
      { name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'u', user: { token: TOKEN } }],
  });
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
