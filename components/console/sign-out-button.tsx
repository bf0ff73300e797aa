'use client';

import { LogOut } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';

export interface SignOutButtonProps {
  /** Where to go afterwards. */
  readonly callbackUrl?: string;
  readonly label?: string;
  readonly variant?: 'ghost' | 'primary';
}

/** Ends the session on the server, then leaves. */
export function SignOutButton({ callbackUrl = '/', label = 'Sign out', variant = 'ghost' }: SignOutButtonProps) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="sm"
      variant={variant}
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
