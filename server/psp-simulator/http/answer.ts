/** What goes back to the caller: wire JSON, already written, so that what is stored and what is sent are the same bytes. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The work is done and committed, but the connection is cut instead of answering. */
  readonly lost?: boolean;
  readonly retryAfterSeconds?: number;
  /** Sends the browser there (303) instead of showing the body. */
  readonly location?: string;
  readonly contentType?: string;
  /** Takes the place of the body: text that is written while it is read. */
  readonly stream?: AsyncIterable<string>;
}

export function ok(object: object): Answer {
  return { status: 200, body: JSON.stringify(object) };
}

/** Thrown to cut the connection without an answer; nothing has been written. */
export class Disconnect extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Disconnect';
  }
}

/** 303: the browser goes on with a GET. */
export function seeOther(location: string): Answer {
  return { status: 303, body: '', location };
}

/** Text as bytes, written only as fast as they are read. */
export function bytesOf(stream: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const text = stream[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await text.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await text.return?.();
    },
  });
}
