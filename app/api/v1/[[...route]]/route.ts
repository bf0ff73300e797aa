import { api } from '#api';

export const dynamic = 'force-dynamic';

/** The REST API. Every method goes to it, so that it answers what it does not allow in its own way. */
const handle = (request: Request) => api().fetch(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
