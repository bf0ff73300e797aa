const registry = globalThis as typeof globalThis & { [key: symbol]: unknown };

/**
 * Makes a value once per process. Bundlers may load a module more than once; pools, lanes and breakers must still be one.
 */
export function singleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`countinghouse.${name}`);
  if (!(key in registry)) registry[key] = make();
  return registry[key] as T;
}
