import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '#auth';

function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  return NextAuth(request, context, authOptions());
}

export { handler as GET, handler as POST };
