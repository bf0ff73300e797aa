import type { ReactNode } from 'react';
import { SiteFooter } from '#components/shop/site-footer.tsx';
import { SiteHeader } from '#components/shop/site-header.tsx';

export default function DocsLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SiteHeader />
      {children}
      <SiteFooter />
    </div>
  );
}
