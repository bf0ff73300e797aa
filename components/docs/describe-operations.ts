import { ERROR_CODES, type ErrorCode } from '#kernel';

/** The part of an OpenAPI document that the reference shows. */
export interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
}

interface OpenApiOperation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema?: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body & { readonly description?: string }>>;
}

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly maxItems?: number;
}

export interface Field {
  /** Dotted, with `[]` for the items of a list: `payment_orders[].amount`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Field & { readonly place: string })[];
  readonly fields: readonly Field[];
  readonly requestSample: unknown;
  readonly answers: readonly { readonly status: string; readonly description: string; readonly sample: unknown }[];
  readonly errors: readonly ErrorCode[];
}

export interface OperationGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

/** Turns an OpenAPI document into what the reference page shows, grouped by tag. */
export function describeOperations(document: OpenApi): OperationGroup[] {
  const schemas = document.components?.schemas ?? {};
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags?.[0],
      shown: operationOf(method, path, operation, schemas),
    })),
  );
  return (document.tags ?? []).map(({ name, description = '' }) => ({
    name,
    description,
    operations: operations.filter(({ tag }) => tag === name).map(({ shown }) => shown),
  }));
}

type Schemas = Readonly<Record<string, Schema>>;

function operationOf(method: string, path: string, operation: OpenApiOperation, schemas: Schemas): Operation {
  const body = operation.requestBody?.content?.['application/json'];
  const responses = Object.entries(operation.responses ?? {});
  return {
    id: `${method}-${path
      .replace('/api/v1/', '')
      .replaceAll(/[^a-z_]+/g, '-')
      .replace(/-$/, '')}`,
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? path,
    description: operation.description ?? '',
    parameters: (operation.parameters ?? []).map(({ name, in: place, required = false, description, schema }) => ({
      name: place === 'header' ? headerName(name) : name,
      place,
      type: typeOf(schema ?? {}, schemas),
      required,
      description: description ?? schema?.description ?? '',
    })),
    fields: body?.schema ? fieldsOf(body.schema, schemas) : [],
    requestSample: body?.example,
    answers: responses
      .filter(([status]) => status.startsWith('2'))
      // The usual answer of a payment, 202, comes before the one that must be asked for.
      .reverse()
      .map(([status, { description = '', content }]) => ({
        status,
        description,
        sample: content?.['application/json']?.example,
      })),
    errors: responses
      .filter(([status]) => !status.startsWith('2'))
      .flatMap(([, { description = '' }]) => codesIn(description)),
  };
}

/** The codes that a documented error response names. */
function codesIn(description: string): ErrorCode[] {
  return [...description.matchAll(/`(\w+)`/g)].flatMap(([, code]) => (isErrorCode(code) ? [code] : []));
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERROR_CODES, code);
}

/** `idempotency-key` as people write it: `Idempotency-Key`. */
function headerName(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function resolve(schema: Schema, schemas: Schemas): Schema {
  const target = schema.allOf?.[0] ?? schema;
  return target.$ref ? (schemas[target.$ref.split('/').at(-1) ?? ''] ?? {}) : target;
}

function fieldsOf(schema: Schema, schemas: Schemas, prefix = ''): Field[] {
  const { properties = {}, required = [] } = resolve(schema, schemas);
  return Object.entries(properties).flatMap(([key, value]) => {
    const field = resolve(value, schemas);
    const inner = field.items ?? field;
    const name = `${prefix}${key}${field.items ? '[]' : ''}`;
    const shown = {
      name,
      type: typeOf(value, schemas),
      required: required.includes(key),
      description: field.description ?? '',
    };
    return [shown, ...fieldsOf(inner, schemas, `${name}.`)];
  });
}

function typeOf(schema: Schema, schemas: Schemas): string {
  const { type, format, enum: values, items, maxItems } = resolve(schema, schemas);
  if (items) return maxItems === undefined ? 'list' : `list of up to ${maxItems}`;
  if (values && values.length <= 12) return values.map(String).join(', ');
  return format ?? (typeof type === 'string' ? type : (type?.[0] ?? 'object'));
}
