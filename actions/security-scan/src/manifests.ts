import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { runOrThrow, which } from '@fairway/exec-kit';
import type { Finding } from '@fairway/reports/findings';
import { fingerprint, fromRoot, string, type Tree, tree } from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import { breachesOf } from './pod-security.js';
import type { Scope } from './scanner.js';

/** Manifests, by Kubernetes' Pod Security Standards: a breach of `baseline` is high, of `restricted` medium. */
export async function podSecurity(scope: Scope): Promise<Finding[]> {
  const sources = [...(await files(scope)), ...(await overlays(scope))];
  if (sources.length === 0)
    info('There are no manifests to check: neither `manifests` nor `kustomize` names any.');
  const findings: Finding[] = [];
  for (const source of sources) findings.push(...(await check(source)));
  return findings;
}

/** Manifest text and where it comes from. `lines` is false where its line numbers mean nothing to a reader. */
interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: boolean;
}

async function check(source: Source): Promise<Finding[]> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const counter = new LineCounter();
  const documents = parseAllDocuments(source.text, { lineCounter: counter });
  return [...documents].flatMap((document) => {
    const problem = document.errors[0];
    if (problem) throw unreadable(source.path, problem.message);
    const object = tree(document.toJS({ maxAliasCount: 100 }));
    const items =
      string(object.kind) === 'List' && Array.isArray(object.items) ? object.items.map(tree) : [object];
    const line = source.lines ? counter.linePos(document.contents?.range?.[0] ?? 0).line : 1;
    return items.flatMap((item) => findingsIn(item, source.path, line));
  });
}

function findingsIn(object: Tree, path: string, line: number): Finding[] {
  const template = templateOf(object);
  if (template === undefined) return [];
  const name = `${string(object.kind)} ${string(tree(object.metadata).name)}`;
  return breachesOf(template).map((breach) => ({
    scanner: 'pod-security',
    rule: `${breach.level}/${breach.control}`,
    severity: breach.level === 'baseline' ? 'high' : 'medium',
    message: `${name}: ${breach.message}`,
    help: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    path,
    startLine: line,
    endLine: line,
    fingerprint: fingerprint('pod-security', path, name, breach.control, breach.message),
  }));
}

/** The pod template within an object of the kinds that make pods. */
function templateOf(object: Tree): unknown {
  const spec = tree(object.spec);
  switch (object.kind) {
    case 'Pod':
      return object;
    case 'PodTemplate':
      return object.template;
    case 'CronJob':
      return tree(tree(spec.jobTemplate).spec).template;
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
    case 'ReplicationController':
      return spec.template;
    default:
      return undefined;
  }
}

async function files(scope: Scope): Promise<Source[]> {
  const paths = await Promise.all(scope.inputs.manifests.map((path) => yamlFiles(inside(scope.root, path))));
  return Promise.all(
    paths.flat().map(async (path) => ({
      path: fromRoot(scope.root, path),
      text: await readFile(path, 'utf8'),
      lines: true,
    })),
  );
}

async function yamlFiles(path: string): Promise<string[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) throw missing(path);
  if (!entry.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

/** Each overlay, rendered by the same Kustomize that will render it to be deployed. */
async function overlays(scope: Scope): Promise<Source[]> {
  const folders = (
    await Promise.all(scope.inputs.kustomize.map((path) => kustomizations(inside(scope.root, path))))
  ).flat();
  if (folders.length > 0 && (await which('kubectl')) === undefined)
    await ensureTool('kubectl', { mirror: scope.inputs.mirror });
  const sources: Source[] = [];
  for (const folder of folders) {
    const { stdout } = await runOrThrow('kubectl', ['kustomize', folder], {
      show: 'never',
      timeoutMs: scope.inputs.timeoutMs,
      captureBytes: 64 * 1024 * 1024,
      title: `kubectl kustomize ${fromRoot(scope.root, folder)}`,
    });
    sources.push({ path: `${fromRoot(scope.root, folder)}/kustomization.yaml`, text: stdout, lines: false });
  }
  return sources;
}

/** The folder itself when it is a kustomization, else those of its children that are. */
async function kustomizations(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => {
    throw missing(folder);
  });
  if (names.some((name) => /^kustomization\.ya?ml$|^Kustomization$/.test(name))) return [folder];
  const children = await Promise.all(
    names.toSorted().map(async (name) => {
      const inner = await readdir(join(folder, name)).catch(() => []);
      return inner.some((file) => /^kustomization\.ya?ml$|^Kustomization$/.test(file))
        ? [join(folder, name)]
        : [];
    }),
  );
  return children.flat();
}

function inside(root: string, path: string): string {
  const full = resolve(root, path);
  if (fromRoot(root, full).startsWith('..')) {
    throw new ActionError('bad-input', `'${path}' leads out of the repository.`, {
      remedy: "Name manifests by their path from the repository's root.",
    });
  }
  return full;
}

function missing(path: string): ActionError {
  return new ActionError('missing-file', `There is nothing at '${path}'.`, {
    remedy: "Check the inputs 'manifests' and 'kustomize': their paths start at the repository's root.",
  });
}

function unreadable(path: string, why: string): ActionError {
  return new ActionError('unreadable-manifest', `${path} is not YAML that can be read: ${why}`, {
    remedy: 'Mend the file at the place that the message names.',
  });
}
