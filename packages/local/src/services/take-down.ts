import { rmSync } from 'node:fs';
import { run } from '@fairway/exec-kit';
import { clearClusterRemains } from '../cluster/clearing.js';
import { removeControlGroup } from '../cluster/control-group.js';
import { CGROUP, type ClusterLayout, clusterLayout } from '../cluster/layout.js';
import { listProcesses, sandboxProcesses } from '../cluster/processes.js';
import { BUILDKIT_SOCKET } from './buildkit.js';
import { endProcess } from './ending.js';
import type { Folders } from './folders.js';
import { until } from './readiness.js';
import { type ChildRecord, isAlive, type RunState, readRunState, removeRunState } from './run-state.js';

/**
 * Takes down whatever the state file says a run started, whoever asks: the run itself at its end, `down`, or the next
 * run after one that was killed. Pods go first, while the kubelet can still take their sandboxes down itself; then the
 * processes, last started first; then what is left of the cluster; and the state file at the very end, so that being
 * interrupted in between loses nothing.
 * @returns false when there was nothing to take down
 */
export async function takeDown(folders: Folders): Promise<boolean> {
  const state = readRunState(folders.stateFile);
  if (state === undefined) return false;
  const layout = clusterLayout(state.folder);
  if (state.cluster) await deletePods(state.children, layout);
  for (const child of [...state.children].reverse()) await endProcess(child, child.graceMs);
  if (state.cluster) await clearClusterRemains(layout);
  for (const name of state.containers)
    await run('docker', ['rm', '--force', '--volumes', name], { show: 'never' });
  removeControlGroup(CGROUP);
  rmSync(BUILDKIT_SOCKET, { force: true });
  rmSync(state.folder, { recursive: true, force: true });
  removeRunState(folders.stateFile);
  return true;
}

/** The run that is up, when its process lives or when it was told to stay. */
export function liveRun(folders: Folders): RunState | undefined {
  const state = readRunState(folders.stateFile);
  return state !== undefined && (state.kept || isAlive(state.owner)) ? state : undefined;
}

/** Deletes every pod and waits. Nothing may make new ones meanwhile, so the controllers end before. */
async function deletePods(children: readonly ChildRecord[], layout: ClusterLayout): Promise<void> {
  const living = (name: string) => children.find((child) => child.name === name && isAlive(child));
  const controllers = living('kube-controller-manager');
  if (controllers !== undefined) await endProcess(controllers, controllers.graceMs);
  if (living('kube-apiserver') === undefined || living('kubelet') === undefined) return;
  const everyPod = ['delete', 'pods', '--all', '--all-namespaces', '--grace-period=1', '--timeout=20s'];
  await run('kubectl', [`--kubeconfig=${layout.kubeconfig}`, ...everyPod], {
    show: 'never',
    timeoutMs: 25_000,
  });
  // A pod is gone from the API before its sandbox is: the kubelet needs a moment more.
  const sandboxes = () => sandboxProcesses(listProcesses(), layout.containerdSocket);
  await until(async () => sandboxes().length === 0, { timeoutMs: 5_000 }).catch(() => undefined);
}
