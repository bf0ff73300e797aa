/** The part of an OpenAPI schema that a sample is made from. */
export interface SampledSchema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, SampledSchema>>;
  readonly required?: readonly string[];
  readonly items?: SampledSchema;
  readonly allOf?: readonly SampledSchema[];
  readonly anyOf?: readonly SampledSchema[];
}

export type Components = Readonly<Record<string, SampledSchema>>;

/** A sample value of a schema, put together from the examples of its fields. Optional fields without one are left out. */
export function sampleOf(schema: SampledSchema, components: Components): unknown {
  const target = schema.$ref ? components[schema.$ref.split('/').at(-1) ?? ''] : schema;
  if (!target) return undefined;
  if ('example' in target) return target.example;
  const [alternative] = target.allOf ?? target.anyOf ?? [];
  if (alternative) return sampleOf(alternative, components);
  if (target.items) return [sampleOf(target.items, components)];
  if (!target.properties) return undefined;
  const fields = Object.entries(target.properties).map(([name, field]) => [name, sampleOf(field, components)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
