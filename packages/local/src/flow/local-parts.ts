import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostChoices } from '../host.js';
import type { Progress } from '../progress.js';
import type { MonitoringInput } from '../services/monitoring.js';
import { startAll } from '../services/start-all.js';
import type { Supervisor } from '../services/supervisor.js';
import type { Tools } from '../tools/prepare.js';
import { onCallPath } from './message-findings.js';
import type { Parts } from './parts.js';
import { layTerraformMirror } from './terraform-mirror.js';

/**
 * The provider that infra/local of the photo app uses. assets/go/kubernetes pins the commit 382f717: release 2.2.0 and
 * three commits after it.
 */
const provider = { source: 'alekc/kubectl', version: '2.2.0' };

/** Starts every service on this machine and gathers what a push is carried through. */
export async function startParts(
  supervisor: Supervisor,
  root: string,
  input: { readonly choices: HostChoices; readonly tools: Tools; readonly progress: Progress },
  folder: string,
): Promise<Parts> {
  // Services and actions look for programs on PATH, as they would on a runner.
  process.env.PATH = [...input.tools.searchPath, process.env.PATH].join(':');
  const services = await startAll(supervisor, { ...input, monitoring: (inbox) => monitoring(root, inbox) });
  const { baseImages } = services;
  return {
    kubeconfig: services.kubeconfig,
    registry: services.registry.address,
    builder: services.buildkit.address,
    buildArgs:
      baseImages === undefined
        ? []
        : [`NODE_BUILD_IMAGE=${baseImages.nodeBuild}`, `NODE_RUNTIME_IMAGE=${baseImages.nodeRuntime}`],
    sbomGenerator: baseImages?.sbomGenerator ?? '',
    probeImage: baseImages?.nodeBuild ?? '',
    autoscales: input.choices.cluster.provider === 'one-node' && input.tools.parts.includes('metrics-server'),
    ingress: services.ingress?.address ?? '',
    alertmanager: services.alertmanager.url,
    prometheus: services.prometheus.url,
    inbox: services.inbox,
    searchPath: input.tools.searchPath,
    act: { path: input.tools.path('act'), fixed: true },
    environment: {
      ...(await layTerraformMirror(
        { ...provider, program: input.tools.path('kubernetes', 'terraform-provider-kubectl') },
        folder,
      )),
      TF_VAR_data_claim: JSON.stringify(await claim(input.choices, join(supervisor.folders.run, 'photos'))),
    },
  };
}

/** The volume that the photo app's pods share: a folder of this machine where it is the node, else the cluster's default. */
async function claim({ cluster }: HostChoices, folder: string): Promise<{ readonly host_folder?: string }> {
  if (cluster.provider !== 'one-node') return {};
  for (const environment of ['staging', 'production']) {
    const own = join(folder, environment);
    await mkdir(own, { recursive: true });
    await chown(own, 10001, 10001);
  }
  return { host_folder: folder };
}

/** The photo app's own alert rules, and an on-call that is the inbox. Delays are short: here nobody sleeps. */
function monitoring(root: string, inbox: string): MonitoringInput {
  const onCall = { url: `${inbox}${onCallPath}`, send_resolved: true };
  return {
    ruleFiles: [join(root, 'examples/photo-app/monitoring/prometheus/rules.yml')],
    alertmanagerConfig: JSON.stringify({
      route: {
        receiver: 'on-call',
        group_by: ['...'],
        group_wait: '1s',
        group_interval: '5s',
        repeat_interval: '4h',
      },
      receivers: [{ name: 'on-call', webhook_configs: [onCall] }],
    }),
  };
}
