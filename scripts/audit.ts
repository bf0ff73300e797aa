import { auditBooks } from '#audit';
import { pool } from '#db';

/** `npm run audit`: every invariant of the books with its verdict; exits 1 when one is broken. */
const verdicts = await auditBooks();
for (const { id, rule, violations, subjects, milliseconds } of verdicts) {
  const verdict = violations === 0 ? 'ok    ' : 'BROKEN';
  console.info(
    `${verdict} ${id.padEnd(4)} ${rule} (${milliseconds} ms)${violations === 0 ? '' : `: ${violations}, e.g. ${subjects.join(', ')}`}`,
  );
}
const broken = verdicts.filter((verdict) => verdict.violations > 0).length;
console.info(
  broken === 0 ? `All ${verdicts.length} invariants hold.` : `${broken} of ${verdicts.length} invariants are broken.`,
);
await pool().end();
process.exitCode = broken === 0 ? 0 : 1;
