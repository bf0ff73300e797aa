import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions, guardSignIn } from '#auth';

function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  return guardSignIn(request, (taken) =>
    NextAuth(taken === request ? request : new NextRequest(taken), context, authOptions()),
  );
}

export { handler as GET, handler as POST };
