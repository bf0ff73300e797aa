export { actorNames } from './actor-names.ts';
export { type ApiCaller, authenticateApiKey, hashApiKey } from './api-keys.ts';
export { type DemoLogin, listDemoLogins } from './demo-logins.ts';
export { authOptions } from './next-auth-options.ts';
export { hashPassword } from './password.ts';
export { type Actor, ROLES, type Role, requireRole, STAFF } from './roles.ts';
export { actorOfUser, endAllSessions, getActor, sessionCookie } from './session.ts';
export { guardSignIn } from './sign-in-door.ts';
