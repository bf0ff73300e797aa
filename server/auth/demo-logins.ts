import { config, DEMO_PASSWORD } from '#config';
import { pool, run } from '#db';
import type { Role } from './roles.ts';

/** A login that anybody may use, on a machine that is only a demo. */
export interface DemoLogin {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly sellerName: string | null;
  readonly password: string;
}

/** The demo's logins with their password; none outside the demo, whatever the database holds. */
export async function listDemoLogins(): Promise<DemoLogin[]> {
  if (config().APP_ENV !== 'demo') return [];
  const rows = await run<{ email: string; name: string; role: Role; seller_name: string | null }>(pool(), {
    name: 'demo-logins',
    text: `select u.email, u.name, u.role, s.display_name as seller_name from users u left join sellers s on s.id = u.seller_id
           where u.email like '%@demo.test' and u.suspended_at is null order by u.email`,
  });
  return rows.map(({ seller_name, ...login }) => ({ ...login, sellerName: seller_name, password: DEMO_PASSWORD }));
}
