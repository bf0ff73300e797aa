import { AppError } from '#kernel';

export const ROLES = ['shopper', 'seller', 'support', 'finance', 'approver', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Roles of the people who operate the platform: all of them read the operator's console. */
export const STAFF: readonly Role[] = ['support', 'finance', 'approver', 'admin'];

/** Who is acting. Read from the database for each request, so a change of role acts at once. */
export interface Actor {
  readonly userId: string;
  readonly role: Role;
  /** The seller this person sells as; set exactly when the role is `seller`. */
  readonly sellerId: string | null;
  /** That seller's display name. */
  readonly sellerName: string | null;
  readonly name: string;
  readonly email: string;
}

const ROLE_NAMES: Record<Role, string> = {
  shopper: 'shopper',
  seller: 'seller',
  support: 'support',
  finance: 'finance',
  approver: 'approver',
  admin: 'administrator',
};

/** Answers the actor if it has one of the roles; throws `unauthenticated` or `forbidden`, naming the role that is needed. */
export function requireRole(actor: Actor | null, roles: readonly Role[]): Actor {
  if (!actor) throw new AppError('unauthenticated', 'Sign in to go on.');
  if (roles.includes(actor.role)) return actor;
  const needed = new Intl.ListFormat('en', { type: 'disjunction' }).format(roles.map((role) => ROLE_NAMES[role]));
  throw new AppError('forbidden', `This needs the role ${needed}. You are signed in as ${ROLE_NAMES[actor.role]}.`);
}
