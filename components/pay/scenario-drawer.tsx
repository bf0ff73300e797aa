'use client';

import { FlaskConical, X } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { formatCardNumber } from './card-format.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/** One press fills the form with the card of an outcome. Shown in the sandbox only. */
export function ScenarioDrawer({ onPick }: { readonly onPick: (scenario: Scenario) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button
        size="sm"
        className="h-7 px-2.5 text-xs"
        onClick={() => dialog.current?.showModal()}
        aria-haspopup="dialog"
      >
        <FlaskConical aria-hidden />
        Test cards
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby="scenarios-title"
        className="m-0 ms-auto h-dvh max-h-none w-[min(26rem,100vw)] max-w-none border-s border-line-strong bg-overlay text-ink shadow-overlay backdrop:bg-black/40 open:flex open:flex-col"
        // A press on the backdrop lands on the dialog element itself.
        onClick={(event) => event.target === dialog.current && dialog.current.close()}
        onKeyDown={() => undefined}
      >
        <div className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
          <div>
            <h2 id="scenarios-title" className="text-base font-semibold">
              Test cards
            </h2>
            <p className="mt-0.5 text-sm text-muted">One press fills the form. Then pay and watch.</p>
          </div>
          <Button
            variant="ghost"
            size="icon"
            className="-me-2 -mt-1"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <X aria-hidden />
          </Button>
        </div>
        <div className="flex-1 overflow-y-auto px-5 pb-6">
          {SCENARIOS.map((group) => (
            <section key={group.title} className="pt-5">
              <h3 className="text-xs font-medium text-subtle">{group.title}</h3>
              <ul className="mt-2 flex flex-col gap-2">
                {group.scenarios.map((scenario) => (
                  <li key={scenario.number}>
                    <ScenarioButton
                      scenario={scenario}
                      onPick={() => {
                        dialog.current?.close();
                        onPick(scenario);
                      }}
                    />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      </dialog>
    </>
  );
}

function ScenarioButton({ scenario, onPick }: { readonly scenario: Scenario; readonly onPick: () => void }) {
  return (
    <button
      type="button"
      onClick={onPick}
      className="w-full rounded-md border border-line bg-surface px-3 py-2.5 text-start transition-colors hover:border-accent-line hover:bg-accent-soft"
    >
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-sm font-medium">{scenario.title}</span>
        <span className="tabular font-mono text-xs text-muted">{formatCardNumber(scenario.number, 0).text}</span>
      </span>
      <span className="mt-0.5 block text-xs text-muted">{scenario.story}</span>
    </button>
  );
}
