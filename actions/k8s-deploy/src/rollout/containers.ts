import { at, list, number, string, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import type { Finding } from './finding.js';
import { pullProblem } from './image-pull.js';
import type { Warning } from './view.js';

export interface ContainerRules {
  /** Deaths from which on a container counts as looping. */
  readonly crashLoopThreshold: number;
  /** Milliseconds that a missing ConfigMap or Secret may take to appear, where an operator makes it. */
  readonly appearMs: number;
  /** Deaths are for the Job's own back-off to count. */
  readonly isJob: boolean;
}

/** A network that fails is tried this long before the release counts as broken. */
const PULL_PATIENCE_MS = 90_000;

/** Everything wrong with a pod's containers. Pure: the same pod gives the same findings. */
export function containerFindings(
  pod: KubeObject,
  warnings: readonly Warning[],
  place: Pick<Finding, 'workload' | 'namespace'>,
  rules: ContainerRules,
): Finding[] {
  return ['initContainerStatuses', 'containerStatuses']
    .flatMap((field) => list(at(pod, 'status', field)).map(tree))
    .flatMap((status) => {
      const problem = problemOf(pod, status, warnings, rules);
      if (problem === undefined) return [];
      return [{ ...place, ...problem, pod: pod.metadata.name, container: string(status.name) }];
    });
}

type Problem = Pick<Finding, 'code' | 'message' | 'remedy' | 'patienceMs'>;

function problemOf(
  pod: KubeObject,
  status: Tree,
  warnings: readonly Warning[],
  rules: ContainerRules,
): Problem | undefined {
  const waiting = tree(at(status, 'state', 'waiting'));
  const image = imageOf(pod, string(status.name)) || string(status.image);
  const said = string(waiting.message);
  switch (string(waiting.reason)) {
    case 'ErrImagePull':
    case 'ImagePullBackOff': {
      // The back-off's own message leaves out the reason on older kubelets; the event has it.
      const event =
        warnings.find(({ reason, message }) => reason === 'Failed' && message.includes(image))?.message ?? '';
      const { final, ...problem } = pullProblem(image, /: /.test(said) ? said : event || said);
      return { ...problem, patienceMs: final ? 0 : PULL_PATIENCE_MS };
    }
    case 'InvalidImageName':
      return {
        code: 'image-name',
        message: `'${image}' is not the name of an image`,
        remedy:
          'Mend the image in the manifest: registry/repository:tag or registry/repository@sha256:…, lower case.',
        patienceMs: 0,
      };
    case 'ErrImageNeverPull':
      return {
        code: 'image-not-present',
        message: `image ${image} is not on the node, and imagePullPolicy is Never`,
        remedy: 'Set imagePullPolicy: IfNotPresent.',
        patienceMs: 0,
      };
    case 'CreateContainerConfigError':
      return configProblem(said, rules);
    case 'CreateContainerError':
    case 'RunContainerError':
      return startProblem(said);
  }
  return deathProblem(status, warnings, rules);
}

function configProblem(said: string, rules: ContainerRules): Problem {
  if (/runAsNonRoot|non-root|non-numeric user/.test(said)) {
    return {
      code: 'runs-as-root',
      message: said,
      remedy:
        'Give the image a numeric user (USER 10001 in the Dockerfile), or set securityContext.runAsUser.',
      patienceMs: 0,
    };
  }
  const missing =
    /(configmap|secret) "([^"]+)" not found|couldn't find key (\S+) in (ConfigMap|Secret) (\S+)/i.exec(said);
  const what = missing?.[1]
    ? `the ${missing[1]} ${missing[2]}`
    : missing
      ? `the key ${missing[3]} in ${missing[4]} ${missing[5]}`
      : '';
  return {
    code: 'container-config',
    message: said || 'its configuration cannot be put together',
    remedy: what
      ? `Add ${what} to the release, create it before deploying, or mark the reference 'optional: true'.`
      : 'Mend what the message names in the container of the manifest.',
    patienceMs: missing ? rules.appearMs : 0,
  };
}

/** @param said of the container runtime, which begins with its own internals */
function startProblem(said: string): Problem {
  const short = said.replace(/\s+/g, ' ').split('OCI runtime create failed: ').at(-1)?.slice(0, 300) ?? said;
  const noProgram = /executable file not found|no such file or directory|permission denied/.test(said);
  return {
    code: 'container-start',
    message: `it cannot be started: ${short}`,
    remedy: noProgram
      ? "Check the image's ENTRYPOINT and the manifest's command: the program must be in the image, executable, and made for it (a script needs its interpreter)."
      : 'Mend what the container runtime names: mounts, devices and the security context are the usual ones.',
    patienceMs: noProgram ? 0 : 10_000,
  };
}

function deathProblem(
  status: Tree,
  warnings: readonly Warning[],
  rules: ContainerRules,
): Problem | undefined {
  const now = tree(at(status, 'state', 'terminated'));
  const last = Object.keys(now).length > 0 ? now : tree(at(status, 'lastState', 'terminated'));
  if (Object.keys(last).length === 0 || status.ready === true) return undefined;
  const isDown = last === now || at(status, 'state', 'waiting') !== undefined;
  // A container that has ended well is an init container or a job's, unless it is being started again and again.
  if (last === now && number(now.exitCode) === 0 && number(status.restartCount) === 0) return undefined;
  if (string(last.reason) === 'StartError' || string(last.reason) === 'ContainerCannotRun')
    return startProblem(string(last.message));
  const deaths = number(status.restartCount) + (isDown ? 1 : 0);
  const isLooping = isDown && deaths >= rules.crashLoopThreshold && !rules.isJob;
  return { ...deathWords(last, deaths, warnings), patienceMs: isLooping ? 0 : undefined };
}

function deathWords(last: Tree, deaths: number, warnings: readonly Warning[]): Omit<Problem, 'patienceMs'> {
  const exit = number(last.exitCode);
  const times = deaths === 1 ? 'once' : `${deaths} times`;
  if (last.reason === 'OOMKilled') {
    return {
      code: 'out-of-memory',
      message: `it was killed ${times} for using more memory than its limit`,
      remedy:
        'Raise resources.limits.memory, or make the program keep within it (for Node: --max-old-space-size).',
    };
  }
  const liveness = warnings.find(
    ({ reason, message }) => reason === 'Unhealthy' && /^(Liveness|Startup)/.test(message),
  );
  // A program that ends well when asked to has exit code 0 here.
  if (liveness && (exit === 0 || exit === 137 || exit === 143)) {
    return {
      code: 'probe-kills',
      message: `the kubelet killed it ${times}: ${liveness.message.slice(0, 300)}`,
      remedy:
        'Check the probe’s path and port; a program that starts slowly needs a startupProbe or a higher failureThreshold.',
    };
  }
  if (exit === 0) {
    return {
      code: 'ends-by-itself',
      message: `it ended by itself ${times} with exit code 0, and a service must keep running`,
      remedy: 'Let the program stay in the foreground, or make it a Job.',
    };
  }
  return {
    code: 'crash-loop',
    message: `it crashed ${times}; exit code ${exit}${exitMeaning(exit)}`,
    remedy: 'Its last log lines say why; mend that in the program or its configuration.',
  };
}

function exitMeaning(exit: number): string {
  const meanings: Readonly<Record<number, string>> = {
    126: ' (the command is not executable)',
    127: ' (the command is not in the image)',
    134: ' (aborted)',
    137: ' (killed)',
    139: ' (segmentation fault)',
    143: ' (terminated)',
  };
  return meanings[exit] ?? '';
}

function imageOf(pod: KubeObject, container: string): string {
  const containers = ['containers', 'initContainers'].flatMap((field) =>
    list(at(pod, 'spec', field)).map(tree),
  );
  return string(containers.find(({ name }) => name === container)?.image);
}
