import { pool, run } from '#db';
import { WARN_BEFORE_SECONDS } from './dispute-state.ts';

/**
 * Tells a person of every dispute or inquiry whose time for evidence runs out soon while nothing was said to it that the PSP has not
 * refused: once, as a dead letter, as soon as no other is open about it. Answers how many. When the time is over, the PSP says what that
 * means.
 */
export async function warnOfDeadlines(): Promise<number> {
  const warned = await run(pool(), {
    name: 'warn-of-deadlines',
    text: `with due as (
             select d.id, d.tries from disputes d
             where d.finished_at is null and d.warned_at is null and d.state in ('INQUIRY', 'OPEN')
               and d.due_by <= now() + make_interval(secs => $1)
               and not exists (
                 select from dispute_responses r
                 where r.dispute_id = d.id and r.stage = case d.state when 'INQUIRY' then 'inquiry' else 'dispute' end
                   and r.refused_at is null)
               and not exists (
                 select from dead_letters l where l.kind = 'dispute' and l.subject_id = d.id and l.resolved_at is null)
             for update of d skip locked
           ), told as (
             insert into dead_letters (kind, subject_id, cause, tries) select 'dispute', id, 'evidence_due', tries from due
             on conflict (kind, subject_id) where resolved_at is null do nothing returning subject_id
           )
           update disputes d set warned_at = now() from told where d.id = told.subject_id returning d.id`,
    values: [WARN_BEFORE_SECONDS],
  });
  return warned.length;
}
