-- A subject has one open dead letter. `beside`: the cause of what else somebody has to look at, once this letter is closed.
alter table dead_letters
  add column beside text,
  add constraint dead_letters_beside_is_another check (beside <> cause);

grant update (beside) on dead_letters to countinghouse_app;
