import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An agent that holds one key. @returns its socket, and the key's fingerprint as `ssh-add -l` shows it */
export async function startSshAgent(): Promise<{
  readonly socket: string;
  readonly fingerprint: string;
  stop(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  const socket = join(folder, 's');
  const key = join(folder, 'key');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  for (let attempt = 0; !existsSync(socket) && attempt < 100; attempt++) await sleep(50);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'deploy key', '-f', key]);
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  const shown = execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' });
  return {
    socket,
    fingerprint: shown.split(' ')[1] ?? '',
    stop: async () => {
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Copies a program and the libraries that it is linked with below `root`, each at its own path. */
export async function placeLinkedProgram(program: string, root: string): Promise<void> {
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  for (const path of [program, ...[...linked].map(([, library]) => library ?? '')]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
}
