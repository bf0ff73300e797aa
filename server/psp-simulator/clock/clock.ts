import type { Store } from '../database/store.ts';

/** How the simulator's time differs from real time: by an offset, or by standing still. Milliseconds. */
export interface ClockSetting {
  readonly offset_ms: number;
  /** The instant at which it stands; null while it runs. */
  readonly frozen_at_ms: number | null;
}

const LOAD = `
  select coalesce(max(value) filter (where name = 'clock_offset_ms'), 0) as offset_ms,
    max(value) filter (where name = 'clock_frozen_at_ms') as frozen_at_ms
  from simulator_state`;

const SAVE = `
  insert into simulator_state (name, value) values ('clock_offset_ms', $1), ('clock_frozen_at_ms', $2)
  on conflict (name) do update set value = excluded.value`;

/** As ambient as Date.now(): one process, one time. */
let setting: ClockSetting = { offset_ms: 0, frozen_at_ms: null };
/** Where the clock stands between two steps of a travel, whatever the setting says. */
let standing: number | null = null;

/**
 * The simulator's time in Unix milliseconds: what was created when, what expires, settles, is sent again. Real time is used for
 * what two machines compare with their own clocks: signatures of webhooks and the life of idempotency keys.
 */
export function nowMs(): number {
  return standing ?? setting.frozen_at_ms ?? Date.now() + setting.offset_ms;
}

export function clockSetting(): ClockSetting {
  return setting;
}

/** Takes up the time of the last process on this database. */
export async function loadClock(store: Store): Promise<void> {
  const [row] = await store.rows<ClockSetting & Record<string, unknown>>('load_clock', LOAD, []);
  setting = { offset_ms: row?.offset_ms ?? 0, frozen_at_ms: row?.frozen_at_ms ?? null };
}

/** Makes the clock stand at an instant while work of that instant is done. A restart goes on from there, running or not as before. */
export async function standAt(store: Store, at: number): Promise<void> {
  await save(store, at, setting.frozen_at_ms !== null);
  standing = at;
}

/** Ends a travel at an instant. From there the clock runs, or stands when it is to be frozen. */
export async function arriveAt(store: Store, at: number, frozen: boolean): Promise<void> {
  await save(store, at, frozen);
  standing = null;
}

/** Ends a travel that failed: the clock goes on from where it stands. */
export function stepOff(): void {
  if (standing === null) return;
  const frozen = setting.frozen_at_ms !== null;
  setting = { offset_ms: standing - Date.now(), frozen_at_ms: frozen ? standing : null };
  standing = null;
}

/** Saved before anything is done at that time, so that no restart can fall behind what has happened. */
async function save(store: Store, at: number, frozen: boolean): Promise<void> {
  const next: ClockSetting = { offset_ms: at - Date.now(), frozen_at_ms: frozen ? at : null };
  await store.rows('save_clock', SAVE, [next.offset_ms, next.frozen_at_ms]);
  setting = next;
}
