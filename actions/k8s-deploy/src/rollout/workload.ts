import { at, number, string } from '@fairway/action-kit/tree';
import { conditionOf, type KubeObject } from '../cluster/object.js';
import type { Finding } from './finding.js';
import type { WorkloadPods } from './pods.js';
import type { Warning } from './view.js';

type Problem = Pick<Finding, 'code' | 'message' | 'remedy' | 'patienceMs' | 'pod'>;

/** What the controllers say about the workload itself: pods they may not make, deadlines, jobs past their back-off. */
export function workloadFindings(
  workload: KubeObject,
  pods: WorkloadPods,
  warnings: readonly Warning[],
  settleMs: number,
): Problem[] {
  const found: Problem[] = [];
  const refused = refusalOf(workload, pods, warnings);
  if (refused !== undefined) found.push(creationProblem(refused, settleMs));
  if (workload.kind === 'Deployment' && at(workload, 'spec', 'paused') === true && isSeen(workload)) {
    found.push({
      code: 'paused',
      message: 'it is paused (spec.paused), so that nothing of it is rolled out',
      remedy: `Let it go on:  kubectl -n ${workload.metadata.namespace} rollout resume deployment/${workload.metadata.name}  or take 'paused' out of the manifest.`,
      patienceMs: 2_000,
    });
  }
  const progressing = conditionOf(workload, 'Progressing');
  if (
    workload.kind === 'Deployment' &&
    progressing?.reason === 'ProgressDeadlineExceeded' &&
    isSeen(workload)
  ) {
    found.push({
      code: 'progress-deadline',
      message: string(progressing.message) || 'its progress deadline passed',
      remedy: 'See what its pods wait for; a slow start needs a longer progressDeadlineSeconds.',
      patienceMs: 0,
    });
  }
  const failed = workload.kind === 'Job' ? conditionOf(workload, 'Failed') : undefined;
  if (failed?.status === 'True') {
    found.push({
      code: 'job-failed',
      message: `the job failed (${string(failed.reason)}): ${string(failed.message)}`,
      remedy: 'The log of its last pod says why.',
      patienceMs: 0,
      ...lastFailed(pods),
    });
  }
  if (workload.kind === 'Pod' && at(workload, 'status', 'phase') === 'Failed') {
    const said = string(at(workload, 'status', 'message')) || string(at(workload, 'status', 'reason'));
    found.push({
      code: 'pod-failed',
      message: `the pod failed${said && `: ${said}`}, and its restartPolicy does not start it again`,
      remedy: 'The log of its container says why.',
      patienceMs: 0,
      pod: workload.metadata.name,
    });
  }
  if (workload.kind === 'PersistentVolumeClaim') found.push(...claimProblems(workload, warnings));
  const stalled = conditionOf(workload, 'Stalled');
  if (stalled?.status === 'True') {
    found.push({
      code: 'stalled',
      message: string(stalled.message) || 'its controller says that it is stalled',
      remedy: 'Mend what the message of its Stalled condition names.',
      patienceMs: 0,
    });
  }
  return found;
}

function isSeen(workload: KubeObject): boolean {
  return number(at(workload, 'status', 'observedGeneration')) >= number(workload.metadata.generation);
}

/** The pod whose log says why a job failed. */
function lastFailed({ current }: WorkloadPods): { pod?: string } {
  const failed = current.filter((pod) => at(pod, 'status', 'phase') === 'Failed');
  const last = failed.toSorted((a, b) => created(b).localeCompare(created(a)))[0];
  return last ? { pod: last.metadata.name } : {};
}

function created(pod: KubeObject): string {
  return pod.metadata.creationTimestamp ?? '';
}

/** What the API server said when the controller tried to make a pod; undefined when the last try went well. */
function refusalOf(
  workload: KubeObject,
  pods: WorkloadPods,
  warnings: readonly Warning[],
): string | undefined {
  const owner = workload.kind === 'Deployment' ? pods.replicaSet : workload;
  const condition = owner && conditionOf(owner, 'ReplicaFailure');
  if (condition?.status === 'True') return string(condition.message);
  if (workload.kind === 'Deployment' || pods.current.length > 0) return undefined;
  // StatefulSets, DaemonSets and Jobs have no such condition: only their events tell.
  return warnings.find(({ reason }) => reason === 'FailedCreate')?.message;
}

/** Source of the words: quota, LimitRanger, PodSecurity and webhook admission plugins of the API server. */
function creationProblem(said: string, settleMs: number): Problem {
  const message = `its pods are refused: ${said.replace(/\s+/g, ' ').slice(0, 400)}`;
  if (/exceeded quota/.test(said)) {
    return {
      code: 'quota',
      message,
      remedy:
        'Raise the ResourceQuota of the namespace, or ask for less: smaller requests, fewer replicas, a smaller maxSurge.',
      patienceMs: settleMs,
    };
  }
  if (/failed quota.*must specify/.test(said)) {
    return {
      code: 'quota',
      message,
      remedy: 'Set the requests and limits that the quota asks for on every container.',
      patienceMs: 0,
    };
  }
  if (/violates PodSecurity/.test(said)) {
    return {
      code: 'pod-security',
      message,
      remedy: "Meet the namespace's Pod Security level: the message lists each field to set.",
      patienceMs: 0,
    };
  }
  if (/serviceaccount "[^"]+" not found/.test(said)) {
    return {
      code: 'service-account-missing',
      message,
      remedy: 'Add the ServiceAccount to the release.',
      patienceMs: 2_000,
    };
  }
  if (/webhook/.test(said) && !/failed calling webhook/.test(said)) {
    return {
      code: 'webhook-refused',
      message,
      remedy: 'Satisfy the rule of the admission webhook that the message names.',
      patienceMs: 0,
    };
  }
  if (/failed calling webhook/.test(said)) {
    return {
      code: 'webhook-down',
      message,
      remedy: 'See whether the pods of the admission webhook run.',
      patienceMs: 30_000,
    };
  }
  return {
    code: 'pod-refused',
    message,
    remedy: 'Mend the field that the message names in the pod template.',
    patienceMs: 2_000,
  };
}

function claimProblems(claim: KubeObject, warnings: readonly Warning[]): Problem[] {
  if (at(claim, 'status', 'phase') === 'Bound') return [];
  return warnings.flatMap(({ reason, message }) => {
    if (reason === 'ProvisioningFailed') {
      return [
        {
          code: 'claim-unbound',
          message,
          remedy: 'Check storageClassName and what its provisioner says.',
          patienceMs: 20_000,
        },
      ];
    }
    if (reason === 'FailedBinding') {
      return [
        {
          code: 'claim-unbound',
          message,
          remedy: 'Name a storageClassName that the cluster has, or make one the default.',
          patienceMs: 2_000,
        },
      ];
    }
    return [];
  });
}
