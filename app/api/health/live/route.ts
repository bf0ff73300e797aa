import { live } from '#api';

export const dynamic = 'force-dynamic';

export const GET = live;
