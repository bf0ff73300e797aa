/** The way data flows through a proxy: `upstream` from the client to the server, `downstream` back. */
export type Direction = 'upstream' | 'downstream';

/** What a proxy can do to a connection: the eight toxics of Toxiproxy (https://github.com/Shopify/toxiproxy#toxics). */
export type Toxic =
  /** Data arrives later by `ms`, give or take `jitterMs`. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  /** Nobody listens, and open connections are cut. Has no direction. */
  | { readonly kind: 'down' }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** The end of a connection is passed on later by `ms`. */
  | { readonly kind: 'slow_close'; readonly ms: number }
  /** Data vanishes; the connection is closed after `ms`, or never when it is 0. */
  | { readonly kind: 'timeout'; readonly ms: number }
  /** Both ends get a reset after `ms`. */
  | { readonly kind: 'reset_peer'; readonly ms: number }
  /** Data comes in pieces of at most `bytes`, with a pause after each. */
  | { readonly kind: 'slicer'; readonly bytes: number; readonly pauseMs: number }
  /** The connection is closed once it has carried so many bytes. */
  | { readonly kind: 'limit_data'; readonly bytes: number };

export type ToxicKind = Toxic['kind'];

export const TOXIC_KINDS = [
  'latency',
  'down',
  'bandwidth',
  'slow_close',
  'timeout',
  'reset_peer',
  'slicer',
  'limit_data',
] as const satisfies readonly ToxicKind[];

/** The toxics of one direction, at most one of each kind. Connections look at it whenever data comes. */
export class ToxicSet {
  readonly #toxics = new Map<ToxicKind, Toxic>();

  add(toxic: Toxic): void {
    this.#toxics.set(toxic.kind, toxic);
  }

  remove(kind: ToxicKind): void {
    this.#toxics.delete(kind);
  }

  clear(): void {
    this.#toxics.clear();
  }

  get<Kind extends ToxicKind>(kind: Kind): Extract<Toxic, { kind: Kind }> | undefined {
    return this.#toxics.get(kind) as Extract<Toxic, { kind: Kind }> | undefined;
  }
}
