import { cn } from '../ui/cn.ts';

/** The mark: an abacus of three rods. */
export function LogoMark({ className }: { readonly className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" fill="none" className={cn('size-7 shrink-0', className)}>
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M8 10.5h16M8 16h16M8 21.5h16"
        stroke="#fff"
        strokeOpacity=".45"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
      <circle cx="11.5" cy="10.5" r="2.5" fill="#fff" />
      <circle cx="20" cy="10.5" r="2.5" fill="#fff" />
      <circle cx="15" cy="16" r="2.5" fill="#fff" />
      <circle cx="21.5" cy="21.5" r="2.5" fill="#fff" />
    </svg>
  );
}

export function Logo({ className }: { readonly className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2.5 text-sm font-semibold tracking-tight', className)}>
      <LogoMark />
      Countinghouse
    </span>
  );
}
