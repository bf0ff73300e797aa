import type { RouterOutputs } from '#trpc';

export type Role = RouterOutputs['session']['demoLogins'][number]['role'];
