import { ActionError } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import { KUBE_YAML } from '@fairway/kube-yaml';
import { asObject, type KubeObject } from '../cluster/object.js';

/** Aliases that one document may expand: enough for anchors people write, far below a "billion laughs". */
const ALIASES = 100;
/** Rendered sources in all, in bytes. A release is recorded in a Secret, which holds 1 MiB compressed. */
export const SOURCE_BYTES = 20 * 1024 * 1024;

/**
 * Reads the objects of a YAML or JSON text as kubectl does, which may hold several documents and `List` objects.
 * @param origin what the text is, for errors: a path, or `kustomize deploy/overlays/staging`
 * @param options `doubleKeys` takes the last of two equal keys, as Helm does for what charts render
 * @throws ActionError 'bad-manifest' with the place
 */
export async function readObjects(
  text: string,
  origin: string,
  options: { readonly doubleKeys?: boolean } = {},
): Promise<KubeObject[]> {
  if (text.length > SOURCE_BYTES) throw tooLarge(origin);
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    ...KUBE_YAML,
    lineCounter,
    uniqueKeys: !options.doubleKeys,
    logLevel: 'silent',
  });
  const parsed = 'empty' in documents ? [] : documents;
  return parsed.flatMap((document, index) => {
    const [problem] = document.errors;
    if (problem) {
      const { line, col } = lineCounter.linePos(problem.pos[0]);
      throw badManifest(`${origin}, line ${line}, column ${col}: ${problem.message.split('\n')[0]}`);
    }
    return unpack(toPlain(document, origin), `${origin}, document ${index + 1}`);
  });
}

/**
 * What a tool rendered, whole. Of more than {@link SOURCE_BYTES} only the end is kept, and the objects before it would be
 * missing without a word.
 * @param origin as for {@link readObjects}
 * @throws ActionError 'bad-manifest'
 */
export function wholeOutput(
  { stdout, truncated }: { readonly stdout: string; readonly truncated: boolean },
  origin: string,
): string {
  if (truncated) throw tooLarge(origin);
  return stdout;
}

function tooLarge(origin: string): ActionError {
  return new ActionError('bad-manifest', `${origin} is larger than ${SOURCE_BYTES / 1024 / 1024} MiB.`, {
    remedy:
      'Split it into several releases, each with its own  release:  and its own part of the sources. What is recorded of a release has to fit into a Secret.',
  });
}

function toPlain(document: { toJS(options: { maxAliasCount: number }): unknown }, origin: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES });
  } catch (cause) {
    throw badManifest(`${origin}: its aliases expand to more than is sane`, cause);
  }
}

function unpack(value: unknown, place: string): KubeObject[] {
  if (value === null || value === undefined) return [];
  const { kind, items, metadata } = tree(value);
  if (Array.isArray(items) && string(kind).endsWith('List')) {
    return list(items).flatMap((item, index) => unpack(item, `${place}, item ${index + 1}`));
  }
  const object = asObject(value);
  if (object) return [addressable(object, place)];
  if (string(tree(metadata).generateName) !== '') {
    throw badManifest(
      `${place} (${string(kind)}) has generateName: it would be a new object at every deployment`,
    );
  }
  throw badManifest(`${place} is not a Kubernetes object: it needs apiVersion, kind and metadata.name`);
}

/** As the API writes them: `v1`, `apps/v1`, `cert-manager.io/v1`. They become a part of the path that is asked for. */
const API_VERSION = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** Names that lead elsewhere in a path, for a proxy that resolves them. */
const LEADING_ELSEWHERE = new Set(['.', '..']);

/** An object whose address is nobody else's: a manifest may come from a pull request. @throws ActionError 'bad-manifest' */
function addressable(object: KubeObject, place: string): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const { namespace: said, ...unbound } = metadata;
  const namespace: unknown = said ?? '';
  const { name } = metadata;
  if (!API_VERSION.test(apiVersion)) {
    throw badManifest(`${place} (${kind}) has the apiVersion '${apiVersion.slice(0, 200)}', which is none`);
  }
  if (typeof namespace !== 'string' || LEADING_ELSEWHERE.has(name) || LEADING_ELSEWHERE.has(namespace)) {
    throw badManifest(`${place} (${kind}) has a name or namespace that no object can have`);
  }
  // An empty one is none, as charts render it where nobody gives a value.
  return namespace === '' ? { ...object, metadata: unbound } : object;
}

function badManifest(message: string, cause?: unknown): ActionError {
  return new ActionError('bad-manifest', `${message}.`, {
    remedy:
      'Mend that document. A folder of manifests may hold nothing but manifests; templates belong to Kustomize or Helm.',
    cause,
  });
}
