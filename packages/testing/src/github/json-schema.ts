import { component, type OpenApiSchema } from './description.js';

type JsonSchema = Record<string, unknown>;

/** Keywords that mean the same in OpenAPI 3.0 and in JSON Schema, and hold no schema. */
const kept = [
  'type',
  'enum',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'required',
] as const;

const referencePrefix = '#/components/schemas/';

/**
 * Turns a schema of GitHub's OpenAPI 3.0 description into a JSON Schema that stands alone: every schema it refers to,
 * and no other, is carried along under `definitions`. `nullable` becomes a type; `oneOf` becomes `anyOf`, because the
 * description's alternatives overlap (a check run with a conclusion and no status fits two) and GitHub accepts those.
 */
export function toJsonSchema(schema: OpenApiSchema): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const pending: string[] = [];
  const converter = new Converter((name) => {
    if (definitions[name] === undefined) {
      definitions[name] = {};
      pending.push(name);
    }
  });
  const root = converter.convert(schema);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    definitions[name] = converter.convert(component(`${referencePrefix}${name}`) as OpenApiSchema);
  }
  return { ...root, definitions };
}

class Converter {
  readonly #refer: (name: string) => void;

  constructor(refer: (name: string) => void) {
    this.#refer = refer;
  }

  convert(schema: OpenApiSchema): JsonSchema {
    if (typeof schema.$ref === 'string') {
      const name = schema.$ref.slice(referencePrefix.length);
      this.#refer(name);
      return { $ref: `#/definitions/${name}` };
    }
    const converted: JsonSchema = {};
    for (const keyword of kept) if (schema[keyword] !== undefined) converted[keyword] = schema[keyword];
    if (schema.items !== undefined) converted.items = this.convert(schema.items as OpenApiSchema);
    if (schema.not !== undefined) converted.not = this.convert(schema.not as OpenApiSchema);
    if (schema.properties !== undefined) {
      const properties = Object.entries(schema.properties as Record<string, OpenApiSchema>);
      converted.properties = Object.fromEntries(
        properties.map(([name, value]) => [name, this.convert(value)]),
      );
    }
    if (schema.additionalProperties !== undefined) {
      const extra = schema.additionalProperties;
      converted.additionalProperties =
        typeof extra === 'object' ? this.convert(extra as OpenApiSchema) : extra;
    }
    if (schema.allOf !== undefined) converted.allOf = this.#each(schema.allOf);
    const alternatives = [...this.#each(schema.anyOf), ...this.#each(schema.oneOf)];
    if (alternatives.length > 0) converted.anyOf = alternatives;
    return schema.nullable === true ? nullable(converted) : converted;
  }

  #each(schemas: unknown): JsonSchema[] {
    return Array.isArray(schemas) ? schemas.map((schema: OpenApiSchema) => this.convert(schema)) : [];
  }
}

function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
