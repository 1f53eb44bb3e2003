import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawal } from '../src/cluster/firewall.js';
import { CGROUP, clusterLayout, NETWORK } from '../src/cluster/layout.js';
import { listProcesses, mountsBelow, sandboxProcesses } from '../src/cluster/processes.js';
import { choose, lookAtHost } from '../src/host.js';
import { openProgress } from '../src/progress.js';
import { folders } from '../src/services/folders.js';
import { until } from '../src/services/readiness.js';
import { isAlive, readRunState } from '../src/services/run-state.js';
import { withSession } from '../src/services/session.js';
import { type Services, startAll } from '../src/services/start-all.js';
import { DEMO } from '../src/tools/needs.js';
import { prepare, type Tools } from '../src/tools/prepare.js';

const at = folders();
const layout = clusterLayout(at.run);
const progress = openProgress();
const choices = choose(await lookAtHost());
let work: string;
let tools: Tools;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'int-'));
  tools = await prepare(choices, { ...DEMO, tools: ['kubectl', 'buildx'] }, at, progress);
}, 1_200_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Everything that a run can leave on a machine, as it is now. */
function remains() {
  const rules = ['iptables-save', 'ip6tables-save'].map((tool) =>
    withdrawal(execFileSync(tool, { encoding: 'utf8' })),
  );
  return {
    sandboxes: sandboxProcesses(listProcesses(), layout.containerdSocket),
    programs: listProcesses()
      .filter(({ argv }) => argv[0]?.startsWith(at.programs))
      .map(({ argv }) => argv.join(' ')),
    mounts: mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), [at.run, layout.containerdState]),
    bridge: existsSync(`/sys/class/net/${NETWORK.bridge}`),
    groups: execFileSync(
      'find',
      ['/sys/fs/cgroup', '-maxdepth', '2', '(', '-name', CGROUP, '-o', '-name', 'buildkit', ')'],
      { encoding: 'utf8' },
    ),
    sockets: existsSync('/run/fairway') ? readdirSync('/run/fairway') : [],
    rules,
    state: existsSync(at.stateFile),
  };
}

const NOTHING = {
  sockets: [],
  sandboxes: [],
  programs: [],
  mounts: [],
  bridge: false,
  groups: '',
  rules: ['', ''],
  state: false,
};

/** Builds a small web server into an image on the runtime base, deploys two of it, and asks it through its NodePort. */
async function deployAndAsk(services: Services): Promise<string> {
  const context = join(work, 'app');
  mkdirSync(context, { recursive: true });
  writeFileSync(
    join(context, 'server.js'),
    `require('node:http').createServer((q, s) => s.end('hello from ' + process.getuid())).listen(8080)`,
  );
  writeFileSync(
    join(context, 'Dockerfile'),
    `FROM ${services.baseImages?.nodeBuild} AS build\nCOPY server.js /app/\nRUN npm --version && node --check /app/server.js\nFROM ${services.baseImages?.nodeRuntime}\nCOPY --from=build /app /app\nUSER 10001:10001\nCMD ["node", "/app/server.js"]\n`,
  );
  const image = `${services.registry.address}/int/app:1`;
  const env = { ...process.env, BUILDX_CONFIG: join(work, 'buildx') };
  const buildx = (...args: string[]) =>
    execFileSync(tools.path('buildx'), args, { env, encoding: 'utf8', stdio: 'pipe' });
  buildx('create', '--name', 'int', '--driver', 'remote', services.buildkit.address);
  buildx('build', '--builder', 'int', '--push', '--tag', image, context);
  const kubectl = (args: string[], input = '') =>
    execFileSync('kubectl', [`--kubeconfig=${services.kubeconfig}`, ...args], { encoding: 'utf8', input });
  const labels = { app: 'int' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'int' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image,
              securityContext: {
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                allowPrivilegeEscalation: false,
              },
            },
          ],
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'int' },
    spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] },
  };
  for (const object of [deployment, service]) kubectl(['apply', '--filename', '-'], JSON.stringify(object));
  kubectl(['rollout', 'status', 'deployment/int', '--timeout=90s']);
  let body = '';
  await until(
    async () => {
      body = await (
        await fetch(`http://${NETWORK.node}:30080/`, { signal: AbortSignal.timeout(2_000) })
      ).text();
      return body !== '';
    },
    { timeoutMs: 20_000 },
  );
  return body;
}

describe.skipIf(choices.cluster.provider !== 'one-node')('real parts on this machine', () => {
  it('carry an image from its build to a NodePort, and leave nothing', async () => {
    const answer = await withSession(at, join(work, 'logs'), progress, async (supervisor) =>
      deployAndAsk(await startAll(supervisor, { choices, tools, progress })),
    );
    expect(answer).toBe('hello from 10001');
    expect(remains()).toEqual(NOTHING);
  });

  it('heal after the run was killed hard, its containers too', async () => {
    const up = new URL('../lib/cli/services.js', import.meta.url).pathname;
    const killed = spawn(process.execPath, [up, 'up'], { stdio: 'ignore' });
    await until(async () => (readRunState(at.stateFile)?.children.length ?? 0) >= 8, { timeoutMs: 120_000 });
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
    for (const child of readRunState(at.stateFile)?.children ?? [])
      if (child.name === 'kubelet' || child.name === 'kube-apiserver') process.kill(child.pid, 'SIGKILL');
    const nodeIsUp = await withSession(at, join(work, 'logs'), progress, async (supervisor) => {
      await startAll(supervisor, { choices, tools, progress });
      return supervisor.state.children.every((child) => isAlive(child));
    });
    expect(nodeIsUp).toBe(true);
    expect(remains()).toEqual(NOTHING);
  });
});
