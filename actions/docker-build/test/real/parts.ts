import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leadPath } from '@fairway/local';
import { find } from './find.ts';
import { freePort } from './ports.ts';

/** Made here where they are not there yet. */
const tools = await leadPath('node-services', 'buildkitd', 'buildx', 'gitleaks', 'hadolint');

export const programs = {
  buildx: tools.path('buildx'),
  buildkitd: tools.path('buildkitd'),
  runc: tools.path('node-services', 'usr/sbin/runc'),
  registry: tools.path('node-services', 'usr/bin/docker-registry'),
};

export const hadolint = tools.path('hadolint');

/** Statically linked: a shell and tar for images that are made here. */
export const busybox = tools.path('node-services', 'bin/busybox');

/** An AWS API that runs here (PyPI's `moto[server]`). */
export const moto = find('moto_server');

/** Why the tests with real parts cannot run here; empty when they can. */
export const missing = process.getuid?.() === 0 ? '' : 'root, for buildkitd';

/** The user of the registry with a password, and the hash of it that docker-registry reads (bcrypt). */
export const user = { username: 'robot', password: 'correct-horse-battery' };
const HTPASSWD = [
  'robot:$2b$05$abcdefghijklmnopqrstuuSnF5tLPqPFqc0z9CY0HcSLFbSRlL67u',
  // What moto's ECR gives out: AWS, 123456789012-auth-token.
  'AWS:$2b$05$CjoaIvwkSa0F.6GZUNND..cyoShMdQ3sGLjQ/mlvJ924afMjSVfcW',
  '',
].join('\n');

export interface Part {
  readonly address: string;
  /** Where it keeps what it is given, where a test may look at that. */
  readonly folder?: string;
  stop(): Promise<void>;
}

/** docker-registry on a free loopback port, with basic authentication and TLS where they are asked. */
export async function startRegistry(options: {
  readonly guarded: boolean;
  /** Files of its certificate and key. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
      http: { addr: address, ...(options.tls && { tls: options.tls }) },
      ...(options.guarded && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
    }),
  );
  const child = spawn(programs.registry, ['serve', join(folder, 'config.json')], { stdio: 'ignore' });
  await listening(child, { host: '127.0.0.1', port: Number(address.split(':')[1]) });
  return { address, folder, stop: () => end(child, folder) };
}

/** buildkitd with runc, no Docker engine, everything below one folder; over mutual TLS where files for it are given. */
export async function startBuildkit(tls?: {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-'));
  const port = await freePort();
  const address = tls ? `tcp://127.0.0.1:${port}` : `unix://${join(folder, 's')}`;
  const config = `[worker.oci]\n enabled = true\n binary = ${JSON.stringify(programs.runc)}\n networkMode = "host"\n[worker.containerd]\n enabled = false\n`;
  writeFileSync(join(folder, 'buildkitd.toml'), config);
  const args = [
    ...['--config', join(folder, 'buildkitd.toml'), '--root', join(folder, 'root'), '--addr', address],
    ...(tls ? ['--tlscacert', tls.ca, '--tlscert', tls.cert, '--tlskey', tls.key] : []),
  ];
  const child = spawn(programs.buildkitd, args, { stdio: 'ignore' });
  await listening(child, tls ? { host: '127.0.0.1', port } : { path: join(folder, 's') });
  return { address, stop: () => end(child, folder) };
}

/** STS, IAM and ECR. Keys, signatures and policies count from the moment that {@link guardAws} says so. */
export async function startAws(): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-'));
  const port = await freePort();
  const child = spawn(moto ?? '', ['-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '1000000' },
  });
  await listening(child, { host: '127.0.0.1', port });
  return { address: `http://127.0.0.1:${port}`, stop: () => end(child, folder) };
}

/** Source: moto's docs, "IAM-like access control". */
export async function guardAws(aws: Part, guarded: boolean): Promise<void> {
  const answer = await fetch(`${aws.address}/moto-api/reset-auth`, {
    method: 'POST',
    body: guarded ? '0' : '1000000',
  });
  if (!answer.ok) throw new Error(`moto answered ${answer.status}`);
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGTERM');
  await ended;
  for (const line of execFileSync('mount', { encoding: 'utf8' }).split('\n').reverse()) {
    const place = line.split(' ')[2] ?? '';
    if (place.startsWith(`${folder}/`)) execFileSync('umount', ['-l', place]);
  }
  rmSync(folder, { recursive: true, force: true });
}

async function listening(
  child: ChildProcess,
  to: { host: string; port: number } | { path: string },
): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(to, () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (reached) return;
    await sleep(100);
  }
  throw new Error(`${child.spawnfile} did not listen`);
}
