import { list, string, type Tree, tree } from '@fairway/scan-kit';

/** A pod's template with its containers of all three sorts at hand. */
export interface Pod {
  readonly annotations: Tree;
  readonly spec: Tree;
  readonly security: Tree;
  readonly containers: readonly { readonly name: string; readonly all: Tree; readonly security: Tree }[];
}

/** One control of the Pod Security Standards. */
export interface Control {
  readonly name: string;
  readonly level: 'baseline' | 'restricted';
  /** Windows does not have what it asks for. */
  readonly linuxOnly?: true;
  /** What is wrong, for each place in which it is. */
  readonly breaches: (pod: Pod) => string[];
}

/** Reads a pod template, whatever it may hold. */
export function podOf(template: unknown): Pod {
  const spec = tree(tree(template).spec);
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    list(spec[key]).map(tree),
  );
  return {
    annotations: tree(tree(tree(template).metadata).annotations),
    spec,
    security: tree(spec.securityContext),
    containers: containers.map((all) => ({
      name: string(all.name),
      all,
      security: tree(all.securityContext),
    })),
  };
}

/** A breach for each container of which `wrong` tells something. */
export function eachContainer(wrong: (container: Pod['containers'][number]) => string | false | undefined) {
  return (pod: Pod) =>
    pod.containers.flatMap((container) => {
      const message = wrong(container);
      return message ? [`container '${container.name}': ${message}`] : [];
    });
}

/** A breach for the pod and for each container whose security context `wrong` tells something of. */
export function eachContext(wrong: (security: Tree) => string | false | undefined) {
  return (pod: Pod) => [
    ...[wrong(pod.security)].flatMap((message) => (message ? [`the pod: ${message}`] : [])),
    ...eachContainer(({ security }) => wrong(security))(pod),
  ];
}

/** The capabilities that a security context adds. */
export const added = (security: Tree) => list(tree(security.capabilities).add).map(String);
/** The seccomp profile's type, or an empty string. */
export const seccomp = (security: Tree) => string(tree(security.seccompProfile).type);
