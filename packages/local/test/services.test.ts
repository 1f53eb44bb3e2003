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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doneLine, openProgress, runningLine } from '../src/progress.js';
import { buildkitConfig, buildkitContainerArgs } from '../src/services/buildkit.js';
import { inContainer } from '../src/services/container.js';
import { folders } from '../src/services/folders.js';
import { startInbox } from '../src/services/inbox.js';
import { prometheusConfig, proxyArgs } from '../src/services/monitoring.js';
import { podTargets } from '../src/services/pod-targets.js';
import { freePorts } from '../src/services/ports.js';
import { connectProbe, until } from '../src/services/readiness.js';
import { emptyWhenLarger } from '../src/services/registry.js';
import { sharedLibraries } from '../src/services/root-folder.js';
import { identify, isAlive, readRunState } from '../src/services/run-state.js';
import { openSession, withSession } from '../src/services/session.js';
import { withSharedData } from '../src/services/shared-data.js';
import { liveRun, takeDown } from '../src/services/take-down.js';

const SILENT = openProgress({ write: () => true });
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** A program that listens on a port and has a child of its own. */
function listener(port: number) {
  const script = `require('node:net').createServer().listen(${port}, '127.0.0.1');
    require('node:child_process').spawn('sleep', ['300'], { stdio: 'ignore' })`;
  return {
    name: `listener-${port}`,
    program: process.execPath,
    args: ['-e', script],
    ready: connectProbe({ host: '127.0.0.1', port }),
  };
}

/** Living processes of a group: neither zombies nor members of other groups. */
function groupMembers(group: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state !== 'Z' && Number(pgrp) === group;
    } catch {
      return false;
    }
  });
}

describe('a run', () => {
  // Not the machine's own state file: tests run beside a run that is up.
  const at = () => ({ ...folders({ FAIRWAY_CACHE: cache }), stateFile: join(cache, 'state.json') });

  it('stops what it started, children of children included, and forgets its state', async () => {
    const [port = 0] = await freePorts(1);
    const group = await withSession(at(), join(cache, 'logs'), SILENT, async (supervisor) => {
      await supervisor.start(listener(port));
      return supervisor.state.children[0]?.pid ?? 0;
    });
    expect(identify(group)).toBeUndefined();
    await until(async () => groupMembers(group).length === 0, { timeoutMs: 5_000 });
    expect(readRunState(at().stateFile)).toBeUndefined();
  });

  it('says what a service that dies had logged', async () => {
    const dying = {
      name: 'dying',
      program: process.execPath,
      args: ['-e', 'console.error("port in use"); process.exit(3)'],
      ready: async () => false,
    };
    const run = withSession(at(), join(cache, 'logs'), SILENT, (supervisor) => supervisor.start(dying));
    await expect(run).rejects.toThrow(/dying did not get ready: ended with exit code 3\nport in use/);
  });

  it('refuses a second run while one is up, and clears a killed one', async () => {
    const [port = 0] = await freePorts(1);
    const first = await openSession(at(), join(cache, 'logs'), SILENT);
    await first.start(listener(port));
    await expect(openSession(at(), join(cache, 'logs'), SILENT)).rejects.toThrow(/Another run is up/);
    // As after a hard kill: the state names an owner that no longer lives.
    const state = JSON.parse(readFileSync(at().stateFile, 'utf8'));
    const { writeRunState } = await import('../src/services/run-state.js');
    writeRunState(at().stateFile, { ...state, owner: { pid: state.owner.pid, startTicks: '1' } });
    expect(liveRun(at())).toBeUndefined();
    const second = await openSession(at(), join(cache, 'logs'), SILENT);
    expect(isAlive(state.children[0])).toBe(false);
    await second.stop();
  });

  it('leaves everything up when told to, for a later take-down', async () => {
    const [port = 0] = await freePorts(1);
    await withSession(at(), join(cache, 'logs'), SILENT, async (supervisor) => {
      await supervisor.start(listener(port));
      supervisor.keep();
    });
    const child = liveRun(at())?.children[0];
    expect(child !== undefined && isAlive(child)).toBe(true);
    expect(await takeDown(at())).toBe(true);
    expect(child !== undefined && isAlive(child)).toBe(false);
  });

  it('never ends a process that got the number of an old one', async () => {
    const self = identify(process.pid);
    expect(self).toBeDefined();
    expect(isAlive({ pid: process.pid, startTicks: '1' })).toBe(false);
  });
});

describe('the inbox', () => {
  it('keeps what comes exactly, and answers as told', async () => {
    const inbox = await startInbox({ answers: { '/broken': 500 } });
    try {
      const post = (path: string, body: string) =>
        fetch(`${inbox.url}${path}`, { method: 'POST', body, headers: { 'x-signature': 's' } });
      expect((await post('/slack?x=1', '{"text":"ü"}')).status).toBe(200);
      expect((await post('/broken', 'b')).status).toBe(500);
      expect((await post('/large', 'x'.repeat(2_000_000))).status).toBe(413);
      expect((await fetch(`${inbox.url}/slack`)).status).toBe(405);
      const listed = await (await fetch(`${inbox.url}/received`)).json();
      expect(listed).toEqual(inbox.received());
      expect(inbox.received().map(({ path, body, status }) => [path, body, status])).toEqual([
        ['/slack', '{"text":"ü"}', 200],
        ['/broken', 'b', 500],
      ]);
      expect(inbox.received()[0]?.headers['x-signature']).toBe('s');
    } finally {
      await inbox.stop();
    }
  });
});

describe('configurations', () => {
  it('let BuildKit push to the loopback registry in plain HTTP', () => {
    expect(buildkitConfig('127.0.0.1:5010', '/r/runc')).toContain(
      '[registry."127.0.0.1:5010"]\n  http = true',
    );
    expect(buildkitContainerArgs('/c.toml')).toContain('/c.toml:/etc/buildkit/buildkitd.toml:ro');
  });
  it('let the proxy read pods and their metrics only', () => {
    const paths = new RegExp(
      (proxyArgs('/k', 1).find((arg) => arg.startsWith('--accept-paths=')) ?? '').slice(15),
    );
    expect(paths.test('/api/v1/namespaces/a/pods/b:8080/proxy/metrics')).toBe(true);
    expect(paths.test('/api/v1/pods')).toBe(true);
    expect(paths.test('/api/v1/namespaces/a/secrets/b')).toBe(false);
    expect(paths.test('/api/v1/namespaces/a/pods/b/exec')).toBe(false);
  });
  it('scrape the running pods that ask for it, through the API server', () => {
    const pod = (name: string, annotations: Record<string, string>, phase = 'Running') => ({
      metadata: { name, namespace: 'n', annotations, labels: { 'app.kubernetes.io/name': 'photo-app' } },
      status: { phase },
    });
    const asks = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' };
    const pods = [
      pod('a', asks),
      pod('pending', asks, 'Pending'),
      pod('silent', {}),
      pod('odd', { ...asks, 'prometheus.io/port': '80/../x' }),
      { ...pod('going', asks), metadata: { ...pod('going', asks).metadata, deletionTimestamp: 'now' } },
    ];
    expect(podTargets(pods, '127.0.0.1:1')).toEqual([
      {
        targets: ['127.0.0.1:1'],
        labels: {
          __metrics_path__: '/api/v1/namespaces/n/pods/a:8080/proxy/metrics',
          namespace: 'n',
          pod: 'a',
          instance: 'a',
          app: 'photo-app',
        },
      },
    ]);
  });
  it("lays shared data over the machine's own without a shell reading any path", () => {
    const launch = withSharedData('/u; rm -rf /', { program: '/p', args: ['--x=$(y)'] }, true);
    expect(launch.args.slice(0, 4)).toEqual(['--mount', 'sh', '-c', expect.not.stringContaining('rm -rf')]);
    expect(launch.args.slice(4)).toEqual(['/u; rm -rf //usr/share', '/p', '--x=$(y)']);
  });
  it('hand Prometheus its rules and its Alertmanager', () => {
    const config = JSON.parse(prometheusConfig('/t.json', '127.0.0.1:2', { ruleFiles: ['/r/*.yaml'] }));
    expect(config.rule_files).toEqual(['/r/*.yaml']);
    expect(config.alerting.alertmanagers[0].static_configs[0].targets).toEqual(['127.0.0.1:2']);
  });
  it('put a service in a container with its folders at the same paths', () => {
    const { args } = inContainer('docker', 'prometheus', 'img:1', ['/a b'], ['--x'], '1:1');
    expect(args.join('|')).toContain('--volume|/a b:/a b|img:1|--x');
  });
});

describe('the registry’s storage', () => {
  it('is emptied when it grew over the limit, and only then', () => {
    const storage = join(cache, 'registry');
    mkdirSync(join(storage, 'blobs'), { recursive: true });
    writeFileSync(join(storage, 'blobs', 'a'), 'x'.repeat(100));
    emptyWhenLarger(storage, 100);
    expect(existsSync(join(storage, 'blobs', 'a'))).toBe(true);
    emptyWhenLarger(storage, 99);
    expect(existsSync(storage)).toBe(false);
    emptyWhenLarger(storage, 0);
  });
});

describe('libraries of a program', () => {
  it('are the paths that ldd found, the loader included', () => {
    const output = `	linux-vdso.so.1 (0x00007f722e539000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f722e443000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f722e53b000)
	libgone.so => not found`;
    expect(sharedLibraries(output)).toEqual([
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });
});

describe('progress', () => {
  const task = { name: 'a', what: 'kubernetes 1.34', why: 'a real API server', seconds: 60 };
  it('says what, how long, and why', () => {
    expect(doneLine(task, 61_000)).toMatch(/✓ kubernetes 1\.34 +1 m 01 s +a real API server/);
  });
  it('fits the terminal', () => {
    expect(runningLine([{ task, elapsedMs: 20_000 }], 200)).toContain('about 40.0 s left');
    expect(runningLine([{ task, elapsedMs: 20_000 }], 20).length).toBeLessThan(20);
    expect(runningLine([{ task, elapsedMs: 90_000 }], 200)).toContain('nearly there');
  });
});
