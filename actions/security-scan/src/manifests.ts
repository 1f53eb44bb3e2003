import { info, messageOf } from '@fairway/action-kit';
import { KUBE_YAML } from '@fairway/kube-yaml';
import type { Finding } from '@fairway/reports/findings';
import { fingerprint, list, string, type Tree, tree } from '@fairway/scan-kit';
import { files, overlays, type Source, unreadable } from './manifest-sources.js';
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

/**
 * What is wrong in one source. It is read as kubectl reads it, by YAML 1.1: there `privileged: yes` is true, and `<<`
 * merges what an anchor holds.
 */
export async function check(source: Source): Promise<Finding[]> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const counter = new LineCounter();
  const documents = parseAllDocuments(source.text, {
    ...KUBE_YAML,
    lineCounter: counter,
    logLevel: 'silent',
    prettyErrors: false, // they quote the file, which may not be what its name says
  });
  return [...documents].flatMap((document) => {
    const problem = document.errors[0];
    if (problem) {
      const { line, col } = counter.linePos(problem.pos[0]);
      throw unreadable(source.path, `line ${line}, column ${col}: ${problem.message}`);
    }
    const line = source.lines ? counter.linePos(document.contents?.range?.[0] ?? 0).line : 1;
    return objectsIn(toPlain(document, source.path)).flatMap((object) =>
      findingsIn(object, source.path, line),
    );
  });
}

function toPlain(document: { toJS(options: { maxAliasCount: number }): unknown }, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw unreadable(path, messageOf(cause));
  }
}

/** The object itself, or those of a list: `List` as well as `PodList`, within one another too, as kubectl takes them. */
function objectsIn(value: unknown): Tree[] {
  const object = tree(value);
  return string(object.kind).endsWith('List') && Array.isArray(object.items)
    ? object.items.flatMap(objectsIn)
    : [object];
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

/** The pod template within an object, of Kubernetes' own kinds or of one made like them (an Argo Rollout, a Knative Service). */
function templateOf(object: Tree): unknown {
  const spec = tree(object.spec);
  switch (object.kind) {
    case 'Pod':
      return object;
    case 'PodTemplate':
      return object.template;
    case 'CronJob':
      return tree(tree(spec.jobTemplate).spec).template;
    default:
      return list(tree(tree(spec.template).spec).containers).length > 0 ? spec.template : undefined;
  }
}
