import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import * as formats from 'ajv-formats';
import type { OpenApiSchema, Operation } from './description.js';
import { toJsonSchema } from './json-schema.js';

/** One entry of `errors` in a 422 answer. */
export interface FieldProblem {
  readonly resource: string;
  readonly field: string;
  readonly code: 'missing_field' | 'invalid' | 'unprocessable' | 'custom';
  readonly message: string;
}

export interface RequestFacts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface RequestVerdict {
  /** What GitHub answers 422 for. */
  readonly refused: readonly FieldProblem[];
  /** What GitHub takes and silently ignores: a name that is not in its description, most likely misspelt. */
  readonly ignored: readonly string[];
}

const bodies = withFormats(new Ajv({ strict: false, allErrors: true, logger: false }));
const parameters = withFormats(
  new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes: 'array' }),
);
const compiled = new Map<string, ValidateFunction>();

/** Checks path, query and body of a request against the description. */
export function validateRequest(operation: Operation, facts: RequestFacts): RequestVerdict {
  const refused: FieldProblem[] = [];
  const ignored: string[] = [];
  checkParameters(operation, facts, refused, ignored);
  checkBody(operation, facts.body, refused, ignored);
  return { refused, ignored };
}

/**
 * Checks an answer against the description.
 * @returns what is wrong with it; empty when it is as GitHub describes it
 */
export function validateAnswer(operation: Operation, status: number, body: unknown): string[] {
  const response = operation.responses[String(status)];
  if (!response) return status < 400 ? [`${operation.id} has no answer ${status}`] : [];
  const schema = response.content?.['application/json']?.schema;
  if (!schema) return body === undefined ? [] : [`${operation.id} answers ${status} without a body`];
  const validate = validator(bodies, `${operation.id} ${status}`, schema);
  return validate(body)
    ? []
    : (validate.errors ?? []).map((error) => `${operation.id} ${status}: ${describe(error)}`);
}

function checkParameters(
  operation: Operation,
  facts: RequestFacts,
  refused: FieldProblem[],
  ignored: string[],
): void {
  const queryNames = new Set<string>();
  for (const parameter of operation.parameters) {
    if (parameter.in === 'header') continue;
    if (parameter.in === 'query') queryNames.add(parameter.name);
    const value =
      parameter.in === 'path' ? facts.params[parameter.name] : (facts.query.get(parameter.name) ?? undefined);
    if (value === undefined) {
      if (parameter.required)
        refused.push(problem(operation, parameter.name, 'missing_field', 'is required'));
      continue;
    }
    const schema: OpenApiSchema = { type: 'object', properties: { value: parameter.schema } };
    const validate = validator(parameters, `${operation.id} ?${parameter.name}`, schema);
    if (!validate({ value })) {
      refused.push(problem(operation, parameter.name, 'invalid', describe(validate.errors?.[0])));
    }
  }
  for (const name of new Set(facts.query.keys())) {
    if (!queryNames.has(name)) ignored.push(`the query parameter ${name} is unknown to ${operation.id}`);
  }
}

function checkBody(operation: Operation, body: unknown, refused: FieldProblem[], ignored: string[]): void {
  const schema = operation.bodySchema;
  if (!schema) {
    if (body !== undefined) ignored.push(`${operation.id} takes no body`);
    return;
  }
  if (body === undefined) {
    if (operation.bodyRequired)
      refused.push(problem(operation, 'body', 'missing_field', 'a body is required'));
    return;
  }
  const validate = validator(bodies, `${operation.id} body`, schema);
  if (!validate(body))
    refused.push(...(validate.errors ?? []).filter(isTelling).map((error) => bodyProblem(operation, error)));
  const known = schema.properties as Record<string, unknown> | undefined;
  if (known && typeof body === 'object' && body !== null) {
    for (const name of Object.keys(body)) {
      if (known[name] === undefined) ignored.push(`the property ${name} is unknown to ${operation.id}`);
    }
  }
}

function validator(ajv: Ajv, key: string, schema: OpenApiSchema): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  const validate = ajv.compile(toJsonSchema(schema));
  compiled.set(key, validate);
  return validate;
}

function bodyProblem(operation: Operation, error: ErrorObject): FieldProblem {
  const missing = error.keyword === 'required' ? String(error.params.missingProperty) : undefined;
  const path = error.instancePath.split('/').slice(1);
  const field = [...path, ...(missing === undefined ? [] : [missing])].join('.') || 'body';
  return problem(operation, field, missing === undefined ? 'invalid' : 'missing_field', describe(error));
}

/** `anyOf` itself says nothing that its branches have not said; the `null` branch of a nullable is noise. */
function isTelling(error: ErrorObject): boolean {
  return error.keyword !== 'anyOf' && !(error.keyword === 'type' && error.params.type === 'null');
}

function problem(
  operation: Operation,
  field: string,
  code: FieldProblem['code'],
  message: string,
): FieldProblem {
  const resource = (operation.id.split('/')[0] ?? '').replace(/s$/, '');
  return { resource, field, code, message: `${field} ${message}` };
}

function describe(error: ErrorObject | undefined): string {
  if (!error) return 'is not valid';
  const allowed =
    error.keyword === 'enum' ? ` (${(error.params.allowedValues as unknown[]).join(', ')})` : '';
  return `${error.instancePath} ${error.message ?? 'is not valid'}${allowed}`.trim();
}

function withFormats(ajv: Ajv): Ajv {
  // GitHub's own names for formats (`repo.nwo`, `uri-template` …) that ajv does not know are not checked.
  formats.default.default(ajv, ['date-time', 'date', 'email', 'int64']);
  // GitHub itself answers an empty text where an address was never set, as in a deployment status.
  ajv.addFormat('uri', (text) => text === '' || URL.canParse(text));
  return ajv;
}
