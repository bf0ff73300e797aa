import { createWriteStream, type WriteStream } from 'node:fs';

/** How a call ended: done, refused for good, or unknown to its caller, who must later be able to find out. */
export type Verdict = 'ok' | 'fail' | 'info';

/** Parsed JSON, read field by field. */
// biome-ignore lint/suspicious/noExplicitAny: checkers read answers of many shapes, and a wrong field fails their own tests
export type Json = any;

/** What a caller asks. */
export interface Question {
  /** Who asks: a client, a shopper, or the harness at the end. */
  readonly process: string;
  /** Place of the operation in the plan; -1 is the harness. */
  readonly op: number;
  /** Method and route, or what the shopper does. */
  readonly name: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: Json;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly status: number | null;
  readonly answer: Json;
  /** The answer byte for byte, where it is compared. */
  readonly text: string;
  readonly replayed: boolean;
  /** Why nothing is known. */
  readonly reason: string | null;
}

/** A call from its begin to its end, in milliseconds since the run began. */
export interface Call extends Question, Outcome {
  readonly begunAt: number;
  readonly endedAt: number;
}

/** Whether the call could change something. */
export function mutates({ name }: Call): boolean {
  return !name.startsWith('GET ');
}

/** Everything that callers asked and were told, in the order in which it ended; each begin and end is a line of a file. */
export class History {
  readonly calls: Call[] = [];
  readonly #file: WriteStream | undefined;
  readonly #zero = performance.now();
  #begun = 0;

  /** Without a file it is kept in memory only. */
  constructor(file?: string) {
    this.#file = file === undefined ? undefined : createWriteStream(file);
  }

  now(): number {
    return Math.round((performance.now() - this.#zero) * 1000) / 1000;
  }

  /** Writes the question down before it is asked; the answer is given to what it returns. */
  begin(question: Question): (outcome: Outcome) => Call {
    const call = this.#begun++;
    const begunAt = this.now();
    this.#write({ type: 'invoke', t: begunAt, call, ...question });
    return (outcome) => {
      const ended: Call = { ...question, ...outcome, begunAt, endedAt: this.now() };
      this.calls.push(ended);
      const { process, op, name } = question;
      const { verdict, status, answer, reason, replayed } = outcome;
      this.#write({ type: verdict, t: ended.endedAt, call, process, op, name, status, replayed, reason, answer });
      return ended;
    };
  }

  /** Something that happened to the system. */
  note(process: string, name: string, detail: unknown): void {
    this.#write({ type: 'info', t: this.now(), process, name, detail });
  }

  close(): Promise<void> {
    return new Promise((done) => (this.#file ? this.#file.end(() => done()) : done()));
  }

  #write(event: object): void {
    this.#file?.write(`${JSON.stringify(event)}\n`);
  }
}
