import type { ReactNode } from 'react';

export interface Drawing {
  readonly palette: '' | 'art-sea' | 'art-paper' | 'art-clay' | 'art-leaf';
  readonly shapes: ReactNode;
}

const line = { fill: 'none', stroke: 'var(--deep)', strokeWidth: 1.5, strokeLinecap: 'round' } as const;

/** Geometric drawings on a 240 × 180 ground, in the four shades of the palette. */
export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  bowl: {
    palette: '',
    shapes: (
      <>
        <path d="M46 82h148c0 42-30 66-74 66S46 124 46 82Z" fill="var(--mid)" />
        <ellipse cx="120" cy="82" rx="74" ry="17" fill="var(--deep)" />
        <ellipse cx="120" cy="85" rx="64" ry="12" fill="var(--soft)" opacity=".55" />
        <path d="M62 110c18 16 96 18 116 0M80 130c18 8 62 8 80 0" {...line} opacity=".5" />
      </>
    ),
  },
  board: {
    palette: '',
    shapes: (
      <g transform="rotate(-14 120 92)">
        <rect x="50" y="50" width="118" height="80" rx="10" fill="var(--mid)" />
        <rect x="164" y="78" width="42" height="24" rx="12" fill="var(--mid)" />
        <circle cx="194" cy="90" r="5" fill="var(--ground)" />
        <path d="M62 66h92M62 82h92M62 98h92M62 114h92" {...line} opacity=".45" />
        <path d="M86 50v16M118 66v16M78 82v16M132 98v16M100 114v16" {...line} opacity=".45" />
      </g>
    ),
  },
  spoons: {
    palette: '',
    shapes: (
      <>
        <g transform="translate(-22 4) rotate(-24 120 90)">
          <rect x="104" y="66" width="9" height="84" rx="4.5" fill="var(--deep)" />
          <ellipse cx="108.5" cy="48" rx="18" ry="26" fill="var(--deep)" />
          <ellipse cx="108.5" cy="48" rx="11" ry="18" fill="var(--mid)" />
        </g>
        <g transform="translate(16 4) rotate(20 120 90)">
          <rect x="127" y="66" width="9" height="84" rx="4.5" fill="var(--mid)" />
          <ellipse cx="131.5" cy="48" rx="18" ry="26" fill="var(--mid)" />
          <ellipse cx="131.5" cy="48" rx="11" ry="18" fill="var(--soft)" />
        </g>
      </>
    ),
  },
  blanket: {
    palette: 'art-sea',
    shapes: (
      <>
        <rect x="52" y="112" width="136" height="34" rx="12" fill="var(--mid)" />
        <rect x="58" y="80" width="124" height="36" rx="12" fill="var(--soft)" stroke="var(--mid)" strokeWidth="1.5" />
        <rect x="52" y="46" width="136" height="38" rx="14" fill="var(--mid)" />
        <path d="M70 58h100M70 65h100M70 72h100" {...line} opacity=".45" />
        <path d="M74 92h92M74 99h92" {...line} opacity=".3" />
        <path
          d="M60 146v8M72 146v8M84 146v8M96 146v8M108 146v8M120 146v8M132 146v8M144 146v8M156 146v8M168 146v8M180 146v8"
          {...line}
        />
      </>
    ),
  },
  cap: {
    palette: 'art-sea',
    shapes: (
      <>
        <path d="M68 116c0-48 20-78 52-78s52 30 52 78Z" fill="var(--mid)" />
        <path d="M88 112c0-36 8-62 20-70M120 38v76M152 112c0-36-8-62-20-70" {...line} opacity=".4" />
        <rect x="58" y="108" width="124" height="38" rx="10" fill="var(--deep)" />
        <path
          d="M72 114v26M84 114v26M96 114v26M108 114v26M120 114v26M132 114v26M144 114v26M156 114v26M168 114v26"
          fill="none"
          stroke="var(--mid)"
          strokeWidth="2"
          strokeLinecap="round"
          opacity=".7"
        />
      </>
    ),
  },
  notebook: {
    palette: 'art-paper',
    shapes: (
      <g transform="rotate(-7 120 90)">
        <rect x="70" y="34" width="104" height="116" rx="6" fill="var(--deep)" />
        <rect x="64" y="30" width="104" height="116" rx="6" fill="var(--mid)" />
        <rect x="64" y="30" width="16" height="116" rx="6" fill="var(--deep)" opacity=".55" />
        <rect x="92" y="50" width="62" height="44" rx="3" fill="var(--ground)" />
        <path d="M100 62h18M100 70h18M100 78h18M128 62h18M128 70h18M123 56v32" {...line} />
        <path d="M128 82h18M128 85.5h18" {...line} />
      </g>
    ),
  },
  print: {
    palette: 'art-paper',
    shapes: (
      <>
        <rect x="72" y="22" width="96" height="126" rx="3" fill="var(--soft)" stroke="var(--mid)" strokeWidth="1.5" />
        <rect x="82" y="32" width="76" height="96" fill="var(--ground)" />
        <circle cx="132" cy="62" r="16" fill="var(--mid)" />
        <path d="M82 92c13-9 25-9 38 0s25 9 38 0v36H82Z" fill="var(--deep)" />
        <path d="M82 106c13-9 25-9 38 0s25 9 38 0" fill="none" stroke="var(--mid)" strokeWidth="3" />
        <path d="M82 117c13-9 25-9 38 0s25 9 38 0" fill="none" stroke="var(--mid)" strokeWidth="3" opacity=".6" />
      </>
    ),
  },
  postcards: {
    palette: 'art-paper',
    shapes: (
      <>
        <rect
          x="58"
          y="54"
          width="120"
          height="80"
          rx="4"
          fill="var(--deep)"
          opacity=".7"
          transform="rotate(10 120 94)"
        />
        <rect x="58" y="54" width="120" height="80" rx="4" fill="var(--mid)" transform="rotate(2 120 94)" />
        <g transform="rotate(-7 120 94)">
          <rect x="58" y="54" width="120" height="80" rx="4" fill="var(--soft)" />
          <rect x="150" y="62" width="20" height="24" rx="2" fill="var(--mid)" />
          <path d="M118 66v56M128 100h40M128 110h40M128 120h26" {...line} opacity=".7" />
          <path d="M68 70h38M68 80h40M68 90h30" {...line} opacity=".7" />
        </g>
      </>
    ),
  },
  cup: {
    palette: 'art-clay',
    shapes: (
      <>
        <path d="M74 58h92l-9 76c-1 9-8 14-17 14h-40c-9 0-16-5-17-14Z" fill="var(--soft)" />
        <path
          d="M74 58h92l-4.5 38c-4 12-10-2-16 6s-8 16-15 4-9 6-15 8-8-14-14-8-9 10-14 2-5-4-9-8Z"
          fill="var(--mid)"
        />
        <ellipse cx="120" cy="58" rx="46" ry="11" fill="var(--deep)" />
        <ellipse cx="120" cy="60" rx="38" ry="7.5" fill="var(--mid)" />
      </>
    ),
  },
  vase: {
    palette: 'art-clay',
    shapes: (
      <>
        <rect x="100" y="30" width="40" height="18" rx="4" fill="var(--mid)" />
        <circle cx="120" cy="96" r="54" fill="var(--soft)" />
        <path d="M120 42a54 54 0 0 1 0 108 70 70 0 0 0 0-108Z" fill="var(--mid)" opacity=".55" />
        <path d="M67 98c34 9 72 9 106 0" {...line} opacity=".35" />
        <ellipse cx="120" cy="31" rx="20" ry="5" fill="var(--deep)" />
      </>
    ),
  },
  tin: {
    palette: 'art-leaf',
    shapes: (
      <>
        <path d="M82 52v86c0 7 17 12 38 12s38-5 38-12V52Z" fill="var(--mid)" />
        <path d="M80 36v18c0 7 18 12 40 12s40-5 40-12V36Z" fill="var(--deep)" />
        <ellipse cx="120" cy="36" rx="40" ry="11" fill="var(--mid)" />
        <rect x="98" y="80" width="44" height="54" rx="3" fill="var(--ground)" />
        <path d="M120 92c14 8 14 24 0 32-14-8-14-24 0-32Z" fill="var(--mid)" />
        <path d="M120 98v30" {...line} />
      </>
    ),
  },
  pot: {
    palette: 'art-leaf',
    shapes: (
      <>
        <path d="M154 92l42-26 7 13-40 32Z" fill="var(--deep)" />
        <path d="M72 96c-16 2-24-8-30-20l12-4c4 8 12 12 22 10Z" fill="var(--mid)" />
        <path d="M64 98c0-26 24-42 56-42s56 16 56 42-22 50-56 50-56-24-56-50Z" fill="var(--mid)" />
        <ellipse cx="120" cy="62" rx="36" ry="9" fill="var(--deep)" />
        <path d="M88 60c4-10 60-10 64 0Z" fill="var(--soft)" />
        <circle cx="120" cy="49" r="6" fill="var(--deep)" />
        <path d="M78 104c22 12 62 12 84 0" {...line} opacity=".45" />
      </>
    ),
  },
};
