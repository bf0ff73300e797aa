'use client';

import { LogOut } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';

/** Ends the session on the server, then leaves. */
export function SignOutButton({
  callbackUrl = '/',
  label = 'Sign out',
}: {
  readonly callbackUrl?: string;
  readonly label?: string;
}) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="sm"
      variant="ghost"
      busy={busy}
      onClick={() => {
        setBusy(true);
        void signOut({ callbackUrl }).catch(() => setBusy(false));
      }}
    >
      {busy ? null : <LogOut aria-hidden />}
      {label}
    </Button>
  );
}
