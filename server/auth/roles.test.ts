import { expect, test } from 'vitest';
import { type Actor, ROLES, requireRole, STAFF } from './roles.ts';

const actor = (role: Actor['role']): Actor => ({
  userId: 'user_1',
  role,
  sellerId: null,
  sellerName: null,
  name: 'One',
  email: 'one@example.test',
});

test('nobody is unauthenticated, the wrong role is forbidden and told which role has it', () => {
  expect(() => requireRole(null, STAFF)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  expect(() => requireRole(actor('seller'), ['admin'])).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: 'This needs the role administrator. You are signed in as seller.',
    }),
  );
});

test('each role passes exactly where it is listed', () => {
  for (const role of ROLES) {
    for (const wanted of ROLES) {
      const attempt = () => requireRole(actor(role), [wanted]);
      if (role === wanted) expect(attempt().role).toBe(role);
      else expect(attempt).toThrow();
    }
  }
});
