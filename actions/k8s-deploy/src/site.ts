import { type Context, context } from '@fairway/action-kit';
import { applySetId, PART_OF, parentRef } from './apply/apply-set.js';
import { KubeClient } from './cluster/client.js';
import { Connection } from './cluster/connection.js';
import { findAccess } from './cluster/kubeconfig.js';
import type { Inputs } from './inputs.js';

/** Where a release goes, and everything the story's chapters need to act there. */
export interface Site {
  readonly client: KubeClient;
  readonly inputs: Inputs;
  readonly run: Context;
  readonly release: string;
  readonly namespace: string;
  /** The id of the release's ApplySet, which each of its objects carries as a label. */
  readonly applySet: string;
  readonly selector: string;
  /** Raised when the job is being cancelled. */
  readonly cancelled: AbortSignal;
}

/** Finds the cluster. Nothing is asked of it yet. */
export async function openSite(inputs: Inputs): Promise<Site> {
  const access = await findAccess({
    text: inputs.kubeconfig,
    path: inputs.kubeconfigPath,
    context: inputs.context,
  });
  const namespace = inputs.namespace || access.namespace;
  const applySet = applySetId(parentRef(inputs.release, namespace));
  return {
    client: new KubeClient(new Connection(access)),
    inputs,
    run: context(),
    release: inputs.release,
    namespace,
    applySet,
    selector: `${PART_OF}=${applySet}`,
    cancelled: cancellation(),
  };
}

/** The runner sends SIGINT, and 7.5 s later SIGTERM: time enough to give the lease back. */
function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
