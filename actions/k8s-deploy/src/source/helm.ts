import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ActionError, info, warning } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import { run, runOrThrow } from '@fairway/exec-kit';
import { type Capabilities, capabilitiesOf } from '../cluster/capabilities.js';
import type { KubeClient } from '../cluster/client.js';
import type { KubeObject } from '../cluster/object.js';
import { readObjects, SOURCE_BYTES, wholeOutput } from './documents.js';
import type { Chart } from './helm-inputs.js';
import { asLastHook, isChartTest, type Occasion } from './hooks.js';

/** Where a chart is rendered for. */
export interface ChartTarget {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly workspace: string;
  readonly occasion: Occasion;
}

/** Helm's major versions differ in what a rendering with the cluster at hand checks. */
interface HelmTool {
  readonly path: string;
  readonly major: number;
}

/** Renders a chart as `helm upgrade --install` would in this cluster, with nothing recorded by Helm. */
export async function renderHelm(chart: Chart, target: ChartTarget): Promise<KubeObject[]> {
  const { ensureTool } = await import('@fairway/tool-install');
  const { path, version } = await ensureTool('helm');
  const tool = { path, major: Number.parseInt(version, 10) || 4 };
  await fetchDependencies(tool, chart, target.workspace);
  const rendered = await template(tool, chart, target);
  const objects = await readObjects(rendered, originOf(chart), { doubleKeys: true });
  const [tests, others] = [objects.filter(isChartTest), objects.filter((object) => !isChartTest(object))];
  return chart.tests ? [...others, ...tests.map(asLastHook)] : others;
}

function originOf({ chart }: Chart): string {
  return `chart ${chart}`;
}

async function template(tool: HelmTool, chart: Chart, target: ChartTarget): Promise<string> {
  const capabilities = await capabilitiesOf(target.client.connection);
  const folder = await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), 'helm-'));
  try {
    return await templateFrom(tool, chart, target, capabilities, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param folder empty, and deleted afterwards */
async function templateFrom(
  tool: HelmTool,
  given: Chart,
  target: ChartTarget,
  capabilities: Capabilities,
  folder: string,
): Promise<string> {
  // Helm 3 takes a folder of the chart's name where it stands for the chart, and the repository for nothing.
  const isNamed = given.repository !== '';
  const cwd = isNamed ? folder : target.workspace;
  const chart = isNamed
    ? { ...given, values: given.values.map((file) => fromWorkspace(file, target)) }
    : given;
  const plain = () => helmTemplate(tool, helmArguments(chart, target, { capabilities }), chart, cwd);
  if (!chart.lookup) return plain();
  const file = join(folder, 'kubeconfig');
  await writeFile(file, await target.client.connection.kubeconfig(target.namespace), { mode: 0o600 });
  const env = { KUBECONFIG: file, HELM_KUBECONTEXT: undefined };
  const args = helmArguments(chart, target, { capabilities, server: tool.major });
  const result = await run(tool.path, args, { ...SILENT, cwd, env });
  if (result.exitCode === 0) return wholeOutput(result, originOf(chart));
  // Helm 4 knows no kind that the chart itself is about to define.
  if (!/no matches for kind|ensure CRDs are installed/.test(result.stderr))
    throw refused(chart, result.stderr);
  warning(
    `${chart.chart} brings definitions that the cluster does not have yet, so it was rendered without looking anything up there.`,
    { title: 'Rendered without lookups' },
  );
  return plain();
}

function fromWorkspace(file: string, { workspace }: ChartTarget): string {
  return /^https?:\/\//.test(file) ? file : resolve(workspace, file);
}

const SILENT = { show: 'never', captureBytes: SOURCE_BYTES, timeoutMs: 300_000 } as const;

async function helmTemplate(
  tool: HelmTool,
  args: readonly string[],
  chart: Chart,
  cwd: string,
): Promise<string> {
  const result = await run(tool.path, args, { ...SILENT, cwd });
  if (result.exitCode !== 0) throw refused(chart, result.stderr);
  return wholeOutput(result, originOf(chart));
}

/**
 * The argv of `helm template`. The chart is told what this cluster can do and whether this is an upgrade: templates ask.
 * @param asked `server` is Helm's major version, where it is to look things up in the cluster
 */
export function helmArguments(
  chart: Chart,
  { namespace, occasion }: Pick<ChartTarget, 'namespace' | 'occasion'>,
  asked: { readonly capabilities: Capabilities; readonly server?: number },
): string[] {
  const { kubeVersion, apiVersions } = asked.capabilities;
  const ownCapabilities = [
    ...(kubeVersion === '' ? [] : ['--kube-version', kubeVersion]),
    // Each on its own: Linux takes no single argument of 128 KiB, and a cluster with many definitions has more.
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
  ];
  return [
    'template',
    ...['--namespace', namespace],
    '--include-crds',
    ...(chart.tests ? [] : ['--skip-tests']),
    ...(occasion === 'upgrade' ? ['--is-upgrade'] : []),
    ...serverArguments(asked.server),
    // Helm 4 asks the cluster itself where it may, and Helm 3 does so only for lookups.
    ...((asked.server ?? 0) >= 4 ? [] : ownCapabilities),
    ...(chart.repository === '' ? [] : ['--repo', chart.repository]),
    ...(chart.version === '' ? [] : ['--version', chart.version]),
    ...(isLoopback(chart.chart) ? ['--plain-http'] : []),
    ...chart.values.flatMap((file) => ['--values', file]),
    ...chart.set.flatMap((pair) => ['--set', pair]),
    ...['--', chart.release, chart.chart],
  ];
}

/** Helm 4 also checks whose the objects are, and they are ours. */
function serverArguments(major: number | undefined): string[] {
  if (major === undefined) return [];
  const lookups = ['--dry-run=server', '--disable-openapi-validation'];
  return major >= 4 ? [...lookups, '--take-ownership'] : lookups;
}

/** A registry on this very machine hardly has a certificate: Docker makes the same exception. */
function isLoopback(chart: string): boolean {
  return /^oci:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?\//.test(chart);
}

/** Charts that the chart needs are usually not committed. What is there in `charts/` is taken as it is. */
async function fetchDependencies(tool: HelmTool, chart: Chart, workspace: string): Promise<void> {
  const folder = resolve(workspace, chart.chart);
  const text =
    chart.repository === '' ? await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '') : '';
  if (!/^dependencies:/m.test(text)) return;
  const { parse } = await import('yaml');
  const wanted = list(tree(parse(text)).dependencies).map((one) => string(tree(one).name));
  const hasCharts = await stat(join(folder, 'charts')).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (wanted.length === 0 || hasCharts) return;
  info(`Fetching the charts that ${chart.chart} depends on: ${wanted.join(', ')}.`);
  await runOrThrow(tool.path, ['dependency', 'build', '--', folder], {
    ...SILENT,
    cwd: workspace,
    title: `helm dependency build ${chart.chart}`,
    remedy: `Commit Chart.lock (helm dependency update), and name private repositories in a step before this one: helm repo add, helm registry login.`,
  });
}

/** @param said Helm's own words, which name the template and the line */
function refused(chart: Chart, said: string): ActionError {
  const lines = said.split('\n').filter((line) => line !== '' && !/level=(WARN|INFO|DEBUG)/.test(line));
  return new ActionError(
    'bad-chart',
    `helm template ${chart.chart} failed: ${lines
      .join('\n')
      .replace(/^Error: /, '')
      .slice(-1500)}`,
    {
      remedy: `Run 'helm template ${chart.release} ${chart.chart}' by hand with the same values. A private repository needs 'helm repo add' or 'helm registry login' in a step before this one.`,
    },
  );
}
