import { ArrowRight, Gauge, type LucideIcon, ShoppingBasket, Store } from 'lucide-react';
import Link from 'next/link';
import { LedgerExample } from './ledger-example.tsx';

interface Door {
  readonly href: string;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
}

const DOORS: readonly Door[] = [
  {
    href: '/shop',
    icon: ShoppingBasket,
    title: 'Shop as Ada',
    text: 'Fill a basket from several sellers and pay them all in one checkout, with test cards for every outcome.',
  },
  {
    href: '/seller',
    icon: Store,
    title: 'Sell as Bo',
    text: 'See what you earned, when it becomes available, and the ledger lines behind every number.',
  },
  {
    href: '/admin',
    icon: Gauge,
    title: 'Operate as Cy',
    text: 'Find any payment by any id, follow its events, and check that the books balance.',
  },
];

/** One screen: what this is, the proof, three doors. */
export function Landing() {
  return (
    <main className="mx-auto flex w-full max-w-6xl flex-1 flex-col justify-center gap-10 px-4 py-10 sm:px-6 lg:gap-14">
      <div className="grid items-center gap-10 lg:grid-cols-[1fr_26rem] lg:gap-16">
        <div>
          <h1 className="max-w-xl text-xl font-semibold sm:text-2xl">A payment system where every cent adds up.</h1>
          <p className="mt-4 max-w-lg text-base text-muted">
            Shoppers pay many sellers in one checkout. Every payment is booked on both sides, whatever goes wrong on the
            way: a double click, a silent bank, a webhook that arrives twice or never.
          </p>
        </div>
        <LedgerExample />
      </div>
      <ul className="grid gap-3 md:grid-cols-3 md:gap-4">
        {DOORS.map((door) => (
          <li key={door.href} className="flex">
            <DoorCard {...door} />
          </li>
        ))}
      </ul>
    </main>
  );
}

function DoorCard({ href, icon: Icon, title, text }: Door) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="group grid w-full grid-cols-[auto_1fr_auto] items-start gap-x-4 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-accent-line sm:p-5"
    >
      <span className="flex size-9 items-center justify-center rounded-md border border-accent-line bg-accent-soft text-accent-text">
        <Icon aria-hidden className="size-4.5" />
      </span>
      <span>
        <span className="block text-base font-semibold">{title}</span>
        <span className="mt-1 block text-sm text-muted">{text}</span>
      </span>
      <ArrowRight
        aria-hidden
        className="mt-1 size-4 text-subtle transition-transform group-hover:translate-x-0.5 group-hover:text-accent-text"
      />
    </Link>
  );
}
