import { createHash } from 'node:crypto';
import pg from 'pg';
import { hashPassword } from '#auth';
import { type Config, config, DEMO_PASSWORD } from '#config';
import { DEMO_PRODUCTS, DEMO_SELLERS } from './seed/catalogue.ts';
import { DEMO_USERS } from './seed/users.ts';

export { DEMO_PASSWORD, DEMO_USERS } from './seed/users.ts';

/** Characters of an API key that may be shown to tell it from others. */
const PREFIX_LENGTH = 12;

/**
 * Writes the demo's sellers, products, logins and API key in one transaction. Run it as often as you like: it ends in the same
 * rows. Refuses production, where a known password or key would be an open door.
 */
export async function seed({ APP_ENV, DATABASE_URL, DEMO_API_KEY }: Config = config()): Promise<void> {
  if (APP_ENV === 'production')
    throw new Error('The seed makes demo logins and refuses to run with APP_ENV=production.');
  const client = new pg.Client({ connectionString: DATABASE_URL, application_name: 'countinghouse-seed' });
  await client.connect();
  try {
    await client.query('begin');
    await seedSellers(client);
    await seedProducts(client);
    await seedUsers(client);
    await seedApiKey(client, DEMO_API_KEY);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function seedSellers(client: pg.Client): Promise<void> {
  for (const { id, displayName, tagline, commissionBps } of DEMO_SELLERS) {
    await client.query(
      `insert into sellers (id, display_name, tagline, verification) values ($1, $2, $3, 'verified')
       on conflict (id) do update set display_name = excluded.display_name, tagline = excluded.tagline,
         verification = excluded.verification`,
      [id, displayName, tagline],
    );
    // A version of a plan is never changed: another rate is a new version.
    await client.query(
      `insert into fee_plans (seller_id, bps)
       select $1, $2 where $2 is distinct from
         (select bps from fee_plans where seller_id = $1 and currency is null order by valid_from desc limit 1)`,
      [id, commissionBps],
    );
  }
}

async function seedProducts(client: pg.Client): Promise<void> {
  for (const { id, sellerId, name, description, priceMinor, currency, art, position } of DEMO_PRODUCTS) {
    await client.query(
      `insert into products (id, seller_id, name, description, price_minor, currency, art, position) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (id) do update set seller_id = excluded.seller_id, name = excluded.name, description = excluded.description,
         price_minor = excluded.price_minor, currency = excluded.currency, art = excluded.art, position = excluded.position`,
      [id, sellerId, name, description, priceMinor, currency, art, position],
    );
  }
}

async function seedUsers(client: pg.Client): Promise<void> {
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  for (const { id, email, name, role, sellerId } of DEMO_USERS) {
    await client.query(
      `insert into users (id, email, name, role, seller_id, password_hash) values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do update set email = excluded.email, name = excluded.name, role = excluded.role,
         seller_id = excluded.seller_id, password_hash = excluded.password_hash`,
      [id, email, name, role, sellerId, passwordHash],
    );
  }
}

/** Only the hash is stored, as for any other key. */
async function seedApiKey(client: pg.Client, key: string): Promise<void> {
  await client.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('key_demo', 'Demo key', $1, $2)
     on conflict (id) do update set prefix = excluded.prefix, key_hash = excluded.key_hash`,
    [key.slice(0, PREFIX_LENGTH), createHash('sha256').update(key).digest()],
  );
}

if (import.meta.main) await seed();
