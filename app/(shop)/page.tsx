import type { Metadata } from 'next';
import { Landing } from '#components/shop/landing.tsx';

export const metadata: Metadata = { title: { absolute: 'Countinghouse: a payment system where every cent adds up' } };

export default function Page() {
  return <Landing />;
}
