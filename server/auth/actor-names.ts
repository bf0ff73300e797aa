import { pool, run } from '#db';

/** Names of those who act, by the word that records keep of them: `user:…` or `key:…`. */
type ActorNames = Readonly<Record<string, string>>;

/**
 * Looks up who stands behind such words, for people to read. What is no person and no key is left out; for a seller, whoever is not
 * one of its own people.
 */
export async function actorNames(actors: readonly string[], ofSeller?: string): Promise<ActorNames> {
  const rows = await run<{ actor: string; name: string }>(pool(), {
    name: 'names-of-actors',
    text: `select a.actor, coalesce(u.name, k.name) as name from unnest($1::text[]) a (actor)
           left join users u on a.actor like 'user:%' and u.id = substr(a.actor, 6) and ($2::text is null or u.seller_id = $2)
           left join api_keys k on $2::text is null and a.actor like 'key:%' and k.id = substr(a.actor, 5)
           where coalesce(u.name, k.name) is not null`,
    values: [[...new Set(actors)], ofSeller ?? null],
  });
  return Object.fromEntries(rows.map(({ actor, name }) => [actor, name]));
}
