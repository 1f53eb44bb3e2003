import { list, string, tree } from '@fairway/action-kit/tree';
import { hasStatus } from './api-error.js';
import type { Connection } from './connection.js';
import { discover } from './discovery.js';
import { pathOf, type Resource } from './kinds.js';
import { asObject, FIELD_MANAGER, type KubeObject, labelOf, type ObjectRef } from './object.js';

export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Collection {
  readonly items: KubeObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/** Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA_ONLY =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.5';

/** The few verbs of the Kubernetes API that a deployment needs. */
export class KubeClient {
  readonly connection: Connection;
  readonly #resources = new Map<string, Promise<Resource>>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** How the API addresses a kind. @throws ActionError 'unknown-kind' */
  resource(apiVersion: string, kind: string): Promise<Resource> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#resources.get(key) ?? discover(this.connection, apiVersion, kind);
    this.#resources.set(key, known);
    known.catch(() => this.#resources.delete(key)); // a CRD of this very release may come to be
    return known;
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    const path = await this.#path(ref);
    try {
      return asObject(await this.connection.json({ method: 'GET', path, doing: `Reading ${labelOf(ref)}` }));
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** Everything of a kind, in pages of 500; where only names and labels matter, without the rest. */
  async list(
    resource: Resource,
    namespace: string | undefined,
    { labelSelector, fieldSelector }: Selection = {},
    content: 'whole' | 'metadata' = 'whole',
  ): Promise<Collection> {
    const items: KubeObject[] = [];
    for (let next = ''; ; ) {
      const query = queryOf({ labelSelector, fieldSelector, limit: '500', continue: next });
      const path = `${pathOf(resource, namespace)}${query}`;
      const page = tree(
        await this.connection
          .json({
            method: 'GET',
            path,
            doing: `Listing ${resource.plural}`,
            ...(content === 'metadata' && { accept: METADATA_ONLY }),
          })
          .catch((error: unknown) => {
            // The next page of a list that has become too old: everything has to be read again.
            if (next !== '' && hasStatus(error, 410)) return undefined;
            throw error;
          }),
      );
      if (page.metadata === undefined && next !== '') {
        next = '';
        items.length = 0;
        continue;
      }
      for (const item of list(page.items)) {
        // Items of a list carry neither apiVersion nor kind, and those of metadata alone not their own.
        const object = asObject({ ...tree(item), apiVersion: resource.apiVersion, kind: resource.kind });
        if (object) items.push(object);
      }
      const meta = tree(page.metadata);
      next = string(meta.continue);
      if (next === '') return { items, resourceVersion: string(meta.resourceVersion) };
    }
  }

  /** The names of all objects of a kind in a namespace; undefined where there are more than one request gives. */
  async names(resource: Resource, namespace: string): Promise<ReadonlySet<string> | undefined> {
    const path = `${pathOf(resource, namespace)}${queryOf({ limit: '500' })}`;
    const doing = `Listing ${resource.plural}`;
    const page = tree(await this.connection.json({ method: 'GET', path, accept: METADATA_ONLY, doing }));
    if (string(tree(page.metadata).continue) !== '') return undefined;
    return new Set(list(page.items).map((item) => string(tree(tree(item).metadata).name)));
  }

  /** Server-side apply. @throws ApiError with reason 'Conflict' when another manager owns a field and `force` is off */
  async apply(
    object: KubeObject,
    options: { readonly force: boolean; readonly dryRun?: boolean; readonly manager?: string },
  ): Promise<KubeObject> {
    const query = queryOf({
      fieldManager: options.manager ?? FIELD_MANAGER,
      force: String(options.force),
      fieldValidation: 'Strict',
      dryRun: options.dryRun ? 'All' : '',
    });
    return this.#write(
      'PATCH',
      `${await this.#path(object)}${query}`,
      object,
      'application/apply-patch+yaml',
      'Applying',
    );
  }

  async create(object: KubeObject): Promise<KubeObject> {
    const resource = await this.resource(object.apiVersion, object.kind);
    const path = `${pathOf(resource, object.metadata.namespace)}?fieldManager=${FIELD_MANAGER}`;
    return this.#write('POST', path, object, 'application/json', 'Creating');
  }

  /** Replaces the whole object; with a resourceVersion in it, only if nobody changed it meanwhile (else 409). */
  async replace(object: KubeObject): Promise<KubeObject> {
    const path = `${await this.#path(object)}?fieldManager=${FIELD_MANAGER}`;
    return this.#write('PUT', path, object, 'application/json', 'Updating');
  }

  /**
   * @param options what it must still be, and whether it goes before (the default) or after what belongs to it
   * @returns false when there was nothing to delete
   */
  async delete(
    ref: ObjectRef,
    options: {
      readonly uid?: string;
      readonly resourceVersion?: string;
      readonly propagation?: 'Background' | 'Foreground';
    } = {},
  ): Promise<boolean> {
    const { propagation: propagationPolicy = 'Background', ...preconditions } = options;
    try {
      await this.connection.bytes({
        method: 'DELETE',
        path: await this.#path(ref),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions },
        doing: `Deleting ${labelOf(ref)}`,
      });
      return true;
    } catch (error) {
      if (hasStatus(error, 404)) return false;
      throw error;
    }
  }

  async #write(
    method: 'PATCH' | 'POST' | 'PUT',
    path: string,
    body: KubeObject,
    contentType: string,
    verb: string,
  ): Promise<KubeObject> {
    const doing = `${verb} ${labelOf(body)}`;
    const answer = await this.connection.json({ method, path, body, contentType, doing });
    return asObject(answer) ?? body;
  }

  async #path(object: KubeObject | ObjectRef): Promise<string> {
    const resource = await this.resource(object.apiVersion, object.kind);
    const { name, namespace } =
      'metadata' in object ? (object as KubeObject).metadata : (object as ObjectRef);
    return pathOf(resource, namespace, name);
  }
}

/** A query string of what is not empty. */
export function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given as [string, string][])}`;
}
