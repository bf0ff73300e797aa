export interface Report {
  step(title: string): void;
  say(text: string): void;
  /** Prints a claim and whether it holds; what does not hold is counted. */
  claim(holds: boolean, claim: string, found?: string): void;
  /** Prints the sum and answers the exit code. */
  end(): number;
}

export function createReport(): Report {
  let steps = 0;
  let held = 0;
  let broken = 0;
  return {
    step: (title) => console.info(`\n${++steps}. ${title}`),
    say: (text) => console.info(`   ${text}`),
    claim: (holds, claim, found) => {
      if (holds) held += 1;
      else broken += 1;
      const evidence = found === undefined ? '' : holds ? ` (${found})` : `, but: ${found}`;
      console.info(`   ${holds ? '✓' : '✗'} ${claim}${evidence}`);
    },
    end: () => {
      console.info(`\n${held + broken} claims checked, ${broken} broken.`);
      return broken === 0 ? 0 : 1;
    },
  };
}
