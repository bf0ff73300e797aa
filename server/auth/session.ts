import { decode } from 'next-auth/jwt';
import { config } from '#config';
import { pool, run } from '#db';
import { uuidv7 } from '#kernel';
import type { Actor, Role } from './roles.ts';

/** Longest a sign-in lasts, in seconds: a working day. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** Over https the cookie is bound to this host and never sent in the clear; http is for a machine's own address only. */
export function sessionCookie(): { readonly name: string; readonly secure: boolean } {
  const secure = config().PUBLIC_URL.startsWith('https:');
  return { name: secure ? '__Host-countinghouse.session' : 'countinghouse.session', secure };
}

/** Opens a session for a user who proved who they are, and clears away the user's outlived ones. Answers its id. */
export async function startSession(userId: string): Promise<string> {
  const id = uuidv7();
  await run(pool(), {
    name: 'start-session',
    text: `with outlived as (delete from sessions where user_id = $2 and started_at < now() - make_interval(secs => $3))
           insert into sessions (id, user_id, session_version) select $1, id, session_version from users where id = $2`,
    values: [id, userId, SESSION_SECONDS],
    expectRows: 1,
  });
  return id;
}

/** Ends a session at once; ending it twice changes nothing. */
export async function endSession(sessionId: string): Promise<void> {
  await run(pool(), {
    text: 'update sessions set ended_at = now() where id = $1 and ended_at is null',
    values: [sessionId],
  });
}

/** Ends every session of a user at once. */
export async function endAllSessions(userId: string): Promise<void> {
  await run(pool(), {
    text: 'update users set session_version = session_version + 1 where id = $1',
    values: [userId],
    expectRows: 1,
  });
}

/**
 * Who is acting, from the session cookie: null for nobody. The cookie only says which session; whether it still counts and what
 * the user may do is read from the database each time, so sign-out, suspension and a change of role act with the next request.
 */
export async function getActor(readCookie: (name: string) => string | undefined): Promise<Actor | null> {
  const sessionId = await sessionIdOf(readCookie(sessionCookie().name));
  return sessionId ? findActor(sessionId) : null;
}

async function sessionIdOf(cookie: string | undefined): Promise<string | null> {
  if (!cookie) return null;
  try {
    const token = await decode({ token: cookie, secret: config().AUTH_SECRET });
    return typeof token?.sessionId === 'string' ? token.sessionId : null;
  } catch {
    // Not ours, altered, or outlived: the bearer is nobody.
    return null;
  }
}

interface ActorRow {
  id: string;
  role: Role;
  seller_id: string | null;
  seller_name: string | null;
  name: string;
  email: string;
}

const ACTOR = 'u.id, u.role, u.seller_id, v.display_name as seller_name, u.name, u.email';

async function findActor(sessionId: string): Promise<Actor | null> {
  const [row] = await run<ActorRow>(pool(), {
    name: 'actor-of-session',
    text: `select ${ACTOR}
           from sessions s join users u on u.id = s.user_id left join sellers v on v.id = u.seller_id
           where s.id = $1 and s.ended_at is null and s.started_at > now() - make_interval(secs => $2)
             and s.session_version = u.session_version and u.suspended_at is null`,
    values: [sessionId, SESSION_SECONDS],
  });
  return row ? toActor(row) : null;
}

/**
 * The user as an actor without a session, with the rights of this moment; null when suspended. Only for bringing to its end what
 * they asked for while signed in.
 */
export async function actorOfUser(userId: string): Promise<Actor | null> {
  const [row] = await run<ActorRow>(pool(), {
    text: `select ${ACTOR} from users u left join sellers v on v.id = u.seller_id where u.id = $1 and u.suspended_at is null`,
    values: [userId],
  });
  return row ? toActor(row) : null;
}

function toActor(row: ActorRow): Actor {
  const { id: userId, role, seller_id: sellerId, seller_name: sellerName, name, email } = row;
  return { userId, role, sellerId, sellerName, name, email };
}
