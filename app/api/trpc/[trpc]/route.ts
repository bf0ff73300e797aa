import type { NextRequest } from 'next/server';
import { handleTrpc } from '#trpc';

function handler(request: NextRequest): Promise<Response> {
  return handleTrpc(request, {
    readCookie: (name) => request.cookies.get(name)?.value,
    readHeader: (name) => request.headers.get(name),
  });
}

export { handler as GET, handler as POST };
