import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A schema of OpenAPI 3.0, as far as this reader cares. */
export type OpenApiSchema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: OpenApiSchema;
  /** The value may hold slashes. */
  readonly 'x-multi-segment'?: boolean;
}

interface Content {
  readonly schema?: OpenApiSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { $ref?: string; value?: unknown }>>;
}

interface Response {
  readonly content?: Readonly<Record<string, Content>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly externalDocs?: { readonly url?: string };
  readonly parameters?: readonly unknown[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content?: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One operation of GitHub's REST API with its references resolved, schemas apart. */
export interface Operation {
  /** Such as `issues/create-comment`. */
  readonly id: string;
  readonly method: string;
  /** Such as `/repos/{owner}/{repo}/issues/{issue_number}/comments`. */
  readonly template: string;
  readonly documentationUrl: string;
  readonly parameters: readonly Parameter[];
  readonly bodyRequired: boolean;
  readonly bodySchema?: OpenApiSchema;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly literals: number;
  readonly operation: Operation;
}

let loaded: Description | undefined;
let routes: Map<string, Route[]> | undefined;

/** GitHub's published description for github.com, read once in a process (13 MB, about 0.15 s). */
export function description(): Description {
  if (!loaded) {
    const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
    loaded = JSON.parse(readFileSync(file, 'utf8')) as Description;
  }
  return loaded;
}

/** The operation that a request addresses, with its path parameters decoded; undefined when GitHub has none. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; params: Record<string, string> } | undefined {
  for (const route of routeTable().get(method.toLowerCase()) ?? []) {
    const match = route.pattern.exec(path);
    if (!match) continue;
    const params = Object.fromEntries(
      route.names.map((name, index) => [name, decode(match[index + 1] ?? '')]),
    );
    return { operation: route.operation, params };
  }
  return undefined;
}

/** Follows a `#/components/…` reference. */
export function component(reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], description());
}

/** The description's own example of an answer: a complete, valid body to lay facts over. */
export function exampleAnswer(operation: Operation, status: number): unknown {
  const content = operation.responses[String(status)]?.content?.['application/json'];
  const example = Object.values(content?.examples ?? {})[0];
  const value = example?.$ref ? (component(example.$ref) as { value?: unknown }).value : example?.value;
  return structuredClone(value ?? content?.example);
}

function routeTable(): Map<string, Route[]> {
  if (routes) return routes;
  const table = new Map<string, Route[]>();
  for (const [template, methods] of Object.entries(description().paths)) {
    for (const [method, raw] of Object.entries(methods)) {
      const operation = toOperation(method, template, raw);
      const list = table.get(method) ?? [];
      list.push({ ...compile(operation), operation });
      table.set(method, list);
    }
  }
  // A path with more fixed segments is the more specific one: /releases/latest before /releases/{release_id}.
  for (const list of table.values()) list.sort((a, b) => b.literals - a.literals);
  routes = table;
  return table;
}

function compile(operation: Operation): Omit<Route, 'operation'> {
  const names: string[] = [];
  const multi = new Set(operation.parameters.filter((p) => p['x-multi-segment']).map((p) => p.name));
  const pattern = operation.template
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
      const name = part.slice(1, -1);
      names.push(name);
      return multi.has(name) ? '(.+?)' : '([^/]+)';
    })
    .join('');
  const literals = operation.template.split('/').filter((segment) => !segment.startsWith('{')).length;
  return { pattern: new RegExp(`^${pattern}$`), names, literals };
}

function toOperation(method: string, template: string, raw: RawOperation): Operation {
  const bodySchema = raw.requestBody?.content?.['application/json']?.schema;
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    template,
    documentationUrl: raw.externalDocs?.url ?? 'https://docs.github.com/rest',
    parameters: (raw.parameters ?? []).map((parameter) => resolve<Parameter>(parameter)),
    bodyRequired: raw.requestBody?.required ?? false,
    ...(bodySchema ? { bodySchema } : {}),
    responses: Object.fromEntries(
      Object.entries(raw.responses).map(([status, response]) => [status, resolve<Response>(response)]),
    ),
  };
}

function resolve<T>(value: unknown): T {
  const reference = (value as { $ref?: string }).$ref;
  return (reference === undefined ? value : component(reference)) as T;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
