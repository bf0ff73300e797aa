import { pool, run } from '#db';

/** How long a seller waits after the provider has made money available. */
export interface DelayView {
  readonly id: string;
  /** Null: every seller without a delay of its own. */
  readonly sellerName: string | null;
  readonly days: number;
}

/** Most delays that are listed; everyone's comes first. */
const MOST_DELAYS = 500;

export interface Delays {
  readonly delays: readonly DelayView[];
  /** There are more than are listed. */
  readonly more: boolean;
}

/** The delays of availability, everyone's first, then seller by seller. */
export async function listDelays(): Promise<Delays> {
  const rows = await run<{ [Column in keyof DelayView]: DelayView[Column] }>(pool(), {
    text: `select d.id::text, s.display_name as "sellerName", d.days from availability_delays d left join sellers s on s.id = d.seller_id
           order by d.seller_id is not null, s.display_name, d.seller_id limit $1`,
    values: [MOST_DELAYS + 1],
  });
  return { delays: rows.slice(0, MOST_DELAYS), more: rows.length > MOST_DELAYS };
}
