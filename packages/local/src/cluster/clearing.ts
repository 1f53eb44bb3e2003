import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pause, run } from '@fairway/exec-kit';
import { withdrawRules } from './firewall.js';
import { type ClusterLayout, NETWORK } from './layout.js';
import { listProcesses, mountsBelow, sandboxProcesses } from './processes.js';

/**
 * Takes away what a one-node cluster leaves on the machine once its components have ended: containers and their
 * shims, mounts, network namespaces, the bridge, firewall rules. Every step looks first, so it
 * serves a clean stop, a killed run, and a machine with nothing to clear alike.
 */
export async function clearClusterRemains(layout: ClusterLayout): Promise<void> {
  await killSandboxes(layout);
  await clearNetwork();
  await unmountAll(layout);
  await withdrawRules();
  removeDevicePlugins();
  for (const path of [layout.containerdState, layout.containerdSocket, `${layout.containerdSocket}.ttrpc`])
    rmSync(path, { recursive: true, force: true });
  rmSync(layout.root, { recursive: true, force: true });
}

async function killSandboxes(layout: ClusterLayout): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const left = sandboxProcesses(listProcesses(), layout.containerdSocket);
    if (left.length === 0) return;
    for (const pid of left) kill(pid);
    await pause(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

async function unmountAll(layout: ClusterLayout): Promise<void> {
  const folders = [layout.root, layout.containerdState];
  for (const point of mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), folders))
    await run('umount', ['--lazy', point], { show: 'never' });
}

/** Where libcni notes what it set up; the file names begin with the network's name. */
const CNI_RESULTS = '/var/lib/cni/results';

async function clearNetwork(): Promise<void> {
  for (const file of existsSync(CNI_RESULTS) ? readdirSync(CNI_RESULTS) : [])
    if (file.startsWith('fairway-')) rmSync(join(CNI_RESULTS, file), { force: true });
  const links = await run('ip', ['-json', 'link', 'show', 'master', NETWORK.bridge], { show: 'never' });
  if (links.exitCode !== 0) return;
  for (const { ifname } of JSON.parse(links.stdout || '[]') as { ifname?: string }[])
    if (ifname !== undefined) await run('ip', ['link', 'delete', ifname], { show: 'never' });
  await run('ip', ['link', 'delete', NETWORK.bridge], { show: 'never' });
}

/** The one folder that a kubelet makes outside of its root; it stays where another kubelet has plugins in it. */
function removeDevicePlugins(): void {
  const folder = '/var/lib/kubelet/device-plugins';
  for (const file of ['kubelet.sock', 'kubelet_internal_checkpoint'])
    rmSync(join(folder, file), { force: true });
  for (const path of [folder, dirname(folder)]) removeIfEmpty(path);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, not empty, or in use: then it is not ours to remove.
  }
}
